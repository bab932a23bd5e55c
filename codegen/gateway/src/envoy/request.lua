local function normal(path)
  local decoded = path:gsub("%%(%x%x)", function(digits)
    local character = string.char(tonumber(digits, 16))
    if character:find("^[%w%-._~]$") then
      return character
    end
    return "%" .. digits:upper()
  end)
  local encoded = decoded:gsub("[^%w!$&'()*+,%-./:;=@_~%%]", function(character)
    return string.format("%%%02X", character:byte())
  end)
  return encoded
end

function envoy_on_request(request)
  local headers = request:headers()
  local id = headers:get("x-request-id")
  if id ~= nil then
    local harmless = id:gsub("[^%w._-]", "_"):sub(1, 64)
    if harmless ~= id then
      headers:replace("x-request-id", harmless)
    end
  end
  local target = headers:get(":path")
  if target ~= nil then
    local path, query = target:match("^([^?]*)(.*)$")
    local canonical = normal(path)
    if canonical ~= path then
      headers:replace(":path", canonical .. query)
      request:clearRouteCache()
    end
  end
end
