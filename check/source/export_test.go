package source

// StripBodies is stripBodies, for tests.
var StripBodies = stripBodies
