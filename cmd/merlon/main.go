// Merlon serves a protected site, checks deployments, and manages accounts.
package main

import (
	"os"

	"github.com/merlon-go/merlon/internal/commands"
	"github.com/merlon-go/merlon/manage"
)

func main() {
	commands.Vet(os.Args[1:]) // as go vet's tool it does not return
	manage.Main(commands.App())
}
