package audit

import "log/slog"

// A Name is the name of an event, from the OWASP logging vocabulary
// (https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html).
type Name string

// The events that Merlon reports.
const (
	LoginSuccess          Name = "authn_login_success"
	LoginSuccessAfterFail Name = "authn_login_successafterfail"
	LoginFail             Name = "authn_login_fail"
	LoginFailMax          Name = "authn_login_fail_max"
	LoginLock             Name = "authn_login_lock"
	PasswordChange        Name = "authn_password_change"
	PasswordChangeFail    Name = "authn_password_change_fail"
	TokenCreated          Name = "authn_token_created"
	TokenRevoked          Name = "authn_token_revoked"
	TokenReuse            Name = "authn_token_reuse"
	TokenDelete           Name = "authn_token_delete"

	AuthorizationFail   Name = "authz_fail"
	AuthorizationChange Name = "authz_change"
	AuthorizationAdmin  Name = "authz_admin"

	RateLimitExceeded Name = "excess_rate_limit_exceeded"

	InputValidationFail Name = "input_validation_fail"

	MaliciousHost         Name = "malicious_host" // not in the OWASP list: an unknown or malformed Host
	MaliciousExcess404    Name = "malicious_excess_404"
	MaliciousExtraneous   Name = "malicious_extraneous"
	MaliciousAttackTool   Name = "malicious_attack_tool"
	MaliciousCORS         Name = "malicious_cors"
	MaliciousDirectRef    Name = "malicious_direct_reference"
	MaliciousCSRF         Name = "malicious_csrf"
	MaliciousCSPViolation Name = "malicious_csp_violation"

	SessionCreated        Name = "session_created"
	SessionRenewed        Name = "session_renewed"
	SessionExpired        Name = "session_expired"
	SessionUseAfterExpire Name = "session_use_after_expire"
	SessionRevoked        Name = "session_revoked" // not in the OWASP list: ended by its owner or an administrator from elsewhere
	SessionLogout         Name = "session_logout"

	SystemStartup Name = "sys_startup"
	SystemStop    Name = "sys_shutdown"
	SystemRestart Name = "sys_restart"
	SystemCrash   Name = "sys_crash"

	UserCreated  Name = "user_created"
	UserUpdated  Name = "user_updated"
	UserArchived Name = "user_archived"
	UserDeleted  Name = "user_deleted"
	UserUnlocked Name = "user_unlocked" // not in the OWASP list: an administrator or a mailed link lifted a lock

	PrivilegesChanged Name = "privilege_permissions_changed"
)

// Level returns how loud the event is: what OWASP calls INFO, WARN and
// CRITICAL become slog's Info, Warn and Error. A name that is not in the
// vocabulary is a warning, so that it is not overlooked.
func (n Name) Level() slog.Level {
	switch n {
	case LoginSuccess, LoginSuccessAfterFail, PasswordChange, TokenCreated, TokenRevoked, TokenDelete,
		SessionCreated, SessionRenewed, SessionExpired, SessionRevoked, SessionLogout,
		UserUnlocked, SystemStartup:
		return slog.LevelInfo
	case AuthorizationFail, TokenReuse, MaliciousExtraneous, MaliciousAttackTool, MaliciousCORS,
		MaliciousDirectRef, MaliciousCSRF, SessionUseAfterExpire, PasswordChangeFail:
		return slog.LevelError
	default:
		return slog.LevelWarn
	}
}
