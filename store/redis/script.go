package redis

import (
	"context"
	"crypto/sha1"
	"encoding/hex"

	"github.com/redis/rueidis"
)

// A script is run by its digest, and sent whole when the server does not know it.
type script struct{ source, digest string }

func newScript(source string) script {
	sum := sha1.Sum([]byte(source)) //merlon:ignore weak-hash -- the name that Redis gives it, no protection
	return script{source, hex.EncodeToString(sum[:])}
}

// run runs the script on a connection that nobody else uses meanwhile: the
// caller itself writes to it and reads from it, which saves two changes of
// goroutines, and its deadline is its own. On a Cluster it is as runShared.
func (s *script) run(ctx context.Context, client rueidis.Client, keys, args []string) rueidis.RedisResult {
	return s.do(ctx, client, keys, args, false)
}

// runShared runs the script on the connection that all share, so that many
// calls at a time do not need many connections.
func (s *script) runShared(ctx context.Context, client rueidis.Client, keys, args []string) rueidis.RedisResult {
	return s.do(ctx, client, keys, args, true)
}

func (s *script) do(ctx context.Context, client rueidis.Client, keys, args []string, shared bool) rueidis.RedisResult {
	count := int64(len(keys))
	command := client.B().Evalsha().Sha1(s.digest).Numkeys(count).Key(keys...).Arg(args...).Build()
	if shared {
		command = command.ToPipe()
	}
	reply := client.Do(ctx, command)
	if refusal, ok := rueidis.IsRedisErr(reply.Error()); !ok || !refusal.IsNoScript() {
		return reply
	}
	command = client.B().Eval().Script(s.source).Numkeys(count).Key(keys...).Arg(args...).Build()
	if shared {
		command = command.ToPipe()
	}
	return client.Do(ctx, command)
}
