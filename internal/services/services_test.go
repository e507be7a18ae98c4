package services_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/merlon-go/merlon/internal/services"
)

func TestPostgresIsFreshForEachTest(t *testing.T) {
	for range 2 {
		t.Run("database", func(t *testing.T) {
			conn, err := pgx.Connect(context.Background(), services.Postgres(t))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			if _, err := conn.Exec(context.Background(), "CREATE TABLE mark (n int)"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestRedisCanBeKilledAndBroughtBack(t *testing.T) {
	before, p := services.OwnRedis(t)
	p.Kill()
	after, _ := services.RedisOn(t, p.Port)
	if before != after {
		t.Errorf("RedisOn gave %s, want %s", after, before)
	}
}
