package leak_test

import (
	"fmt"

	"github.com/merlon-go/merlon/check/repo/leak"
)

func ExampleScan() {
	text := "HOST=db.internal\nDB_PASSWORD=tr0ub4dor&3\n"
	for _, l := range leak.Scan("config/prod.env", []byte(text)) {
		fmt.Printf("line %d: %s in %s, %s\n", l.Line, l.Kind, l.Name, l.Masked())
	}
	// Output: line 2: password in DB_PASSWORD, 11 characters
}
