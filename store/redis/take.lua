-- Decides several groups of cells, each group all or nothing (GCRA).
--
-- KEYS     the key of each cell; a key may come again in another group
-- ARGV[1]  "", or the time in ticks of 100 ns since 2026 (tests)
-- ARGV[2]  a record for each cell: flags, interval, burst, cost, want, back
-- returns  a record for each cell: short, got, ahead
--
-- A tick is 100 ns, so that sums of ticks stay whole in a double until 2054. A
-- key holds its time as the eight bytes of a double: numbers as text cost the
-- script a quarter of its time. Whatever else a key holds counts as nothing.
local LAST, SOFT, LOOK = 1, 2, 4

local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = (t[1] - 1767225600) * 10000000 + t[2] * 10
end

local count = #KEYS
local stored = redis.call('MGET', unpack(KEYS))
local tat, dirty = {}, {}
for i = 1, count do
  local s = stored[i]
  tat[KEYS[i]] = s and #s == 8 and struct.unpack('<d', s) or now
end

local floor, min = math.floor, math.min
local short, got, ahead, after, flag = {}, {}, {}, {}, {}
local data, pos = ARGV[2], 1
local first, ok = 1, true

for i = 1, count do
  local flags, interval, burst, cost, want, back
  flags, interval, burst, cost, want, back, pos = struct.unpack('<Bddddd', data, pos)
  local last, soft, look = flags % 2 == 1, flags % 4 >= SOFT, flags >= LOOK
  local capacity = burst * interval
  local a = min(tat[KEYS[i]] - now, capacity)
  if not (a > 0) then a = 0 end -- also if the key held no number
  short[i], got[i] = 0, 0
  if back > 0 then
    a = a - back
    if a < 0 then a = 0 end
    after[i] = a
  elseif cost > burst or cost * interval > capacity - a then
    short[i] = 1
    if not soft then ok = false end
    after[i] = nil
  else
    local n = cost
    if want > cost then n = min(want, floor((capacity - a) / interval)) end
    if look then
      after[i] = nil
    else
      got[i], after[i] = n, a + n * interval
    end
  end
  ahead[i] = a
  if last then
    for j = first, i do
      if not ok then
        got[j] = 0
      elseif after[j] then
        local k = KEYS[j]
        tat[k], ahead[j], dirty[k] = now + after[j], after[j], after[j]
      end
    end
    first, ok = i + 1, true
  end
end

for k, left in pairs(dirty) do
  if left > 0 then
    redis.call('SET', k, struct.pack('<d', now + left), 'EX', floor(left / 10000000) + 2)
  else
    redis.call('DEL', k)
  end
end

local out = {}
for i = 1, count do
  out[i] = struct.pack('<Bdd', short[i], got[i], ahead[i])
end
return table.concat(out)
