package none

import (
	"os"
	"os/exec"
)

func fetch() error {
	_ = os.Getenv("HTTP_PROXY")
	return exec.Command("curl", "https://api.example/state").Run()
}
