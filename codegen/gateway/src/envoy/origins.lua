local normalise = envoy_on_request

function envoy_on_request(request)
  local origin = request:headers():get("origin")
  if origin ~= nil and origins[origin] then
    request:streamInfo():dynamicMetadata():set("gateway", "origin", origin)
  end
  normalise(request)
end

function envoy_on_response(response)
  local kept = response:streamInfo():dynamicMetadata():get("gateway")
  local headers = response:headers()
  if kept ~= nil and headers:get("access-control-allow-origin") == nil then
    headers:replace("access-control-allow-origin", kept["origin"])
    headers:replace("access-control-expose-headers", "*")
    headers:add("vary", "origin")
  end
end
