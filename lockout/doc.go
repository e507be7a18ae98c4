// Package lockout ends the guessing of credentials: a [Guard] counts each guess
// before it is looked at, and locks what too many guesses come from or go to.
//
//	guard, err := lockout.New(lockout.Config{Keys: ring, Store: db.Lockout()})
//	...
//	attempt, err := guard.Attempt(ctx, guard.AttemptOf(r, email))
//	if err != nil {
//		guard.Refuse(w, r, err) // 429 with the time that is left
//		return
//	}
//	if !passwordIsRight(email, password) {
//		if err := attempt.Fail(ctx); err != nil { // this failure has locked
//			guard.Refuse(w, r, err)
//			return
//		}
//		… answer "wrong password"
//	}
//	if err := attempt.Succeed(ctx); err != nil { … 503, nobody is let in }
//	guard.Trust(w, r, email)
//
// # What it counts
//
// A guess is one failure in several counters: of the user and the network
// together, of the user, of the network (see [ParseParameters]), of accounts
// tried from one network and of networks that try one account ([Spray]). The
// counters are asked and changed in one atomic step of the [Store], so that of
// any number of parallel guesses no more than the limit are looked at, on any
// number of nodes. A success gives the guess back; a crash does not.
//
// A success clears what the user and this network or device have together. It
// never clears what a network has failed: else somebody with an account of his
// own would wipe the slate with it.
//
// # How the owner gets in
//
// A user's counter lets anybody lock anybody, which is why it does not decide
// alone. A browser that signed in before has a cookie for it ([Guard.Trust])
// and a budget of its own, whatever others do to the account. A mailed link
// ([Guard.UnlockToken]) makes a browser known; so does a new password. Locks end
// at the time that was set when they began: attempts meanwhile change nothing.
// Only [Config].HardLimit, if set, locks until somebody unlocks.
//
// # What it does not do
//
// It does not look at credentials and does not stop whoever guesses right the
// first time; package passwords refuses what is easily guessed. It does not
// slow down floods: package ratelimit does, before. It believes the client
// addresses that package hosts found out: behind a proxy that is not named in
// TRUSTED_PROXIES everybody has one address and one count. Counters are class B
// data; changing SECRET_KEY forgets them.
//
// # Errors
//
// Attempt, Succeed and Fail return a [*Refusal]; its cause is a [*Locked] where
// waiting or a challenge helps. Reasons: locked, delayed, challenge (429),
// network-denied (403), account-missing, account-too-long (400),
// client-unknown, store-unavailable (503); of a [Form] also form-malformed
// (400) and form-too-large (413). [ErrUnlock] is a link that is not valid any
// more.
package lockout
