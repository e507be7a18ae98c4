package csp

import words "github.com/merlon-go/merlon/internal/nearest"

// A Directive is the name of a directive, in lower case.
type Directive string

// The directives of Content Security Policy Level 3, of Trusted Types, and of
// the drafts that browsers implement. Those marked deprecated are understood,
// so that an old policy can be read, and [Evaluate] says what to do instead.
const (
	DefaultSrc     Directive = "default-src"
	ScriptSrc      Directive = "script-src"
	ScriptSrcElem  Directive = "script-src-elem"
	ScriptSrcAttr  Directive = "script-src-attr"
	StyleSrc       Directive = "style-src"
	StyleSrcElem   Directive = "style-src-elem"
	StyleSrcAttr   Directive = "style-src-attr"
	ImgSrc         Directive = "img-src"
	FontSrc        Directive = "font-src"
	ConnectSrc     Directive = "connect-src"
	MediaSrc       Directive = "media-src"
	ObjectSrc      Directive = "object-src"
	FrameSrc       Directive = "frame-src"
	ChildSrc       Directive = "child-src"
	FencedFrameSrc Directive = "fenced-frame-src"
	WorkerSrc      Directive = "worker-src"
	ManifestSrc    Directive = "manifest-src"
	PrefetchSrc    Directive = "prefetch-src" // deprecated

	BaseURI        Directive = "base-uri"
	FormAction     Directive = "form-action"
	FrameAncestors Directive = "frame-ancestors"
	NavigateTo     Directive = "navigate-to" // deprecated
	Sandbox        Directive = "sandbox"
	PluginTypes    Directive = "plugin-types" // deprecated
	WebRTC         Directive = "webrtc"

	RequireTrustedTypesFor Directive = "require-trusted-types-for"
	TrustedTypes           Directive = "trusted-types"

	UpgradeInsecureRequests Directive = "upgrade-insecure-requests"
	BlockAllMixedContent    Directive = "block-all-mixed-content" // deprecated
	RequireSRIFor           Directive = "require-sri-for"         // deprecated

	ReportTo  Directive = "report-to"
	ReportURI Directive = "report-uri"
)

// kind is what the values of a directive are.
type kind int

const (
	unknownKind kind = iota
	sourceList       // source expressions
	ancestors        // source expressions without what only scripts and styles have
	sandboxKind      // allow-… words, or none
	references       // URLs or paths
	groupName        // one endpoint group
	sinkGroups       // 'script'
	policyNames      // names of trusted types policies
	noValue          // the name stands alone
	webrtcKind       // 'allow' or 'block'
	mediaTypes       // type/subtype
	sriTypes         // script, style
)

// spec is one row of the table of directives.
type spec struct {
	name       Directive
	kind       kind
	deprecated string // what to do instead
}

// table lists every known directive in canonical order.
var table = [...]spec{
	{DefaultSrc, sourceList, ""},
	{ScriptSrc, sourceList, ""},
	{ScriptSrcElem, sourceList, ""},
	{ScriptSrcAttr, sourceList, ""},
	{StyleSrc, sourceList, ""},
	{StyleSrcElem, sourceList, ""},
	{StyleSrcAttr, sourceList, ""},
	{ImgSrc, sourceList, ""},
	{FontSrc, sourceList, ""},
	{ConnectSrc, sourceList, ""},
	{MediaSrc, sourceList, ""},
	{ObjectSrc, sourceList, ""},
	{FrameSrc, sourceList, ""},
	{ChildSrc, sourceList, ""},
	{FencedFrameSrc, sourceList, ""},
	{WorkerSrc, sourceList, ""},
	{ManifestSrc, sourceList, ""},
	{PrefetchSrc, sourceList, "browsers ignore it; default-src governs prefetches"},
	{BaseURI, ancestors, ""},
	{FormAction, ancestors, ""},
	{FrameAncestors, ancestors, ""},
	{NavigateTo, sourceList, "browsers never shipped it"},
	{Sandbox, sandboxKind, ""},
	{PluginTypes, mediaTypes, "use object-src 'none'"},
	{WebRTC, webrtcKind, ""},
	{RequireTrustedTypesFor, sinkGroups, ""},
	{TrustedTypes, policyNames, ""},
	{UpgradeInsecureRequests, noValue, ""},
	{BlockAllMixedContent, noValue, "browsers block mixed content; use upgrade-insecure-requests"},
	{RequireSRIFor, sriTypes, "browsers never shipped it; use the Integrity-Policy header"},
	{ReportTo, groupName, ""},
	{ReportURI, references, ""},
}

// lookup returns the row of d; its kind is unknownKind if there is none.
func lookup(d Directive) spec {
	for _, s := range table {
		if s.name == d {
			return s
		}
	}
	return spec{name: d}
}

var sandboxWords = [...]string{
	"allow-downloads", "allow-forms", "allow-modals", "allow-orientation-lock", "allow-pointer-lock",
	"allow-popups", "allow-popups-to-escape-sandbox", "allow-presentation", "allow-same-origin", "allow-scripts",
	"allow-storage-access-by-user-activation", "allow-top-navigation", "allow-top-navigation-by-user-activation",
	"allow-top-navigation-to-custom-protocols",
}

// nearest returns the candidate closest to name in edits, or "" if none is
// close enough to be what was meant.
func nearest[S ~string](name string, candidates []S) string {
	return words.Of(name, candidates, min(len(name)/2+1, 4))
}
