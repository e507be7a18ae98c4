package manage

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/audit"
)

type auditVerifyOptions struct {
	program *Program
	out     io.Writer
	format  string
	from    string
	dev     bool
}

func newAuditVerify(p *Program, run func(context.Context, *auditVerifyOptions) error) *cobra.Command {
	o := &auditVerifyOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Prove that no record of the audit trail was changed, removed or added",
		Long: "Prove that no record of the audit trail was changed, removed or added.\n\n" +
			"It prints a checkpoint, NUMBER:HASH. Keep it elsewhere: with --from it also shows when the end of the trail was cut off, which no trail can show by itself. A trail that is not whole ends with exit code 3.",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.from, "from", "", "begin at this `CHECKPOINT`")
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

// verifyJSON is what `audit verify --format json` shows.
type verifyJSON struct {
	Whole      bool   `json:"whole"`
	Checkpoint string `json:"checkpoint"`
	Broken     int64  `json:"broken,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

func auditVerify(ctx context.Context, o *auditVerifyOptions) error {
	from, err := parseCheckpoint(o.from)
	if err != nil {
		return err
	}
	return o.program.withTrail(ctx, o.dev, func(trail *audit.Trail) error {
		reached, err := trail.Verify(ctx, from)
		broken, isBroken := errors.AsType[*audit.Broken](err)
		if err != nil && !isBroken {
			return err
		}
		result := verifyJSON{Whole: !isBroken, Checkpoint: fmt.Sprintf("%d:%s", reached.Sequence, hex.EncodeToString(reached.Hash))}
		if isBroken {
			result.Broken, result.Reason = broken.Sequence, broken.Reason
		}
		err = nil
		if o.format == "json" {
			err = writeJSON(o.out, result)
		} else if result.Whole {
			_, err = fmt.Fprintf(o.out, "whole up to record %d\ncheckpoint %s\n", reached.Sequence, result.Checkpoint)
		}
		if err != nil || !isBroken {
			return err
		}
		return &Error{Code: ExitFindings, Text: fmt.Sprintf("the audit trail is not whole: record %d is %s", broken.Sequence, broken.Reason),
			Hints: []string{
				fmt.Sprintf("the records up to %d are as they were written", reached.Sequence),
				"a key taken out of SECRET_KEY_FALLBACKS looks the same: with it back, what it sealed verifies",
			}}
	})
}

func parseCheckpoint(text string) (audit.Checkpoint, error) {
	if text == "" {
		return audit.Checkpoint{}, nil
	}
	number, hash, ok := strings.Cut(text, ":")
	sequence, err := strconv.ParseInt(number, 10, 64)
	sum, err2 := hex.DecodeString(hash)
	if !ok || len(text) > 200 || err != nil || err2 != nil || sequence < 0 {
		return audit.Checkpoint{}, usage("--from is no checkpoint", "it is what audit verify prints, as in 120:9f86d0…")
	}
	return audit.Checkpoint{Sequence: sequence, Hash: sum}, nil
}
