local normalise = envoy_on_request

function envoy_on_request(request)
  local headers = request:headers()
  local origin = headers:get("origin")
  if origin == nil or not origins[origin] then
    return normalise(request)
  end
  if headers:get(":method") == "OPTIONS" and headers:get("access-control-request-method") ~= nil then
    -- A wildcard would not cover `Authorization`, so the requested names are repeated.
    request:respond({
      [":status"] = "204",
      ["access-control-allow-origin"] = origin,
      ["access-control-allow-methods"] = "GET,HEAD,POST,PUT,PATCH,DELETE",
      ["access-control-allow-headers"] = headers:get("access-control-request-headers") or "authorization",
      ["access-control-max-age"] = "600",
      ["vary"] = "origin, access-control-request-method, access-control-request-headers",
    })
    return
  end
  request:streamInfo():dynamicMetadata():set("gateway", "origin", origin)
  normalise(request)
end

function envoy_on_response(response)
  local headers = response:headers()
  if headers:get("access-control-allow-origin") ~= nil then
    return
  end
  -- A shared cache must not give a page the response to a request of another origin, or of none.
  headers:add("vary", "origin")
  local kept = response:streamInfo():dynamicMetadata():get("gateway")
  if kept ~= nil then
    headers:replace("access-control-allow-origin", kept["origin"])
    headers:replace("access-control-expose-headers", "*")
  end
end
