-- Takes one token from each bucket, or from none when one of them is empty. On the clock of Redis,
-- which all servers share. KEYS: buckets. ARGV: capacity and window in milliseconds, for each.
-- Answers: 1 or 0, then for each bucket: tokens left in thousandths, milliseconds until it is full,
-- milliseconds until a token is there, and now in milliseconds.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local allowed = 1
local tokens = {}
for i = 1, #KEYS do
  local capacity = tonumber(ARGV[2 * i - 1])
  local kept = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local refilled = math.max(0, now - (tonumber(kept[2]) or now)) * capacity / tonumber(ARGV[2 * i])
  tokens[i] = math.min(capacity, (tonumber(kept[1]) or capacity) + refilled)
  if tokens[i] < 1 then allowed = 0 end
end
local answer = { allowed, now }
for i = 1, #KEYS do
  local capacity = tonumber(ARGV[2 * i - 1])
  local a_token = tonumber(ARGV[2 * i]) / capacity
  if allowed == 1 then
    tokens[i] = tokens[i] - 1
    redis.call('HSET', KEYS[i], 'tokens', string.format('%.6f', tokens[i]), 'at', string.format('%.0f', now))
    redis.call('PEXPIRE', KEYS[i], ARGV[2 * i])
  end
  answer[#answer + 1] = math.floor(tokens[i] * 1000)
  answer[#answer + 1] = math.ceil((capacity - tokens[i]) * a_token)
  answer[#answer + 1] = math.ceil(math.max(0, 1 - tokens[i]) * a_token)
end
return answer
