package manage

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/audit"
)

func newAudit(p *Program) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "audit COMMAND",
		Short: "Read the audit trail, and prove that nobody changed it",
	})
	cmd.AddCommand(newAuditTail(p, auditTail), newAuditVerify(p, auditVerify))
	return cmd
}

// withTrail opens the audit trail for work and closes the database afterwards.
func (p *Program) withTrail(ctx context.Context, dev bool, work func(*audit.Trail) error) (err error) {
	set, err := p.Load(dev, nil)
	if err != nil {
		return err
	}
	db, err := p.ready(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	trail, err := p.trail(set, db)
	if err != nil {
		return err
	}
	return work(trail)
}
