package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// recipe returns the code block of docs/recipes.md that holds the text.
func recipe(t *testing.T, language, part string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if strings.Contains(m[1], part) {
			return m[1]
		}
	}
	t.Fatalf("docs/recipes.md has no %s with %q", language, part)
	return ""
}

// scratch is a repository to try recipes in.
func scratch(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"git", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	dir := t.TempDir()
	put(t, dir, "readme.txt", "nothing\n")
	if text, code := shell(t, dir, "git init -q -b main && git add -A && git commit -q -m first"); code != 0 {
		t.Fatal(text)
	}
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	full := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func shell(t *testing.T, dir, script string) (string, int) {
	t.Helper()
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CACHE_HOME="+t.TempDir(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@example.com", "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// leaked is a token of GitHub's shape, put together here so that no scanner
// takes this file for a leak.
var leaked = "TOKEN=ghp" + "_oq4nlwagljnS4k1zgtlcuVp7q4mxidWxjejg\n"

func TestRecipeHook(t *testing.T) {
	for name, hook := range map[string]string{
		"git":        recipe(t, "sh", "Refuses a commit"),
		"pre-commit": "#!/bin/sh\nexec " + entry(t) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := scratch(t)
			put(t, dir, ".githooks/pre-commit", hook)
			if text, code := shell(t, dir, "git config core.hooksPath .githooks && git add -A && git commit -q -m hook"); code != 0 {
				t.Fatalf("a clean commit is refused:\n%s", text)
			}
			put(t, dir, "prod.env", leaked)
			text, code := shell(t, dir, "git add -A && git commit -q -m leak")
			if code == 0 || !strings.Contains(text, "GitHub token in prod.env") || strings.Contains(text, leaked[10:]) {
				t.Errorf("exit code %d:\n%s", code, text)
			}
			put(t, dir, "prod.env", "TOKEN=\n") // what is staged still holds it
			if text, code := shell(t, dir, "git commit -q -m leak"); code == 0 {
				t.Errorf("what is staged is committed:\n%s", text)
			}
		})
	}
}

// entry is the command of the hook for the pre-commit program.
func entry(t *testing.T) string {
	var config struct {
		Repos []struct {
			Hooks []struct {
				Entry string `yaml:"entry"`
			} `yaml:"hooks"`
		} `yaml:"repos"`
	}
	if err := yaml.Unmarshal([]byte(recipe(t, "yaml", "repo: local")), &config); err != nil {
		t.Fatal(err)
	}
	return config.Repos[0].Hooks[0].Entry
}

func TestRecipeMakefile(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	dir := scratch(t)
	put(t, dir, "Makefile", recipe(t, "make", "check-deploy:"))
	for _, target := range []string{"check", "check-deploy"} {
		if text, code := shell(t, dir, "make -s "+target); code != 0 {
			t.Errorf("make %s: exit code %d\n%s", target, code, text)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "merlon.sarif")); err != nil {
		t.Error(err)
	}
	put(t, dir, "prod.env", leaked)
	if text, code := shell(t, dir, "make -s check"); code == 0 || !strings.Contains(text, "Error 3") {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

func TestRecipePipelines(t *testing.T) {
	var github struct {
		Jobs map[string]struct {
			Steps []struct {
				Run  string `yaml:"run"`
				Uses string `yaml:"uses"`
			} `yaml:"steps"`
		} `yaml:"jobs"`
	}
	if err := yaml.Unmarshal([]byte(recipe(t, "yaml", "runs-on:")), &github); err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, step := range github.Jobs["check"].Steps {
		if step.Run != "" {
			actions = append(actions, step.Run)
		}
	}
	var gitlab struct {
		Merlon struct {
			Script []string `yaml:"script"`
			After  []string `yaml:"after_script"`
		} `yaml:"merlon"`
	}
	if err := yaml.Unmarshal([]byte(recipe(t, "yaml", "GIT_DEPTH")), &gitlab); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file, text string
		lines      []string
		reports    []string
	}{
		"github": {".github/workflows/merlon.yml", recipe(t, "yaml", "runs-on:"), actions, []string{"merlon.sarif"}},
		"gitlab": {".gitlab-ci.yml", recipe(t, "yaml", "GIT_DEPTH"), append(gitlab.Merlon.Script, gitlab.Merlon.After...), []string{"merlon.xml", "merlon.html"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := scratch(t)
			put(t, dir, c.file, c.text) // the recipe must itself pass the check
			pass := func(want int) {
				t.Helper()
				worst := 0
				for _, line := range c.lines {
					if line == "go install tool" {
						continue // merlon is here already
					}
					text, code := shell(t, dir, line)
					worst = max(worst, code)
					if want == 0 && code != 0 {
						t.Errorf("%s: exit code %d\n%s", line, code, text)
					}
				}
				if worst != want {
					t.Errorf("exit code %d, want %d", worst, want)
				}
			}
			if len(c.lines) < 2 {
				t.Fatalf("only %q is run", c.lines)
			}
			pass(0)
			put(t, dir, "prod.env", leaked)
			if text, code := shell(t, dir, "git add prod.env && git commit -q -m leak && git rm -q prod.env && git commit -q -m gone"); code != 0 {
				t.Fatal(text)
			}
			pass(3) // it is in the history
			for _, report := range c.reports {
				text, err := os.ReadFile(filepath.Join(dir, report))
				if err != nil || !strings.Contains(string(text), "secret-in-history") {
					t.Errorf("%s: %v", report, err)
				}
			}
		})
	}
}
