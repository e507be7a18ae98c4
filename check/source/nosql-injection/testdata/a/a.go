package a

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/redis/go-redis/v9"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
)

func handler(ctx context.Context, users *mongo.Collection, db *mongo.Database, r *http.Request) {
	var filter bson.M
	json.NewDecoder(r.Body).Decode(&filter)
	users.FindOne(ctx, filter)                                                             // want "request data"
	users.Find(ctx, bson.M{"$where": "this.name == '" + r.FormValue("name") + "'"})        // want "request data"
	users.Aggregate(ctx, []bson.M{{"$match": bson.M{"$where": r.FormValue("condition")}}}) // want "request data"
	db.RunCommand(ctx, bson.D{{Key: r.FormValue("command"), Value: 1}})                    // want "request data"
}

func scripts(ctx context.Context, rdb *redis.Client, r *http.Request) {
	rdb.Eval(ctx, "return redis.call('GET', '"+r.FormValue("key")+"')", nil) // want "request data"
	rdb.Eval(ctx, "return redis.call('GET', KEYS[1])", []string{r.FormValue("key")})
	rdb.Get(ctx, "user:"+r.FormValue("key"))
}

func careful(ctx context.Context, users *mongo.Collection, r *http.Request) {
	if n, err := strconv.Atoi(r.FormValue("age")); err == nil {
		users.Find(ctx, bson.M{"age": n})
	}
	users.Find(ctx, bson.M{"active": true})
}
