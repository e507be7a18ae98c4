module example.com/app

go 1.26

require (
	go.mongodb.org/mongo-driver v1.17.0
	github.com/redis/go-redis/v9 v9.7.0
)

replace go.mongodb.org/mongo-driver => ./stub/mongo-driver

replace github.com/redis/go-redis/v9 => ./stub/redis
