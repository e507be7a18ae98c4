package unknown

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func dial(address string) {
	grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials())) // want "clear text"
}
