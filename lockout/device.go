package lockout

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/request"
)

const (
	// maxDevices is how many accounts one browser is known for.
	maxDevices = 5
	// maxCookie bounds a device cookie before it is looked at, in bytes.
	maxCookie = 1024
	// deviceSize is the length of a device in a cookie.
	deviceSize = 16 + 16 + 8
	// cookieVersion begins what a cookie holds.
	cookieVersion = 1
)

// A device is a browser that an account signed in with. The id stays when the
// cookie is renewed, so that whoever collects cookies has one budget.
type device struct {
	account [16]byte // hash of its name, independent of keys
	id      [16]byte
	issued  time.Time
}

func deviceAccount(account string) [16]byte {
	sum := sha256.Sum256([]byte("device " + account))
	return [16]byte(sum[:16])
}

// readDevices reads a cookie, newest device first. Anything that is not ours is
// no device.
func (g *Guard) readDevices(cookie string) []device {
	if cookie == "" || len(cookie) > maxCookie {
		return nil
	}
	plain, err := g.devices.Open(cookie, []byte(g.cfg.Name))
	if err != nil || len(plain) == 0 || plain[0] != cookieVersion || len(plain)%deviceSize != 1 {
		return nil
	}
	var list []device
	for b := plain[1:]; len(b) > 0 && len(list) < maxDevices; b = b[deviceSize:] {
		list = append(list, device{
			account: [16]byte(b[:16]), id: [16]byte(b[16:32]),
			issued: time.UnixMicro(int64(binary.BigEndian.Uint64(b[32:40]))).UTC(),
		})
	}
	return list
}

// known returns the device that the attempt's cookie is for its account.
func (g *Guard) known(a Attempt, now time.Time) (device, bool) {
	if g.cfg.SkipDevices || a.Account == "" || a.Device == "" {
		return device{}, false
	}
	account := deviceAccount(a.Account)
	for _, d := range g.readDevices(a.Device) {
		if d.account == account {
			return d, now.Before(d.issued.Add(g.cfg.DeviceAge)) && !d.issued.After(now.Add(time.Minute))
		}
	}
	return device{}, false
}

// revocations is the guard's own note of when an account's devices were revoked.
func (g *Guard) revocations(account string) ID { return g.id("revoked-devices", []byte(account)) }

// current reports whether the device was not revoked.
func (g *Guard) current(ctx context.Context, account string, d device, now time.Time) (bool, error) {
	found, err := g.cfg.Store.Load(ctx, []ID{g.revocations(account)}, now)
	if err != nil {
		return false, err
	}
	for i := range found {
		if n := len(found[i].Ring); n >= EntrySize {
			revoked, ok := stampTime(found[i].Ring[n-EntrySize : n-EntrySize+12])
			if !ok || d.issued.Before(revoked) {
				return false, nil
			}
		}
	}
	return true, nil
}

// Trust makes the browser that sent r a known device of the account: it sets
// the device cookie, which replaces the one that was sent. Call it after a
// sign-in succeeded, or when a mailed link proved that the account's owner is
// there. A browser is known for the last five accounts.
func (g *Guard) Trust(w http.ResponseWriter, r *http.Request, account string) {
	account = g.cfg.Normalize(account)
	if g.cfg.SkipDevices || account == "" {
		return
	}
	sent, _ := request.Cookie(r.Header, g.cookie)
	mine := device{account: deviceAccount(account), issued: g.now()}
	rand.Read(mine.id[:])
	list := []device{mine}
	for _, d := range g.readDevices(sent) {
		switch {
		case d.account == mine.account:
			list[0].id = d.id
		case len(list) < maxDevices && mine.issued.Before(d.issued.Add(g.cfg.DeviceAge)):
			list = append(list, d)
		}
	}
	plain := []byte{cookieVersion}
	for _, d := range list {
		plain = append(append(plain, d.account[:]...), d.id[:]...)
		plain = binary.BigEndian.AppendUint64(plain, uint64(d.issued.UnixMicro()))
	}
	h := w.Header()
	h["Set-Cookie"] = append(slices.DeleteFunc(h["Set-Cookie"], func(line string) bool {
		return strings.HasPrefix(line, g.cookie+"=")
	}), g.cookie+"="+g.devices.Seal(plain, []byte(g.cfg.Name))+g.after)
}

// RevokeDevices makes every device of the account unknown that is known now.
func (g *Guard) RevokeDevices(ctx context.Context, account string) error {
	account = g.cfg.Normalize(account)
	if account == "" || g.cfg.SkipDevices {
		return nil
	}
	_, counted, err := g.cfg.Store.Reserve(ctx, Try{Now: g.now(), Mark: newMark(), Guesses: []Guess{{
		ID: g.revocations(account), Kind: "revoked-devices", Mark: newMark(), Window: g.cfg.DeviceAge,
	}}})
	if err == nil && !counted {
		err = errNotCounted
	}
	if err != nil {
		return g.unavailable(ctx, err)
	}
	g.record(ctx, audit.TokenRevoked, Attempt{}, account, "devices-revoked", "")
	return nil
}

// PasswordChanged is called after the account's password was replaced: all
// devices become unknown, and the account's locks are lifted. Where its owner
// did it, call [Guard.Trust] afterwards.
func (g *Guard) PasswordChanged(ctx context.Context, account string) error {
	if err := g.RevokeDevices(ctx, account); err != nil {
		return err
	}
	_, err := g.Unlock(ctx, account)
	return err
}
