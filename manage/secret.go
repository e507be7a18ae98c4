package manage

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/secrets"
)

func newSecret(p *Program) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "secret COMMAND",
		Short: "Make and rotate the site's key",
	})
	cmd.AddCommand(newSecretGenerate(p, secretGenerate), newSecretRotate(p, secretRotate))
	return cmd
}

type secretGenerateOptions struct{ out io.Writer }

func newSecretGenerate(p *Program, run func(context.Context, *secretGenerateOptions) error) *cobra.Command {
	o := &secretGenerateOptions{out: p.Env.Stdout}
	return &cobra.Command{
		Use:     "generate",
		Short:   "Print a new random key for SECRET_KEY",
		Example: "  " + p.Name + " secret generate > secret.key   # then " + p.Prefix + "SECRET_KEY_FILE=secret.key",
		Args:    arguments(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
}

func secretGenerate(_ context.Context, o *secretGenerateOptions) error {
	_, err := fmt.Fprintln(o.out, secrets.Generate())
	return err
}
