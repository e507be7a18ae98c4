package headers

// features are the names that a permissions policy may have, in alphabetical
// order: those of https://github.com/w3c/webappsec-permissions-policy/blob/main/features.md
// and of the specifications that add to them, as of November 2026, and the
// client hints (https://wicg.github.io/client-hints-infrastructure/). A browser
// passes over what it does not know.
var features = []string{
	"accelerometer", "all-screens-capture", "ambient-light-sensor", "aria-notify", "attribution-reporting", "autofill",
	"autoplay", "battery", "bluetooth", "browsing-topics", "camera", "captured-surface-control",
	"ch-device-memory", "ch-downlink", "ch-dpr", "ch-ect", "ch-prefers-color-scheme", "ch-prefers-reduced-motion",
	"ch-prefers-reduced-transparency", "ch-rtt", "ch-save-data", "ch-ua", "ch-ua-arch", "ch-ua-bitness",
	"ch-ua-form-factors", "ch-ua-full-version", "ch-ua-full-version-list", "ch-ua-high-entropy-values", "ch-ua-mobile",
	"ch-ua-model", "ch-ua-platform", "ch-ua-platform-version", "ch-ua-wow64", "ch-viewport-height", "ch-viewport-width",
	"ch-width", "clipboard-read", "clipboard-write", "compute-pressure", "controlled-frame", "conversion-measurement",
	"cross-origin-isolated", "deferred-fetch", "deferred-fetch-minimal", "device-attributes", "digital-credentials-create",
	"digital-credentials-get", "direct-sockets", "direct-sockets-private", "display-capture", "document-domain",
	"encrypted-media", "execution-while-not-rendered", "execution-while-out-of-viewport",
	"focus-without-user-activation", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
	"identity-credentials-get", "idle-detection", "interest-cohort", "join-ad-interest-group", "keyboard-map",
	"language-detector", "language-model", "local-fonts", "local-network-access", "magnetometer", "manual-text",
	"media-playback-while-not-visible", "microphone", "midi", "mobile-web-app-capable", "monetization",
	"navigation-override", "on-device-speech-recognition", "otp-credentials", "payment", "picture-in-picture",
	"popins", "private-aggregation", "private-state-token-issuance", "private-state-token-redemption",
	"proofreader", "publickey-credentials-create", "publickey-credentials-get", "rewriter", "run-ad-auction",
	"screen-wake-lock", "serial", "shared-storage", "shared-storage-select-url", "smart-card", "speaker-selection",
	"storage-access", "sub-apps", "summarizer", "sync-script", "sync-xhr", "tools", "translator",
	"trust-token-redemption", "unload", "usb", "usb-unrestricted", "vertical-scroll", "web-app-installation",
	"web-printing", "web-share", "window-management", "window-placement", "writer", "xr-spatial-tracking",
}
