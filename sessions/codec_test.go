package sessions_test

import (
	"bytes"
	"testing"

	"github.com/merlon-go/merlon/sessions"
)

func TestCodec(t *testing.T) {
	var v sessions.Values
	v.Set("b", "2")
	v.Set("a", "\x00\xff")
	v.Set("empty", "")
	v.Set("gone", "x")
	v.Delete("gone")
	data, err := sessions.Encode(&v)
	if want := "\x01\x01a\x02\x00\xff\x01b\x012\x05empty\x00"; err != nil || string(data) != want {
		t.Fatalf("encoded %q, %v, want %q", data, err, want)
	}
	if got, ok := sessions.Lookup(data, "a"); !ok || string(got) != "\x00\xff" {
		t.Errorf("a is %q, %v", got, ok)
	}
	if got, ok := sessions.Lookup(data, "empty"); !ok || len(got) != 0 {
		t.Errorf("empty is %q, %v", got, ok)
	}
	if _, ok := sessions.Lookup(data, "gone"); ok {
		t.Error("gone is there")
	}
}

func FuzzCodec(f *testing.F) {
	for _, seed := range []string{"", "\x01", "\x02", "\x01\x01a\x01b", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x01\x01a", "\x01\x00\x00", "\x01\x01a\x01b\x01a\x01c"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := sessions.Decode(data)
		if (err == nil) != sessions.Intact(data) {
			t.Fatalf("Decode says %v and Intact %v", err, sessions.Intact(data))
		}
		sessions.Lookup(data, "a")
		if err != nil {
			return
		}
		again, err := sessions.Encode(v)
		if err != nil {
			return // more than a session may keep
		}
		w, err := sessions.Decode(again)
		if err != nil {
			t.Fatal(err)
		}
		third, _ := sessions.Encode(w)
		if !bytes.Equal(again, third) {
			t.Fatalf("%q became %q", again, third)
		}
	})
}

func FuzzCookie(f *testing.F) {
	for _, seed := range []string{"", "__Host-session=", "__Host-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a=b;;=; __Host-session=\"x\"", "__Host-session=\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookie string) {
		b := newSite(t).browser()
		b.cookie = cookie
		if got := b.user(); got != "-" {
			t.Fatalf("%q made the visitor %q", cookie, got)
		}
	})
}
