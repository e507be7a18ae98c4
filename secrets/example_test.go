package secrets_test

import (
	"fmt"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

func Example() {
	key := secrets.New("Zt8wQ1mB6vR3yK9xN5cP2fJ7hL4gD0sAeUiOoTrWqYzXbVnM8k3j6H1G5F2d9S4a")
	fmt.Println(key)

	ring, err := secrets.NewRing(key)
	if err != nil {
		fmt.Println(err)
		return
	}
	signer := ring.Signer("accounts/verify-email")
	sent := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	token := signer.Sign("ann@example.com", sent)

	address, err := signer.Verify(token, 24*time.Hour, sent.Add(time.Hour))
	fmt.Println(address, err)
	_, err = signer.Verify(token, 24*time.Hour, sent.Add(48*time.Hour))
	fmt.Println(err)
	_, err = ring.Signer("accounts/reset").Verify(token, 24*time.Hour, sent)
	fmt.Println(err)
	// Output:
	// [secret]
	// ann@example.com <nil>
	// secrets: expired text
	// secrets: invalid or altered text
}

func ExampleRing_Sealer() {
	ring, err := secrets.NewRing(secrets.New(secrets.Generate()))
	if err != nil {
		fmt.Println(err)
		return
	}
	sealer := ring.Sealer("accounts/totp")
	text := sealer.Seal([]byte("a seed"), []byte("user 7"))

	plain, err := sealer.Open(text, []byte("user 7"))
	fmt.Println(string(plain), err)
	_, err = sealer.Open(text, []byte("user 8")) // moved to another row
	fmt.Println(err)
	// Output:
	// a seed <nil>
	// secrets: invalid or altered text
}
