package sessions

// Decode and Encode open the codec to its fuzz target.
func Decode(data []byte) (*Values, error) { return decode(data) }

// Encode is the inverse of Decode.
func Encode(v *Values) ([]byte, error) { return v.encode() }

// Intact and Lookup are what reads data without decoding them.
func Intact(data []byte) bool { return intact(data) }

// Lookup finds one value.
func Lookup(data []byte, key string) ([]byte, bool) { return lookup(data, key) }
