package manage

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/settings"
)

type auditTailOptions struct {
	program *Program
	out     io.Writer
	format  string
	dev     bool
	follow  bool
	limit   int
	names   []string
	client  string
	since   string
	filter  audit.Filter
}

func newAuditTail(p *Program, run func(context.Context, *auditTailOptions) error) *cobra.Command {
	o := &auditTailOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:     "tail",
		Short:   "Show the newest events, the newest last",
		Example: "  " + p.Name + " audit tail --name authn_login_fail --since 24h\n  " + p.Name + " audit tail --follow --format json",
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.IntVarP(&o.limit, "limit", "n", 20, "show at most `N` events, 1000 at most")
	f.StringArrayVar(&o.names, "name", nil, "only events called `NAME`; may be repeated")
	f.StringVar(&o.filter.Actor, "actor", "", "only events of the account with this `ID`")
	f.StringVar(&o.filter.Subject, "subject", "", "only events about `SUBJECT`")
	f.StringVar(&o.client, "client", "", "only events from the `ADDRESS`")
	f.StringVar(&o.since, "since", "", "only events of the last `TIME`, such as 90m, 24h or 7d")
	f.BoolVarP(&o.follow, "follow", "f", false, "go on showing events as they happen, until interrupted")
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

// complete turns the flags into the filter.
func (o *auditTailOptions) complete() error {
	if o.limit < 1 || o.limit > audit.MaxTail {
		return usage("--limit must be from 1 to 1000")
	}
	o.filter.Limit = o.limit
	for _, name := range o.names {
		o.filter.Names = append(o.filter.Names, audit.Name(name))
	}
	if o.client != "" {
		address, err := netip.ParseAddr(o.client)
		if err != nil {
			return usage("--client is no address")
		}
		o.filter.Client = address.Unmap()
	}
	if o.since != "" {
		age, err := settings.ParseDuration(o.since)
		if err != nil {
			return usage("--since: " + err.Error())
		}
		o.filter.Since = o.program.Env.Now().Add(-age)
	}
	return nil
}

// followEvery is how often `audit tail --follow` asks for what is new.
const followEvery = time.Second

func auditTail(ctx context.Context, o *auditTailOptions) error {
	return o.program.withTrail(ctx, o.dev, func(trail *audit.Trail) error {
		last := int64(0)
		show := func() error {
			records, err := trail.Tail(ctx, o.filter)
			if err != nil {
				return err
			}
			slices.Reverse(records)
			for _, r := range records {
				if r.Sequence <= last {
					continue
				}
				last = r.Sequence
				if err := o.show(r); err != nil {
					return err
				}
			}
			return nil
		}
		if err := show(); err != nil || !o.follow {
			return err
		}
		o.filter.Limit = audit.MaxTail
		tick := time.NewTicker(followEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil // the interrupt is how following ends
			case <-tick.C:
				if err := show(); err != nil {
					return err
				}
			}
		}
	})
}

// recordJSON is one line of `audit tail --format json`.
type recordJSON struct {
	Sequence  int64     `json:"sequence"`
	Time      time.Time `json:"time"`
	Name      string    `json:"name"`
	Actor     string    `json:"actor,omitempty"`
	Subject   string    `json:"subject,omitempty"`
	Client    string    `json:"client,omitempty"`
	Control   string    `json:"control,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Detail    string    `json:"detail,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	Hash      string    `json:"hash"`
}

func (o *auditTailOptions) show(r audit.Record) error {
	e := r.Event
	client := ""
	if e.Client.IsValid() {
		client = e.Client.String()
	}
	if o.format == "json" {
		return json.NewEncoder(o.out).Encode(recordJSON{
			r.Sequence, e.Time.UTC(), string(e.Name), e.Actor, e.Subject, client, e.Control, e.Reason, e.Detail, e.RequestID, hex.EncodeToString(r.Hash),
		})
	}
	parts := []string{e.Time.UTC().Format("2006-01-02 15:04:05"), fmt.Sprintf("%-30s", e.Name)}
	for _, part := range [][2]string{{"", e.Subject}, {"by ", e.Actor}, {"from ", client}, {"because of ", e.Reason}} {
		if part[1] != "" {
			parts = append(parts, part[0]+plainText(part[1]))
		}
	}
	_, err := fmt.Fprintln(o.out, strings.TrimRight(strings.Join(parts, "  "), " "))
	return err
}
