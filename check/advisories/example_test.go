package advisories_test

import (
	"fmt"

	"github.com/merlon-go/merlon/check/advisories"
)

func ExampleEntry_Affects() {
	e, err := advisories.ParseEntry([]byte(`{
		"id": "GO-2099-0001",
		"summary": "Bad parsing",
		"affected": [{
			"package": {"name": "a.example/one", "ecosystem": "Go"},
			"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]
		}]
	}`))
	if err != nil {
		panic(err)
	}
	fmt.Println(e.Affects("a.example/one", "v1.1.0"))
	fmt.Println(e.Affects("a.example/one", "v1.2.0"))
	// Output:
	// 1.2.0 true
	//  false
}
