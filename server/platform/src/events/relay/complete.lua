-- Records the time up to which all events of an outbox are in a stream, if the last batch is the expected one.
-- KEYS: the number of the last batch, and the hash of these times.
-- ARGV: the expected number (an empty text if there is none), the field of the hash, and the time.
-- Returns 1 if the time was recorded, and 0 if the last batch is another one: Redis has lost events.
local last = redis.call('GET', KEYS[1]) or ''
if last ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1
