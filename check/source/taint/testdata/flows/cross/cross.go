// Package cross is spread over several packages.
package cross

import _ "cross/web"
