-- Notes that a node is alive and counts those that are.
--
-- KEYS[1] the set of nodes; ARGV[1] this node; ARGV[2] milliseconds to live
-- ARGV[3] "", or the time in seconds (tests); ARGV[4] "leave" to take leave
local now = tonumber(ARGV[3]) or tonumber(redis.call('TIME')[1])
if ARGV[4] == 'leave' then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 4)
return redis.call('ZCARD', KEYS[1])
