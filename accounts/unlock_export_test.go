package accounts

// UnlockToken is what an unlock link holds.
func (a *Accounts) UnlockToken(account string) string {
	return a.cfg.Guard.(unlocker).UnlockToken(account)
}
