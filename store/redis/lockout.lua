-- Counters of failed guesses. KEYS[1] is what the name of every key begins
-- with; all of them lie in one hash slot. ARGV[1] says what to do, ARGV[2] is
-- the time now. Times are microseconds, 0 for never; ids are hexadecimal, '' for
-- none.
--
-- A counter is a hash. Beside it there are sorted sets of all ids (ids, by id;
-- expiry; lock) and a set of ids for each account and network.
local prefix, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2])
local at = 2
local fields = {'kind', 'subject', 'account', 'network', 'ring', 'last', 'streak', 'strikes', 'before', 'lock', 'expires', 'log'}

local function arg() at = at + 1; return ARGV[at] end
local function number() return tonumber(arg()) end
local function whole(n) return string.format('%.0f', n) end

local function load(id)
	local v = redis.call('HMGET', prefix .. 'c:' .. id, unpack(fields))
	if not v[1] then return nil end
	local c = {id = id}
	for i, name in ipairs(fields) do c[name] = v[i] end
	for _, name in ipairs({'streak', 'strikes', 'before', 'lock', 'expires'}) do c[name] = tonumber(c[name]) end
	return c
end

local function alive(id)
	local c = load(id)
	if c and c.expires > now then return c end
	return nil
end

local function owners(c)
	local sets = {}
	if c.account ~= '' then sets[#sets + 1] = prefix .. 'a:' .. c.account end
	if c.network ~= '' then sets[#sets + 1] = prefix .. 'n:' .. c.network end
	return sets
end

-- Redis forgets a minute late, by its own clock: what counts is expires.
local function save(c)
	local key, ttl = prefix .. 'c:' .. c.id, whole(math.max(c.expires - now, 0) / 1000 + 60000)
	redis.call('HSET', key, 'kind', c.kind, 'subject', c.subject, 'account', c.account, 'network', c.network, 'ring', c.ring, 'last', c.last,
		'streak', whole(c.streak), 'strikes', whole(c.strikes), 'before', whole(c.before), 'lock', whole(c.lock), 'expires', whole(c.expires), 'log', c.log)
	redis.call('PEXPIRE', key, ttl)
	redis.call('ZADD', prefix .. 'expiry', whole(c.expires), c.id)
	redis.call('ZADD', prefix .. 'lock', whole(c.lock), c.id)
	local sets = owners(c)
	if #sets > 0 then redis.call('ZADD', prefix .. 'ids', 0, c.id) end
	for _, set in ipairs(sets) do
		redis.call('SADD', set, c.id)
		if redis.call('PTTL', set) < tonumber(ttl) then redis.call('PEXPIRE', set, ttl) end
	end
end

local function remove(id)
	local c = load(id)
	if c then
		for _, set in ipairs(owners(c)) do redis.call('SREM', set, id) end
	end
	redis.call('DEL', prefix .. 'c:' .. id)
	for _, set in ipairs({'ids', 'expiry', 'lock'}) do redis.call('ZREM', prefix .. set, id) end
end

local function show(c)
	return {c.id, c.kind, c.subject, c.account, c.network, c.ring, c.last, whole(c.streak), whole(c.strikes), whole(c.before), whole(c.lock), whole(c.expires), c.log}
end

local function without(ring, mark)
	local i = string.find(ring, '.' .. mark, 1, true)
	if not i then return ring end
	return string.sub(ring, 1, i - 13) .. string.sub(ring, i + 9)
end

-- time reads the entry that begins at i. Text is not compared: that would
-- depend on the server's locale.
local function time(ring, i) return tonumber(string.sub(ring, i + 1, i + 11), 32) end

local function take(c, g, mark, line)
	local cutoff, early, strikes, expires, log = now - g.window, false, 0, 0, ''
	local n = {id = g.id, kind = g.kind, subject = g.subject, account = g.account, network = g.network, ring = '', last = '', streak = 0}
	if c then
		n.kind, n.subject, n.account, n.network, n.last = c.kind, c.subject, c.account, c.network, c.last
		strikes, expires, log, early = c.strikes, c.expires, c.log, c.before > now
		if c.lock == 0 then n.ring, n.streak = c.ring, c.streak end
	end
	if n.ring == '' or time(n.ring, #n.ring - 20) <= cutoff then n.streak = 0 end
	if g.distinct == '1' then n.ring = without(n.ring, g.mark) end
	n.ring = string.sub(n.ring .. g.entry, -21 * math.max(g.limit, 1))
	n.streak = n.streak + 1
	n.strikes, n.lock, n.expires = strikes, 0, math.max(expires, now + g.window)
	if g.limit > 0 and #n.ring == 21 * g.limit and time(n.ring, 1) > cutoff then
		local lasts = math.min(g.cooloff * 2 ^ math.min(strikes, 18), g.longest)
		n.strikes, n.lock = strikes + 1, now + lasts
		n.expires = math.max(n.expires, n.lock + math.max(lasts, g.window))
	end
	if early then
		n.before = c.before
	else
		n.last, n.before = mark, 0
		if g.delay > 0 and n.streak >= g.after then
			n.before = now + math.min(g.delay * 2 ^ math.min(n.streak - g.after, 18), g.longestDelay)
		end
	end
	n.log = string.sub(line .. log, 1, 4096)
	return n
end

if op == 'reserve' then
	local mark, line, asked, found, locked, out = arg(), arg(), {}, {}, false, {}
	while at < #ARGV do
		local g = {id = arg(), kind = arg(), subject = arg(), account = arg(), network = arg(), entry = arg(), mark = arg(), distinct = arg(),
			limit = number(), window = number(), cooloff = number(), longest = number(), after = number(), delay = number(), longestDelay = number()}
		asked[#asked + 1] = g
		local c = alive(g.id)
		if c then
			found[g.id] = c
			out[#out + 1] = show(c)
			locked = locked or c.lock > now
		end
	end
	if locked then return {0, out} end
	out = {}
	for _, g in ipairs(asked) do
		local c = take(found[g.id], g, mark, line)
		save(c)
		out[#out + 1] = show(c)
	end
	return {1, out}
end

if op == 'release' then
	local logged = arg()
	while at < #ARGV do
		local id, mark, clear = arg(), arg(), arg()
		local c = alive(id)
		if c then
			local i = string.find(c.log, '.' .. logged .. 'F', 1, true)
			if i then c.log = string.sub(c.log, 1, i + 8) .. 'S' .. string.sub(c.log, i + 10) end
			local shorter = without(c.ring, mark)
			if clear == '1' then
				c.ring, c.streak, c.strikes, c.before, c.lock = '', 0, 0, 0, 0
			elseif shorter ~= c.ring then
				c.ring, c.streak, c.before = shorter, math.max(c.streak - 1, 0), 0
				if c.lock > 0 then c.lock, c.strikes = 0, c.strikes - 1 end
			end
			save(c)
		end
	end
	return {1, {}}
end

if op == 'extend' then
	local till = number()
	while at < #ARGV do
		local c = load(arg())
		if c and c.lock > now and c.lock < till then
			c.lock, c.expires = till, math.max(c.expires, till)
			save(c)
		end
	end
	return {1, {}}
end

if op == 'load' then
	local out = {}
	while at < #ARGV do
		local c = alive(arg())
		if c then out[#out + 1] = show(c) end
	end
	return {1, out}
end

-- ids returns what belongs to account and network; '' is any.
local function ids(account, network)
	if account ~= '' and network ~= '' then return redis.call('SINTER', prefix .. 'a:' .. account, prefix .. 'n:' .. network) end
	if account ~= '' then return redis.call('SMEMBERS', prefix .. 'a:' .. account) end
	return redis.call('SMEMBERS', prefix .. 'n:' .. network)
end

if op == 'list' then
	local account, network, locked, after, limit, out = arg(), arg(), arg(), arg(), number(), {}
	local some
	if account ~= '' or network ~= '' then
		some = ids(account, network)
	elseif locked == '1' then
		some = redis.call('ZRANGEBYSCORE', prefix .. 'lock', '(' .. whole(now), '+inf')
	end
	local function add(id)
		local c = alive(id)
		if c and #owners(c) > 0 and (locked ~= '1' or c.lock > now) then out[#out + 1] = show(c) end
	end
	if some then
		for _, id in ipairs(some) do
			add(id)
		end
		return {1, out} -- the caller sorts them
	end
	while #out < limit do
		local page = redis.call('ZRANGEBYLEX', prefix .. 'ids', '(' .. after, '+', 'LIMIT', 0, limit)
		if #page == 0 then break end
		for _, id in ipairs(page) do
			if #out < limit then add(id) end
			after = id
		end
	end
	return {1, out}
end

if op == 'reset' then
	local account, network, n = arg(), arg(), 0
	local some
	if account == '' and network == '' then
		some = redis.call('ZRANGEBYLEX', prefix .. 'ids', '-', '+', 'LIMIT', 0, 1000)
	else
		some = ids(account, network)
	end
	for _, id in ipairs(some) do
		remove(id)
		n = n + 1
	end
	return {n, {}}
end

if op == 'purge' then
	local keep, limit, n = number(), number(), 0
	for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'expiry', '-inf', whole(now), 'LIMIT', 0, limit)) do
		remove(id)
		n = n + 1
	end
	local surplus, looked = math.min(redis.call('ZCARD', prefix .. 'expiry') - keep, limit), 0
	while surplus > 0 do
		local page = redis.call('ZRANGE', prefix .. 'expiry', looked, looked + 99)
		if #page == 0 then break end
		for _, id in ipairs(page) do
			local c = load(id)
			if surplus > 0 and (not c or #owners(c) > 0 and c.lock <= now) then
				remove(id)
				n, surplus = n + 1, surplus - 1
			else
				looked = looked + 1
			end
		end
		if looked > 100 * limit then break end
	end
	return {n, {}}
end

return redis.error_reply('lockout: unknown operation')
