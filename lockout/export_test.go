package lockout

// Store is the store of the guard.
func (g *Guard) Store() Store { return g.cfg.Store }
