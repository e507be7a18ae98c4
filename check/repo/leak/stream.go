package leak

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
)

const (
	window  = 4 << 20  // how much of a long text is judged at a time, in bytes
	context = 32 << 10 // how much of what stands around is looked at with it
)

// ScanReader is [Scan] for a text of any length, of which it holds a few MiB
// at a time. What needs the structure of a whole file is not read in a text
// that is longer than that. With an error it returns what was found until then.
func ScanReader(path string, r io.Reader) ([]Leak, error) {
	var (
		found        []Leak
		offset, line int                                 // of the text's beginning
		text         = make([]byte, 0, window+2*context) // what was before, what is judged, what comes after
		begin        int                                 // where in it what is judged begins
	)
	for first := true; ; first = false {
		n, err := io.ReadFull(r, text[len(text):cap(text)])
		text = text[:len(text)+n]
		end := len(text)
		if err == nil {
			end -= context
		} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		if first {
			if Binary(text) {
				return nil, nil
			}
			if err == nil && wideText(text) {
				return scanWide(path, text, r)
			}
			if err != nil {
				return Scan(path, text), plainEOF(err)
			}
		}
		for _, l := range scanText(path, text) {
			if l.Offset >= begin && l.Offset < end && len(found) < maxLeaks {
				l.Offset += offset
				l.Line += line
				found = append(found, l)
			}
		}
		if err != nil {
			return found, plainEOF(err)
		}
		keep := end - context
		offset += keep
		line += bytes.Count(text[:keep], []byte("\n"))
		text = text[:copy(text, text[keep:])]
		begin = context
	}
}

// scanWide reads UTF-16 whole: nobody writes much of it.
func scanWide(path string, head []byte, r io.Reader) ([]Leak, error) {
	rest, err := io.ReadAll(io.LimitReader(r, MaxText))
	found := scanText(path, narrow(append(head, rest...)))
	if len(rest) == MaxText {
		err = errors.New("leak: UTF-16 of more than 16 MiB")
	}
	return found, err
}

func plainEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Binary reports whether what begins so is no text. UTF-16 is one if it says
// so, as the redirections of PowerShell do.
func Binary(head []byte) bool {
	return bytes.IndexByte(head[:min(len(head), 8000)], 0) >= 0 && !wideText(head)
}

func wideText(head []byte) bool {
	return len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF) && !bytes.HasPrefix(head, []byte("\xFF\xFE\x00\x00"))
}

// narrow turns UTF-16 into UTF-8.
func narrow(text []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if text[0] == 0xFE {
		order = binary.BigEndian
	}
	units := make([]uint16, 0, len(text)/2)
	for text = text[2:]; len(text) >= 2; text = text[2:] {
		units = append(units, order.Uint16(text))
	}
	return []byte(string(utf16.Decode(units)))
}
