package passwords_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/passwords"
)

func newPolicy(t testing.TB, cfg passwords.PolicyConfig) *passwords.Policy {
	t.Helper()
	p, err := passwords.NewPolicy(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func codes(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var problems passwords.Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		t.Fatalf("Validate returned %T %v", err, err)
	}
	var all []string
	for _, p := range problems {
		if p.Text == "" || !strings.HasSuffix(p.Text, ".") {
			t.Errorf("%s has the text %q", p.Code, p.Text)
		}
		all = append(all, p.Code)
	}
	return all
}

func TestPolicy(t *testing.T) {
	django := newPolicy(t, passwords.PolicyConfig{MinLength: 8})
	strict := newPolicy(t, passwords.PolicyConfig{Context: []string{"Castle Shop", "shop.castle.example"}})
	for _, row := range []struct {
		policy   *passwords.Policy
		password string
		about    []string
		want     []string
	}{
		{strict, "correct horse battery staple", nil, nil},
		{strict, "fourteen chars", nil, []string{passwords.TooShort}},
		{strict, "fifteen charact", nil, nil},
		{strict, "ééééé ùùùùù áàâ", nil, nil}, // 15 characters, 28 bytes
		{strict, strings.Repeat("long and winding ", 15) + "r", nil, nil},
		{strict, strings.Repeat("long and winding", 16) + "r", nil, []string{passwords.TooLong}},
		{strict, strings.Repeat("a", 10<<20), nil, []string{passwords.TooLong}},
		{strict, "", nil, []string{passwords.TooShort}},
		{strict, "castle-shop-2026!", nil, []string{passwords.ContextWord}},
		{strict, "CastleShopCastle", nil, []string{passwords.ContextWord}},
		{strict, "shop.castle.example1", nil, []string{passwords.ContextWord}},
		{strict, "my castle is an old barn", nil, nil},
		{strict, "castle", nil, []string{passwords.TooShort, passwords.TooCommon, passwords.ContextWord}},

		{django, "password", nil, []string{passwords.TooCommon}},
		{django, "  PassWord\t", nil, []string{passwords.TooCommon}},
		{django, "12345678", nil, []string{passwords.TooCommon, passwords.EntirelyNumeric}},
		{django, "83749201", nil, []string{passwords.EntirelyNumeric}},
		{django, "٨٣٧٤٩٢٠١", nil, []string{passwords.EntirelyNumeric}},
		{django, "８３７４９２０１", nil, []string{passwords.EntirelyNumeric}},
		{django, "⁸³⁷⁴⁹²⁰¹", nil, []string{passwords.EntirelyNumeric}},
		{django, "½¼¾⅓⅔⅛⅜⅝", nil, nil}, // fractions are numbers, not digits
		{django, "8374920a", nil, nil},
		{django, "123", nil, []string{passwords.TooShort, passwords.EntirelyNumeric}},
		{django, "🧱🏰🗝🛡⚔🐉🔥👑", nil, nil}, // Django: 8 emoji pass

		// similarity, as Django measures it
		{django, "testclient", []string{"testclient"}, []string{passwords.TooSimilar}},
		{django, "tneilctset", []string{"testclient"}, []string{passwords.TooSimilar}}, // order-blind
		{django, "example.com", []string{"testclient@example.com"}, []string{passwords.TooSimilar}},
		{django, "TestClient1", []string{"testclient@example.com"}, []string{passwords.TooSimilar}},
		{django, "joe", []string{"joe@example.com"}, []string{passwords.TooSimilar, passwords.TooShort, passwords.TooCommon}},
		{django, "unlikely wombat", []string{"testclient@example.com", "", "Ann"}, nil},
		{django, "unlikely wombat", []string{"@@@", " ", ".-."}, nil},
		{django, "abcdefgh", []string{strings.Repeat("z", 1<<20)}, []string{passwords.TooCommon}},

		// longer spellings of something common
		{strict, "passwordpassword", nil, []string{passwords.TooCommon}},
		{strict, "aaaaaaaaaaaaaaaa", nil, []string{passwords.TooCommon}},
		{strict, "abcabcabcabcabcabc", nil, []string{passwords.TooCommon}},
		{strict, "qwertyuiopasdfghjkl", nil, []string{passwords.TooCommon}},
		{strict, "lkjhgfdsapoiuytrewq", nil, []string{passwords.TooCommon}},
		{strict, "12345678901234567890", nil, []string{passwords.TooCommon, passwords.EntirelyNumeric}},
		{strict, "!!!letmein!!!2026", nil, []string{passwords.TooCommon}},
		{strict, "ilovemydogverymuch", nil, nil},
	} {
		got := codes(t, row.policy.Validate(t.Context(), row.password, row.about...))
		if !slices.Equal(got, row.want) {
			t.Errorf("Validate(%.40q, %.60q) = %v, want %v", row.password, row.about, got, row.want)
		}
	}
}

// The ratio is compared where Django's changes its mind: at the limit itself.
func TestSimilarityLimit(t *testing.T) {
	// 7 shared of 10 and 10 characters: 2×7/20 = 0.7 exactly.
	const password, name = "abcdefgxyz", "abcdefg123"
	if got := codes(t, newPolicy(t, passwords.PolicyConfig{MinLength: 8}).Validate(t.Context(), password, name)); !slices.Contains(got, passwords.TooSimilar) {
		t.Errorf("0.7 at a limit of 0.7: %v", got)
	}
	if got := codes(t, newPolicy(t, passwords.PolicyConfig{MinLength: 8, MaxSimilarity: 0.71}).Validate(t.Context(), password, name)); slices.Contains(got, passwords.TooSimilar) {
		t.Errorf("0.7 at a limit of 0.71: %v", got)
	}
}

func TestPolicyFaults(t *testing.T) {
	for name, cfg := range map[string]passwords.PolicyConfig{
		"min 7": {MinLength: 7}, "min 65": {MinLength: 65}, "max 63": {MaxLength: 63}, "max 257": {MaxLength: 257},
		"similarity 0.05": {MaxSimilarity: 0.05}, "similarity 1.1": {MaxSimilarity: 1.1},
	} {
		if _, err := passwords.NewPolicy(cfg); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAllowFields(t *testing.T) {
	p := newPolicy(t, passwords.PolicyConfig{MinLength: 8, AllowCommon: true, AllowNumeric: true})
	for _, password := range []string{"password", "12345678"} {
		if err := p.Validate(t.Context(), password); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
	if n := len(p.Help()); n != 2 {
		t.Errorf("Help has %d sentences", n)
	}
}

func TestProblemsHoldNoPassword(t *testing.T) {
	err := newPolicy(t, passwords.PolicyConfig{}).Validate(t.Context(), "hunter2", "hunter2")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	var problems passwords.Problems
	if errors.As(err, &problems); !problems.Has(passwords.TooShort) || problems.Has(passwords.TooLong) {
		t.Errorf("got %v", problems)
	}
}

// At least as many as Django has (19 640), all found, none besides.
func TestCommonList(t *testing.T) {
	list, err := passwords.CommonList()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	if len(lines) < 40_000 || !slices.IsSorted(lines) {
		t.Fatalf("%d entries, sorted: %v", len(lines), slices.IsSorted(lines))
	}
	p := newPolicy(t, passwords.PolicyConfig{MinLength: 8})
	for _, word := range lines {
		if word != strings.ToLower(strings.TrimSpace(word)) || word == "" {
			t.Fatalf("entry %q can never be found", word)
		}
		var problems passwords.Problems
		if err := p.Validate(t.Context(), word); !errors.As(err, &problems) || !problems.Has(passwords.TooCommon) {
			t.Fatalf("%q is not found", word)
		}
	}
	for _, word := range []string{"passwordpq", "zzzzzzzzzzq", "0q", "\n", "0o0o0\nzz0"} {
		var problems passwords.Problems
		if err := p.Validate(t.Context(), word); errors.As(err, &problems) && problems.Has(passwords.TooCommon) {
			t.Errorf("%q is found", word)
		}
	}
}

func TestPeriod(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "a": "a", "aa": "a", "aaa": "a", "abab": "ab", "ababa": "ab", "abcab": "abcab", "abcabc": "abc",
		"abcdabcdab": "abcd", "aab": "aab", "passwordpass": "passwordpass", "passwordpasswordp": "password",
	} {
		if got := passwords.Period(s); got != want {
			t.Errorf("period(%q) = %q, want %q", s, got, want)
		}
	}
}

type source func(context.Context, string) (bool, error)

func (s source) Breached(ctx context.Context, p string) (bool, error) { return s(ctx, p) }

type events []audit.Event

func (e *events) Record(_ context.Context, event audit.Event) error {
	*e = append(*e, event)
	return nil
}

func TestBreachSource(t *testing.T) {
	asked := 0
	var seen events
	var fail error
	p := newPolicy(t, passwords.PolicyConfig{Audit: &seen, Breaches: source(func(_ context.Context, p string) (bool, error) {
		asked++
		return p == "known from a breach", fail
	})})
	if got := codes(t, p.Validate(t.Context(), "known from a breach")); !slices.Equal(got, []string{passwords.Breached}) {
		t.Errorf("known: %v", got)
	}
	if err := p.Validate(t.Context(), "not known from any"); err != nil {
		t.Errorf("unknown: %v", err)
	}
	if p.Validate(t.Context(), "short"); asked != 2 {
		t.Errorf("asked %d times: a password refused already need not be asked about", asked)
	}
	fail = errors.New("unreachable: known from a breach")
	if err := p.Validate(t.Context(), "known from a breach"); err != nil {
		t.Errorf("the source is down: %v, want nil", err)
	}
	if len(seen) != 1 || seen[0].Reason != "breach-check-unavailable" || strings.Contains(seen[0].Detail, "known from a breach") {
		t.Errorf("recorded %+v", seen)
	}
}
