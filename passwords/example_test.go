package passwords_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/merlon-go/merlon/passwords"
)

func Example() {
	ctx := context.Background()
	hasher, err := passwords.New(passwords.Config{})
	if err != nil {
		panic(err)
	}
	encoded, err := hasher.Hash(ctx, "correct horse battery staple")
	if err != nil {
		panic(err)
	}
	result, err := hasher.Verify(ctx, "correct horse battery staple", encoded)
	fmt.Println(result.OK, result.Rehash, err)
	result, err = hasher.Verify(ctx, "Tr0ub4dor&3", encoded)
	fmt.Println(result.OK, result.Rehash, err)
	// Output:
	// true false <nil>
	// false false <nil>
}

func ExampleHasher_Verify_django() {
	hasher, err := passwords.New(passwords.Config{})
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	row := "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A="
	result, err := hasher.Verify(ctx, "lètmein", row)
	if err != nil {
		panic(err)
	}
	if result.Rehash {
		row, err = hasher.Hash(ctx, "lètmein") // and store it
	}
	fmt.Println(result.OK, err, row[:31])
	// Output: true <nil> $argon2id$v=19$m=19456,t=2,p=1$
}

func ExamplePolicy() {
	policy, err := passwords.NewPolicy(passwords.PolicyConfig{Context: []string{"Castle"}})
	if err != nil {
		panic(err)
	}
	err = policy.Validate(context.Background(), "12345678", "ann@example.com")
	var problems passwords.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Println(p.Code)
		}
	}
	// Output:
	// password_too_short
	// password_too_common
	// password_entirely_numeric
}
