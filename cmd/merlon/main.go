// Merlon serves a protected site, checks deployments, and manages accounts.
package main

import (
	"github.com/merlon-go/merlon/internal/commands"
	"github.com/merlon-go/merlon/manage"
)

func main() { manage.Main(commands.App()) }
