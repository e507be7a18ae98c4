package repo_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorkflows(t *testing.T) {
	const head = "on: push\njobs:\n  a:\n    steps:\n"
	rows := []struct{ name, file, text, want string }{
		{"echo", "", head + "    - run: echo ${{ secrets.TOKEN }}\n", "workflow-secret-printed:5"},
		{"echo of a variable", "", head + "    - run: |\n        true\n        echo \"the token is $T\"\n      env:\n        T: ${{ secrets.TOKEN }}\n", "workflow-secret-printed:7"},
		{"decoded into a file, on macOS", "", head + "    - run: echo \"${{ secrets.TOKEN }}\" | base64 -d -o key.p8\n", ""},
		{"encoded", "", head + "    - run: echo ${{ secrets.TOKEN }} | base64\n", "workflow-secret-printed:5"},
		{"traced", "", head + "    - run: |\n        set -x\n        deploy $T\n      env: {T: '${{ secrets.TOKEN }}'}\n", "workflow-secret-printed:7"},
		{"all secrets", "", head + "    - run: echo '${{ toJSON(secrets) }}'\n", "workflow-secret-printed:5"},
		{"dumped", "", head + "    - run: printenv\n      env: {T: '${{ secrets.TOKEN }}'}\n", "workflow-secret-printed:5"},
		{"handed on", "", head + "    - run: echo ${{ secrets.TOKEN }} | docker login --password-stdin r.io\n", ""},
		{"into a file", "", head + "    - run: echo \"$T\" > key\n      env: {T: '${{ secrets.TOKEN }}'}\n", ""},
		{"masked", "", head + "    - run: echo \"::add-mask::${{ secrets.TOKEN }}\"\n", ""},
		{"another variable", "", head + "    - run: echo $HOME\n      env: {T: '${{ secrets.TOKEN }}'}\n", ""},
		{"asked for before a message", "", head + "    - run: test -n \"${T}\" || { echo \"no token\"; exit 1; }\n      env: {T: '${{ secrets.TOKEN }}'}\n", ""},
		{"printed after another command", "", head + "    - run: true && echo \"a; $T\"\n      env: {T: '${{ secrets.TOKEN }}'}\n", "workflow-secret-printed:5"},
		{"one or the other", "", head + "    - run: echo ${{ secrets.A || secrets.B }}\n", "workflow-secret-printed:5"},
		{"untrusted checkout", "", "on: pull_request_target\njobs:\n  a:\n    steps:\n    - uses: actions/checkout@v4\n      with:\n        ref: ${{ github.event.pull_request.head.sha }}\n", "workflow-untrusted-checkout:7"},
		{"checkout of the base", "", "on: pull_request_target\njobs:\n  a:\n    steps:\n    - uses: actions/checkout@v4\n", ""},
		{"same without rights", "", "on: pull_request\njobs:\n  a:\n    steps:\n    - uses: actions/checkout@v4\n      with:\n        ref: ${{ github.event.pull_request.head.sha }}\n", ""},
		{"fetched by hand", "", "on: [issue_comment]\njobs:\n  a:\n    steps:\n    - run: |\n        true\n        gh pr checkout 3\n", "workflow-untrusted-checkout:7"},
		{"injection", "", "on: issues\njobs:\n  a:\n    steps:\n    - run: echo \"${{ github.event.issue.title }}\"\n", "workflow-script-injection:5"},
		{"injection into JavaScript", "", "on: issues\njobs:\n  a:\n    steps:\n    - uses: actions/github-script@v7\n      with:\n        script: |\n          const t = `${{ github.event.issue.body }}`\n", "workflow-script-injection:8"},
		{"by the environment", "", "on: issues\njobs:\n  a:\n    steps:\n    - run: echo \"$T\"\n      env: {T: '${{ github.event.issue.title }}'}\n", ""},
		{"broad", "", "on: push\npermissions: write-all\njobs: {}\n", "workflow-permissions-broad:2"},
		{"unpinned", "", head + "    - uses: someone/action@v1\n", "workflow-action-unpinned:5"},
		{"pinned", "", head + "    - uses: someone/action@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v1\n", ""},
		{"own action", "", head + "    - uses: ./.github/actions/a\n", ""},
		{"gitlab echo", ".gitlab-ci.yml", "a:\n  script:\n  - echo $DEPLOY_TOKEN\n", "workflow-secret-printed:3"},
		{"gitlab trace", ".gitlab-ci.yml", "variables:\n  CI_DEBUG_TRACE: 'true'\n", "workflow-secret-printed:2"},
		{"gitlab login", ".gitlab-ci.yml", "a:\n  script:\n  - echo \"$CI_REGISTRY_PASSWORD\" | docker login -u x --password-stdin\n", ""},
		{"gitlab export", ".gitlab-ci.yml", "a:\n  script:\n  - env | sort\n", "workflow-secret-printed:3"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			d := newTree(t)
			name := row.file
			if name == "" {
				name = ".github/workflows/a.yml"
			}
			d.write(name, row.text)
			report := run(t, d.dir, nil)
			var got []string
			for _, f := range report.Findings {
				got = append(got, f.ID+strings.TrimPrefix(f.Place.String(), f.Place.File))
			}
			if diff := cmp.Diff(row.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("%s\n%s", diff, reasons(report))
			}
		})
	}
}

func TestWorkflowThatCannotBeRead(t *testing.T) {
	d := newTree(t)
	d.write(".github/workflows/a.yml", "on: [push\n  : :\n")
	if text := reasons(run(t, d.dir, nil)); !strings.Contains(text, ".github/workflows/a.yml: not valid YAML") {
		t.Error(text)
	}
}
