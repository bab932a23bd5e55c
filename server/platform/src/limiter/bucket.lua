-- Takes one token from each bucket, or from none if one of them is empty. The clock is the clock of
-- Redis, because all servers share it.
-- KEYS: for the mode 'if' two keys, and then the buckets.
-- ARGV: the mode, and for each bucket its capacity and its window in milliseconds. In the mode 'never' no tokens are
-- taken, and in the mode 'if' only if the first key is absent and the second one is present.
-- Returns 1 if the tokens were taken, 0 if a bucket is empty and 2 if no tokens may be taken, and the current time in
-- milliseconds. Then follow for each bucket: the remaining tokens in thousandths, the milliseconds until the bucket is
-- full, and the milliseconds until the next token is available.
local mode = ARGV[1]
local skipped = mode == 'if' and 2 or 0
local takes = mode == 'always'
  or mode == 'if' and redis.call('EXISTS', KEYS[1]) == 0 and redis.call('EXISTS', KEYS[2]) == 1
local buckets = #KEYS - skipped
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local allowed = 1
local tokens = {}
for i = 1, buckets do
  local capacity = tonumber(ARGV[2 * i])
  local stored = redis.call('HMGET', KEYS[skipped + i], 'tokens', 'at')
  local refilled = math.max(0, now - (tonumber(stored[2]) or now)) * capacity / tonumber(ARGV[2 * i + 1])
  tokens[i] = math.min(capacity, (tonumber(stored[1]) or capacity) + refilled)
  if tokens[i] < 1 then allowed = 0 end
end
if not takes then allowed = 2 end
local result = { allowed, now }
for i = 1, buckets do
  local capacity = tonumber(ARGV[2 * i])
  local token_interval = tonumber(ARGV[2 * i + 1]) / capacity
  if allowed == 1 then
    tokens[i] = tokens[i] - 1
    redis.call('HSET', KEYS[skipped + i], 'tokens', string.format('%.6f', tokens[i]), 'at', string.format('%.0f', now))
    redis.call('PEXPIRE', KEYS[skipped + i], ARGV[2 * i + 1])
  end
  result[#result + 1] = math.floor(tokens[i] * 1000)
  result[#result + 1] = math.ceil((capacity - tokens[i]) * token_interval)
  result[#result + 1] = math.ceil(math.max(0, 1 - tokens[i]) * token_interval)
end
return result
