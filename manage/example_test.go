package manage_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/merlon-go/merlon/manage"
)

// A program calls manage.Main; a test calls manage.Run with an Env of its own.
func ExampleRun() {
	code := manage.Run(context.Background(), manage.App{Name: "site"}, &manage.Env{
		Args:  []string{"explain", "hsts-mising"},
		Stdin: strings.NewReader(""), Stdout: os.Stdout, Stderr: os.Stdout, Now: time.Now,
	})
	fmt.Println("exit code", code)
	// Output:
	// site: no check has the id "hsts-mising"
	// hint: did you mean hsts-missing?
	// exit code 2
}
