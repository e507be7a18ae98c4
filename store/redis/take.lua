-- Decides several groups of cells, each group all or nothing (GCRA).
--
-- KEYS     the counters, each once
-- ARGV[1]  "", or the time in ticks of 100 ns since 2026 (tests)
-- ARGV[2]  a record for each cell: a byte of flags, a byte naming the counter,
--          and doubles: with BACK the ticks to give back, with WANT the most
--          events to take, with RATE interval, capacity and price in ticks.
--          Without RATE they are as before.
-- returns  how many ticks each counter is ahead, -1 - that for a cell without
--          room, and then how many events each cell with WANT took, which does
--          not count if its group was refused
--
-- A tick is 100 ns, so that sums of ticks stay whole in a double until 2054. A
-- key holds two doubles: its time, and when the key dies. As long as it lives
-- long enough, its time is written with SETRANGE, which costs the server half
-- of what SET with EX does. Whatever else a key holds counts as nothing.
local LAST, RATE, SOFT, LOOK, WANT, BACK = 1, 2, 4, 8, 16, 32
local SECOND = 10000000

local call, byte, read = redis.call, string.byte, struct.unpack
local keys, data = KEYS, ARGV[2]

local now = tonumber(ARGV[1])
if not now then
  local t = call('TIME')
  now = (t[1] - 1767225600) * SECOND + t[2] * 10
end
-- The server's clock ends keys, also where another tells the time: that may
-- stand still meanwhile.
local spare = ARGV[1] == '' and 0 or 3600

-- Tables are made at their full size: growing them costs more than the sums.
local ahead = call('MGET', unpack(keys))
local dies, out = {unpack(keys)}, {unpack(keys)}
for k = 1, #keys do
  local s, t = ahead[k], 0
  dies[k] = 0
  if s and #s == 16 then
    t, dies[k] = read('<dd', s)
    t = t - now
    if not (t > 0) then t = 0 end -- also if it is no number
  end
  ahead[k] = t
end

local changed, took, group, to = {}, {}, {}, {}
local interval, capacity, price
local pos, n, first, ok = 1, 0, 1, true

while pos <= #data do
  local flags, k = byte(data, pos, pos + 1)
  local soft, look, want, back
  k, n, pos = k + 1, n + 1, pos + 2
  if flags >= SOFT then
    if flags >= BACK then
      back, pos = read('<d', data, pos)
      flags = flags - BACK
    end
    if flags >= WANT then
      want, pos = read('<d', data, pos)
      flags = flags - WANT
    end
    if flags >= LOOK then look, flags = true, flags - LOOK end
    if flags >= SOFT then soft, flags = true, flags - SOFT end
  end
  if flags >= RATE then
    interval, capacity, price, pos = read('<ddd', data, pos)
    flags = flags - RATE
  end

  local a, got = ahead[k], 0
  if a > capacity then a = capacity end
  local after = a
  out[n] = a
  if back then
    after = a > back and a - back or 0
  elseif price > capacity - a then
    out[n] = -1 - a
    if not soft then ok = false end
  elseif want then
    got = math.min(want, math.floor((capacity - a) / interval))
    after = a + got * interval
  elseif not look then
    after = a + price
  end
  if want then took[#took + 1] = got end

  if n == first and flags == LAST then -- alone, as most are
    if after ~= a then
      ahead[k], changed[k], out[n] = after, true, after
    end
    first, ok = n + 1, true
  else
    group[n], to[n] = k, after
    if flags == LAST then
      for j = first, n do
        if ok and out[j] >= 0 and to[j] ~= out[j] then
          ahead[group[j]], changed[group[j]], out[j] = to[j], true, to[j]
        end
      end
      first, ok = n + 1, true
    end
  end
end

for k = 1, #keys do
  if changed[k] then
    local left = ahead[k]
    local t = now + left
    if left == 0 then
      call('DEL', keys[k])
    elseif dies[k] > t + SECOND then
      call('SETRANGE', keys[k], '0', struct.pack('<d', t))
    else
      local ttl = math.floor(left / SECOND * 1.25) + 5
      call('SET', keys[k], struct.pack('<dd', t, now + ttl * SECOND), 'EX', ttl + spare)
    end
  end
end

for j = 1, #took do
  out[n + j] = took[j]
end
return out
