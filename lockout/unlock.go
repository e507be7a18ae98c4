package lockout

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/secrets"
)

// ErrUnlock says that an unlock link is not ours, has expired or was used.
var ErrUnlock = errors.New("lockout: the unlock link is not valid any more")

var errNotCounted = errors.New("lockout: the store did not count")

// maxUnlock bounds an unlock token before it is looked at, in bytes.
const maxUnlock = 8 << 10

// UnlockToken returns a token for a link to mail to the account's owner. Anybody
// may ask for one: mail it to the address that is stored for the account, and
// count such mails.
func (g *Guard) UnlockToken(account string) string {
	issued := strconv.FormatInt(g.now().UnixMicro(), 36)
	return g.unlocks.Seal([]byte(secrets.Token()+"\n"+issued+"\n"+g.cfg.Normalize(account)), []byte(g.cfg.Name))
}

// RedeemUnlock makes the browser that sent r a known device of the account that
// the token was made for, so that its owner can sign in while others are locked
// out. It works once: of any number of requests with one token, one succeeds.
// Call it for POST only, because mail gateways follow links. The error is
// [ErrUnlock], or a [*Refusal] with 503.
func (g *Guard) RedeemUnlock(w http.ResponseWriter, r *http.Request, token string) (account string, err error) {
	if len(token) > maxUnlock {
		return "", ErrUnlock
	}
	plain, err := g.unlocks.Open(token, []byte(g.cfg.Name))
	if err != nil {
		return "", ErrUnlock
	}
	nonce, rest, _ := strings.Cut(string(plain), "\n")
	issued, account, _ := strings.Cut(rest, "\n")
	micros, err := strconv.ParseInt(issued, 36, 64)
	now := g.now()
	if age := now.Sub(time.UnixMicro(micros)); err != nil || age >= g.cfg.UnlockAge || age < -time.Minute {
		return "", ErrUnlock
	}
	ctx := r.Context()
	_, fresh, err := g.cfg.Store.Reserve(ctx, Try{Now: now, Mark: newMark(), Guesses: []Guess{{
		// It locks itself at its first use, for longer than the token lives.
		ID: g.id("unlock", []byte(nonce)), Kind: "unlock", Mark: newMark(), Limit: 1,
		Window: 2 * g.cfg.UnlockAge, Cooloff: 2 * g.cfg.UnlockAge, MaxCooloff: 2 * g.cfg.UnlockAge,
	}}})
	switch {
	case err != nil:
		return "", g.unavailable(ctx, err)
	case !fresh:
		return "", ErrUnlock
	}
	g.Trust(w, r, account)
	g.record(ctx, audit.UserUnlocked, g.AttemptOf(r, account), account, "mailed-link", "")
	return account, nil
}
