package safesql_test

import (
	"fmt"

	"github.com/merlon-go/merlon/safesql"
)

func Example() {
	// What a search form sends.
	email, order, roles := "a", "-created", []string{"staff", "owner"}

	sort := safesql.NewSort(map[string]safesql.Query{
		"created": safesql.New("created_at"),
		"email":   safesql.New("email"),
	}, safesql.New("id"))

	q := safesql.Concat(
		safesql.New("SELECT id, email FROM users"),
		safesql.Where(
			safesql.If(email != "", safesql.StartsWith("email", email)),
			safesql.In("role", roles...),
		),
		sort.By(order),
		safesql.Limit(20, 0, 100),
	)
	text, args, err := q.SQL(safesql.Dollar)
	fmt.Println(text)
	fmt.Println(args, err)
	fmt.Println(sort.By("password").Err())
	// Output:
	// SELECT id, email FROM users WHERE ((email LIKE $1 ESCAPE '!') AND (role IN ($2, $3))) ORDER BY created_at DESC, id LIMIT $4 OFFSET $5
	// [a% staff owner 20 0] <nil>
	// safesql: name not allowed
}
