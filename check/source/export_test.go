package source

// StripBodies is stripBodies, for tests.
var StripBodies = stripBodies

// Asked are the methods that analysers ask types for.
var Asked = asked
