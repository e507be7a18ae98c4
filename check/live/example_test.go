package live_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/merlon-go/merlon/check/live"
)

func ExampleScan() {
	_, err := live.Scan(context.Background(), "https://127.0.0.1/", live.Config{})
	if e, ok := errors.AsType[*live.AddressError](err); ok {
		fmt.Println("not scanned:", e)
	}
	// Output: not scanned: live: 127.0.0.1 is not a public address
}

func ExampleParseGrade() {
	least, _ := live.ParseGrade("b+")
	fmt.Println(least, least < live.A)
	// Output: B+ true
}
