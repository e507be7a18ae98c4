package manage

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

type versionOptions struct {
	program *Program
	out     io.Writer
	format  string
}

func newVersion(p *Program, run func(context.Context, *versionOptions) error) *cobra.Command {
	o := &versionOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show which version this is and how it was built",
		Args:  arguments(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	formatFlag(cmd, &o.format, "text", "json")
	return cmd
}

// versionInfo is what `version --format json` shows.
type versionInfo struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Go       string `json:"go"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
}

func version(_ context.Context, o *versionOptions) error {
	info := o.program.versionInfo()
	if o.format == "json" {
		return writeJSON(o.out, info)
	}
	_, err := fmt.Fprintln(o.out, info)
	return err
}

// String is the version for people, on one line.
func (info versionInfo) String() string {
	text := fmt.Sprintf("%s %s, %s", info.Name, info.Version, info.Go)
	if len(info.Revision) >= 12 {
		text += ", revision " + info.Revision[:12]
		if info.Modified {
			text += " with changes"
		}
	}
	return text
}

// versionInfo takes from the build what the App does not say.
func (p *Program) versionInfo() versionInfo {
	info := versionInfo{Name: p.Name, Version: p.Version, Go: p.Env.GoVersion}
	build, ok := debug.ReadBuildInfo()
	if ok {
		if info.Version == "" {
			info.Version = build.Main.Version
		}
		for _, s := range build.Settings {
			switch s.Key {
			case "vcs.revision":
				info.Revision = s.Value
			case "vcs.modified":
				info.Modified = s.Value == "true"
			}
		}
	}
	if info.Version == "" || info.Version == "(devel)" {
		info.Version = "development build"
	}
	return info
}

func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}
