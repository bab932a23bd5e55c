-- Adds a batch of events to a stream, if the last batch is the expected one.
-- KEYS: the stream, and the number of its last batch.
-- ARGV: the expected number (an empty text if there is none), the number of this batch, the largest length of the stream,
-- the number of arguments of an event, and then the arguments of each event.
-- Returns 1 if the events were added, 0 if the stream is full, and -1 if the last batch is another one.
local last = redis.call('GET', KEYS[2]) or ''
if last ~= ARGV[1] then return -1 end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
local size = tonumber(ARGV[4])
for first = 5, #ARGV, size do
  redis.call('XADD', KEYS[1], '*', unpack(ARGV, first, first + size - 1))
end
redis.call('SET', KEYS[2], ARGV[2])
return 1
