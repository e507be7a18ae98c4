// Command ratelimit measures package ratelimit beside other rate limiters, all
// in one run on one machine, and prints a table.
//
//	go run ./ratelimit [-rounds 3] [-time 300ms] [-keys 1000000] [-cpu] [-redis redis://127.0.0.1:6379] [memory] [handler] [redis]
//
// Each figure is the median of the rounds; in each round every contestant is
// measured once, so that a noisy moment meets all. In memory each is measured in
// a process of its own. Without -redis it starts
// redis-server itself.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

type flags struct {
	rounds int
	time   time.Duration
	keys   int
	cpu    bool
	redis  string
}

func main() {
	var f flags
	flag.IntVar(&f.rounds, "rounds", 3, "how often everything is measured")
	flag.DurationVar(&f.time, "time", 300*time.Millisecond, "how long one measurement takes")
	flag.IntVar(&f.keys, "keys", 1_000_000, "how many keys are many")
	flag.BoolVar(&f.cpu, "cpu", false, "memory and handler: count processor time, shared by the processors that call, on a machine that others use")
	flag.StringVar(&f.redis, "redis", "", "URL of a Redis to use; empty starts one")
	flag.Parse()
	sections := flag.Args()
	if len(sections) == 2 && sections[0] == "alone" {
		if err := alone(f, sections[1]); err != nil {
			fmt.Fprintln(os.Stderr, "ratelimit:", err)
			os.Exit(1)
		}
		return
	}
	if len(sections) == 0 {
		sections = []string{"memory", "handler", "redis"}
	}
	for _, section := range sections {
		if err := run(section, f); err != nil {
			fmt.Fprintf(os.Stderr, "ratelimit: %s: %v\n", section, err)
			os.Exit(1)
		}
	}
}

func run(section string, f flags) error {
	switch section {
	case "memory":
		return memory(f)
	case "handler":
		return handlers(f)
	case "redis":
		return overRedis(f)
	}
	return fmt.Errorf("there are memory, handler and redis")
}

// A table is one row a contestant and one column a measurement.
type table struct {
	title   string
	columns []string
	rows    map[string]map[string][]float64 // by contestant and column
	order   []string
}

func newTable(title string, columns ...string) *table {
	return &table{title: title, columns: columns, rows: map[string]map[string][]float64{}}
}

func (t *table) add(name, column string, value float64) {
	row, ok := t.rows[name]
	if !ok {
		row = map[string][]float64{}
		t.rows[name], t.order = row, append(t.order, name)
	}
	row[column] = append(row[column], value)
}

// print writes medians.
func (t *table) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(os.Stdout, "\n%s\n\n", t.title)
	fmt.Fprint(w, "contestant\t")
	for _, c := range t.columns {
		fmt.Fprintf(w, "%s\t", c)
	}
	fmt.Fprintln(w)
	for _, name := range t.order {
		fmt.Fprintf(w, "%s\t", name)
		for _, c := range t.columns {
			values := t.rows[name][c]
			if len(values) == 0 {
				fmt.Fprint(w, "–\t")
				continue
			}
			slices.Sort(values)
			fmt.Fprintf(w, "%.4g\t", values[len(values)/2])
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}
