package leak

import (
	"path"
	"strings"
)

// A file is what the path tells about a text.
type file struct {
	name, ext string // in lower case
	ignored   bool   // holds no secrets anybody wrote: lock files and the like
	test      bool   // fixtures and documentation
	config    bool   // values stand there without quotes
	code      bool   // values without quotes are expressions
	quiet     bool   // what is only assigned to a name is no secret here
}

// Generated reports whether the path is that of a text which a program wrote:
// minified, vendored or built. These are read last.
func Generated(name string) bool {
	low := strings.ToLower(name)
	for _, end := range [...]string{".min.js", ".min.css", ".bundle.js", ".chunk.js", ".js.map", ".css.map", ".map", ".pb.go", "_pb2.py", ".snap", ".svg", ".lock", ".sum"} {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	for _, dir := range [...]string{"node_modules/", "vendor/", "dist/", "third_party/", "bower_components/", "_build/", "target/", ".next/", "site-packages/"} {
		if strings.HasPrefix(low, dir) || strings.Contains(low, "/"+dir) {
			return true
		}
	}
	return false
}

// Skipped reports whether a file of this name is not worth opening: lock
// files, sums, media. What they hold was not written by anybody.
func Skipped(name string) bool {
	base := strings.ToLower(path.Base(name))
	return skippedNames[base] || skippedEnds[path.Ext(base)]
}

// Fixture reports whether a file of this path holds tests, examples or
// documentation.
func Fixture(name string) bool { return fileOf(name).test }

var (
	skippedNames = set("go.sum go.work.sum package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml composer.lock cargo.lock poetry.lock pipfile.lock gemfile.lock gradle.lockfile packages.lock.json flake.lock bun.lockb deno.lock uv.lock mix.lock pubspec.lock podfile.lock modules.txt")
	skippedEnds  = set(".png .jpg .jpeg .gif .webp .ico .bmp .tiff .avif .heic .psd .mp3 .mp4 .mov .avi .webm .ogg .wav .flac .woff .woff2 .ttf .otf .eot .pdf .zip .gz .tgz .bz2 .xz .zst .7z .rar .jar .war .class .so .dll .dylib .exe .a .o .wasm .pyc .crt .cer .der .sig .asc .gpg .map .svg .snap .pack .idx .sqlite .db .parquet .bin .dat .iso .img .apk .ipa .csr")
	codeEnds     = set(".go .py .js .mjs .cjs .ts .tsx .jsx .java .kt .kts .scala .rb .php .cs .fs .vb .c .h .cc .cpp .hpp .rs .swift .m .mm .dart .lua .pl .pm .ex .exs .erl .hs .clj .groovy .gradle .vue .svelte .html .htm .tmpl .gohtml .jinja .j2 .erb .css .scss .less .sql .r .jl .zig .nim")
	configEnds   = set(".env .ini .cfg .conf .cnf .properties .toml .yaml .yml .json .json5 .jsonc .tfvars .tf .hcl .tfstate .xml .config .plist .netrc .npmrc .pypirc .pgpass .htpasswd .dockercfg .dockerconfigjson .kubeconfig .service .secret .secrets .creds .credentials .envrc .http .rest .sh .bash .zsh .ksh .fish .bat .cmd")
	configNames  = set(".env .envrc .netrc _netrc .npmrc .yarnrc .pypirc .pgpass pgpass.conf .htpasswd .dockercfg credentials .git-credentials .my.cnf .s3cfg .boto kubeconfig dockerfile docker-compose.yml makefile .bashrc .profile .bash_profile .zshrc .fetchmailrc .muttrc")
	proseEnds    = set(".md .markdown .rst .adoc .txt .tex .pod .mdx")
)

func fileOf(name string) file {
	low := strings.ToLower(name)
	base := path.Base(low)
	f := file{name: base, ext: path.Ext(base)}
	f.ignored = Skipped(name)
	f.code = codeEnds[f.ext]
	f.config = configEnds[f.ext] || configNames[base] || strings.HasPrefix(base, ".env") || strings.HasSuffix(base, ".env") || low == ".docker/config.json"
	f.test = strings.HasSuffix(base, "_test.go") || strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.HasPrefix(base, "test_") || strings.HasSuffix(strings.TrimSuffix(base, f.ext), "test") && f.code
	for dir := range strings.SplitSeq(path.Dir(low), "/") {
		switch dir {
		case "test", "tests", "testdata", "__tests__", "testing", "fixtures", "fixture", "spec", "specs", "mocks", "__mocks__", "mock", "examples", "example", "samples", "sample", "docs", "doc", "e2e", "testutil":
			f.test = true
		}
	}
	for _, part := range [...]string{".example", ".sample", ".template", ".dist", ".tmpl"} {
		f.test = f.test || strings.HasSuffix(base, part) || strings.Contains(base, part+".")
	}
	if proseEnds[f.ext] {
		f.test = f.test || f.ext != ".txt"
	}
	f.quiet = f.test || Generated(name)
	return f
}
