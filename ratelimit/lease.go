package ratelimit

type lease uint8
