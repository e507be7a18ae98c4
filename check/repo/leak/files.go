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
	env       bool   // names and values for the environment of a program
	code      bool   // values without quotes are expressions
	quiet     bool   // what is only assigned to a name is no secret here
	foreign   bool   // copied from others, who publish what stands in it
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
	return foreign(low) || below(low, "dist/", "_build/", "target/", ".next/")
}

// foreign reports whether the path, in lower case, is that of the code of
// others that was copied.
func foreign(low string) bool {
	return below(low, "node_modules/", "vendor/", "third_party/", "bower_components/", "site-packages/")
}

// below reports whether one of the folders is part of the path.
func below(low string, dirs ...string) bool {
	for _, dir := range dirs {
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
	skippedEnds  = set(".png .jpg .jpeg .gif .webp .ico .bmp .tiff .avif .heic .psd .mp3 .mp4 .mov .avi .webm .ogg .wav .flac .woff .woff2 .ttf .otf .eot .pdf .zip .gz .tgz .bz2 .xz .zst .7z .rar .jar .war .class .so .dll .dylib .exe .a .o .wasm .pyc .crt .cer .der .sig .asc .gpg .map .svg .snap .pack .idx .sqlite .db .parquet .bin .dat .iso .img .apk .ipa .csr .tar .lz4 .br .rpm .deb .msi .dmg .whl .vmdk .qcow2 .vdi .vhd .sqlite3 .rdb .hprof .avro .orc .arrow .feather .npy .npz .h5 .hdf5 .onnx .safetensors .gguf .ckpt .pth .tflite")
	codeEnds     = set(".go .py .js .mjs .cjs .ts .tsx .jsx .java .kt .kts .scala .rb .php .cs .fs .vb .c .h .cc .cpp .hpp .rs .swift .m .mm .dart .lua .pl .pm .ex .exs .erl .hs .clj .groovy .gradle .vue .svelte .html .htm .tmpl .gohtml .jinja .j2 .erb .css .scss .less .sql .r .jl .zig .nim")
	configEnds   = set(".env .ini .cfg .conf .cnf .properties .toml .yaml .yml .json .json5 .jsonc .tfvars .tf .hcl .tfstate .xml .config .plist .netrc .npmrc .pypirc .pgpass .htpasswd .dockercfg .dockerconfigjson .kubeconfig .service .secret .secrets .creds .credentials .envrc .http .rest .sh .bash .zsh .ksh .fish .bat .cmd")
	configNames  = set(".env .envrc .netrc _netrc .npmrc .yarnrc .pypirc .pgpass pgpass.conf .htpasswd .dockercfg credentials .git-credentials .my.cnf .s3cfg .boto kubeconfig dockerfile docker-compose.yml makefile .bashrc .profile .bash_profile .zshrc .fetchmailrc .muttrc")
	keyEnds      = set(".pem .key .ppk")
	testWords    = set("test tests testing testdata fixture fixtures mock mocks e2e example examples sample samples spec specs")
	docFolders   = set("doc docs man integration __tests__ __mocks__")
	proseNames   = set("manual readme changelog changes history news faq install")
	manualEnds   = set(".1 .2 .3 .4 .5 .6 .7 .8")
	noTests      = set("latest greatest fastest contest attest protest detest")
	proseEnds    = set(".md .markdown .rst .adoc .txt .tex .pod .mdx")
)

func fileOf(name string) file {
	low := strings.ToLower(name)
	base := path.Base(low)
	f := file{name: base, ext: path.Ext(base)}
	f.ignored = Skipped(name)
	f.code = codeEnds[f.ext]
	f.env = strings.HasPrefix(base, ".env") || f.ext == ".env"
	f.config = f.env || configEnds[f.ext] || configNames[base] || base == "config" && below(low, ".kube/", ".aws/")
	f.test = f.tests(path.Dir(name), path.Base(name))
	f.foreign = foreign(low)
	f.quiet = f.test || Generated(name) || below(low, "i18n/", "l10n/", "locale/", "locales/", "lang/", "langs/", "translations/")
	return f
}

// tests reports whether the path is that of tests, examples or documentation.
// The words of folders and of names of code tell; a file of settings named
// test.env may well be one that a machine runs with.
func (f *file) tests(dir, base string) bool {
	for part := range strings.SplitSeq(dir, "/") {
		if docFolders[strings.ToLower(part)] || testName(part) || testFolder(part) {
			return true
		}
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch {
	case proseNames[strings.ToLower(stem)] && (proseEnds[f.ext] || strings.HasPrefix(f.ext, ".htm")):
		return true
	case manualEnds[f.ext] && !strings.Contains(stem, "."): // pages for man; app.log.1 is none
		return true
	case proseEnds[f.ext]:
		return f.ext != ".txt" || testName(stem)
	case strings.Contains(f.name, ".test.") || strings.Contains(f.name, ".spec."):
		return true
	case strings.HasPrefix(f.name, "test_"), (f.code || keyEnds[f.ext] || f.ext == "") && testName(stem):
		return true
	case strings.Contains(f.name, "swagger"), strings.Contains(f.name, "openapi"): // their values are examples
		return true
	}
	for _, part := range [...]string{".example", ".sample", ".template", ".dist", ".tmpl"} {
		if strings.HasSuffix(f.name, part) || strings.Contains(f.name, part+".") {
			return true
		}
	}
	return false
}

// testFolder recognises packages that help with tests, as Go names them:
// iotest, caddytest.
func testFolder(name string) bool {
	return len(name) > 5 && strings.HasSuffix(name, "test") && strings.ToLower(name) == name && !noTests[name]
}

// testName reports whether one of the words of a name says test.
func testName(name string) bool {
	for i, word := range split(name) {
		if testWords[word] || i == 0 && strings.HasPrefix(word, "test") && len(word) > 4 && word[4] != 'i' { // testapp and testutil, not testimony
			return true
		}
	}
	return false
}
