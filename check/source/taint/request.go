package taint

import (
	"strings"

	"golang.org/x/tools/go/ssa"
)

// sent returns the call that sends the request which a call makes, if the same
// function sends it; nil otherwise.
func sent(s *site) ssa.CallInstruction {
	v := s.instr.Value()
	if v == nil || v.Referrers() == nil || !strings.HasPrefix(s.name(), "NewRequest") {
		return nil
	}
	for _, ref := range *v.Referrers() {
		made, ok := ref.(*ssa.Extract)
		if !ok || made.Index != 0 {
			continue
		}
		for _, use := range *made.Referrers() {
			if call, ok := use.(ssa.CallInstruction); ok && methodName(call.Common()) == "Do" {
				return call
			}
		}
	}
	return nil
}

// methodName returns the name of what is called, "" if it has none.
func methodName(call *ssa.CallCommon) string {
	if call.IsInvoke() {
		return call.Method.Name()
	}
	if fn := call.StaticCallee(); fn != nil {
		return fn.Name()
	}
	return ""
}
