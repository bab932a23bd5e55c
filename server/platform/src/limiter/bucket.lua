-- Takes one token from each bucket, or from none if one of them is empty. The clock is the clock of
-- Redis, because all servers share it.
-- KEYS: the buckets.
-- ARGV: for each bucket its capacity and its window in milliseconds.
-- Returns 1 if the tokens were taken or 0 if not, and the current time in milliseconds. Then follow for
-- each bucket: the remaining tokens in thousandths, the milliseconds until the bucket is full, and the
-- milliseconds until the next token is available.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local allowed = 1
local tokens = {}
for i = 1, #KEYS do
  local capacity = tonumber(ARGV[2 * i - 1])
  local stored = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local refilled = math.max(0, now - (tonumber(stored[2]) or now)) * capacity / tonumber(ARGV[2 * i])
  tokens[i] = math.min(capacity, (tonumber(stored[1]) or capacity) + refilled)
  if tokens[i] < 1 then allowed = 0 end
end
local result = { allowed, now }
for i = 1, #KEYS do
  local capacity = tonumber(ARGV[2 * i - 1])
  local token_interval = tonumber(ARGV[2 * i]) / capacity
  if allowed == 1 then
    tokens[i] = tokens[i] - 1
    redis.call('HSET', KEYS[i], 'tokens', string.format('%.6f', tokens[i]), 'at', string.format('%.0f', now))
    redis.call('PEXPIRE', KEYS[i], ARGV[2 * i])
  end
  result[#result + 1] = math.floor(tokens[i] * 1000)
  result[#result + 1] = math.ceil((capacity - tokens[i]) * token_interval)
  result[#result + 1] = math.ceil(math.max(0, 1 - tokens[i]) * token_interval)
end
return result
