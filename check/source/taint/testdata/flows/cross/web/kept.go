package web

import (
	"os/exec"

	"cross/store"
)

func start() { store.RunKept() } // store's own affair

func again() { store.RunKept() }

func hands() { store.Run(store.Kept()) } // it is this function that brings them together

func takes() { exec.Command("sh", "-c", store.Kept()).Run() } // want command-injection
