package manage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/internal/replace"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/settings"
)

type secretRotateOptions struct {
	program *Program
	out     io.Writer
	errs    io.Writer
}

func newSecretRotate(p *Program, run func(context.Context, *secretRotateOptions) error) *cobra.Command {
	o := &secretRotateOptions{program: p, out: p.Env.Stdout, errs: p.Env.Stderr}
	return &cobra.Command{
		Use:   "rotate",
		Short: "Give the site a new key and keep the old one as a fallback",
		Long: "Give the site a new key and keep the old one as a fallback, so that nobody is signed out.\n\n" +
			"A key in .env is changed there. A key from elsewhere cannot be: the new one is printed, with what to do. Restart the site afterwards, and take the fallback out when SESSION_COOKIE_AGE has passed.",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
}

func secretRotate(_ context.Context, o *secretRotateOptions) error {
	set, err := o.program.Load(false, nil)
	if err != nil {
		return err
	}
	source := set.Where("SECRET_KEY")
	if line, ok := strings.CutPrefix(source, ".env:"); ok {
		number, err := strconv.Atoi(line)
		if err != nil {
			return fmt.Errorf("unexpected place of SECRET_KEY: %s", source)
		}
		return o.rewrite(set, number)
	}
	if _, err := fmt.Fprintln(o.out, secrets.Generate()); err != nil {
		return err
	}
	fmt.Fprintf(o.errs, "hint: SECRET_KEY comes from %s, which only you can change\n", source)
	fmt.Fprintf(o.errs, "hint: put the present key first in %sSECRET_KEY_FALLBACKS, then set %sSECRET_KEY to the key above, then restart\n", o.program.Prefix, o.program.Prefix)
	return nil
}

// rewrite puts the new key and the longer list of fallbacks into .env. The file
// is replaced in one step, so that it is never half written.
func (o *secretRotateOptions) rewrite(set *settings.Settings, line int) error {
	fallbacks := []string{set.Keys.SecretKey.Reveal()}
	for _, f := range set.Keys.Fallbacks {
		fallbacks = append(fallbacks, f.Reveal())
	}
	for _, key := range fallbacks {
		if strings.ContainsAny(key, "'\"\\$#\n, ") {
			return &Error{Text: "a key holds characters that need quoting in .env", Hints: []string{"set the keys by hand; " + o.program.Name + " secret generate makes a new one"}}
		}
	}
	place := set.Where("SECRET_KEY_FALLBACKS")
	if place != "default" && !strings.HasPrefix(place, ".env:") {
		return &Error{Text: "SECRET_KEY_FALLBACKS comes from " + place + ", which only you can change", Hints: []string{"move it to .env, or change both by hand"}}
	}
	name := o.program.Env.Path(".env")
	text, err := os.ReadFile(name)
	if err != nil {
		return failed("reading .env", reason(err))
	}
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return errors.New(".env changed while it was read")
	}
	prefix := o.program.Prefix
	lines[line-1] = prefix + "SECRET_KEY=" + secrets.Generate()
	entry := prefix + "SECRET_KEY_FALLBACKS=" + strings.Join(fallbacks, ",")
	if at, err := strconv.Atoi(strings.TrimPrefix(place, ".env:")); err == nil && at >= 1 && at <= len(lines) {
		lines[at-1] = entry
	} else {
		lines = append(lines[:line], append([]string{entry}, lines[line:]...)...)
	}
	if err := replaceFile(name, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		return failed("writing .env", reason(err), "the key was not changed")
	}
	fmt.Fprintf(o.out, "SECRET_KEY was changed in .env, the old key is the first of SECRET_KEY_FALLBACKS\n")
	fmt.Fprintf(o.errs, "hint: restart the site now, and remove the fallback in %s\n", settings.FormatDuration(set.Sessions.CookieAge))
	return nil
}

// replaceFile writes a file that must outlive a power cut, whole or not at all.
func replaceFile(name string, text []byte, mode os.FileMode) error {
	return replace.File(name, mode, func(f *os.File) error {
		_, err := f.Write(text)
		return errors.Join(err, f.Chmod(mode), f.Sync())
	})
}
