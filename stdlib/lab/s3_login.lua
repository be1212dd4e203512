-- SPDX-License-Identifier: MIT
--
-- Who asks: the signature of the header or of the query, every part of it checked.
local refuse = require "lab.s3_refuse"
local sign = require "lab.s3_sign"

local login = {}

local SKEW = 15 * 60
local LONGEST = 7 * 86400

-- "Credential=…, SignedHeaders=…, Signature=…" of the header, in any order.
local function from_header(text)
  local parts = { names = nil }
  local algorithm, rest = text:match("^(%S+)%s+(.*)$")
  if algorithm ~= "AWS4-HMAC-SHA256" then
    refuse.with("InvalidRequest", "The authorization mechanism you have provided is not"
      .. " supported. Please use AWS4-HMAC-SHA256.")
  end
  for part in rest:gmatch("[^,]+") do
    local name, value = part:match("^%s*(%a+)=(.-)%s*$")
    if not name or parts[name] then refuse.with "AuthorizationHeaderMalformed" end
    parts[name] = value
  end
  return { credential = parts.Credential, names = parts.SignedHeaders,
    signature = parts.Signature, problem = "AuthorizationHeaderMalformed" }
end

local function from_query(query)
  return { credential = query["X-Amz-Credential"], names = query["X-Amz-SignedHeaders"],
    signature = query["X-Amz-Signature"], time = query["X-Amz-Date"],
    expires = tonumber(query["X-Amz-Expires"]),
    problem = "AuthorizationQueryParametersError" }
end

local function check_shape(given)
  local key, scope = (given.credential or ""):match("^([^/]+)/(%d+/[^/]+/[^/]+/[^/]+)$")
  local shaped = key and given.names and given.names ~= ""
    and (given.signature or ""):find("^%x+$") and #given.signature == 64
  if not shaped then refuse.with(given.problem) end
  given.key, given.scope = key, scope
  local date, region, service, last = scope:match("^(%d+)/([^/]+)/([^/]+)/([^/]+)$")
  if service ~= "s3" or last ~= "aws4_request" then refuse.with(given.problem) end
  return date, region
end

local function check_time(given, now)
  local seconds = sign.seconds(given.time)
  if not seconds then
    refuse.with("AccessDenied", "AWS authentication requires a valid Date or x-amz-date"
      .. " header")
  end
  if not given.from_query then
    if math.abs(seconds - now) > SKEW then refuse.with "RequestTimeTooSkewed" end
    return
  end
  if not given.expires or given.expires < 1 or given.expires > LONGEST then
    refuse.with("AuthorizationQueryParametersError", "X-Amz-Expires must be between 1"
      .. " and " .. LONGEST)
  end
  if seconds - now > SKEW then refuse.with("AccessDenied", "Request is not yet valid") end
  if now > seconds + given.expires then
    refuse.with("AccessDenied", "Request has expired")
  end
end

-- The host and all that is Amazon's has to be signed.
local function check_names(given, request)
  local names, signed = {}, {}
  for name in given.names:gmatch("[^;]+") do
    if name ~= name:lower() or names[#names] and name <= names[#names]
      or not request.headers[name] then
      refuse.with "SignatureDoesNotMatch"
    end
    names[#names + 1], signed[name] = name, true
  end
  for name in pairs(request.headers) do
    if name:find("^x%-amz%-") and not signed[name] then
      refuse.with("AccessDenied", "There were headers present in the request which were"
        .. " not signed", { HeadersNotSigned = name })
    end
  end
  if not signed.host then refuse.with "SignatureDoesNotMatch" end
  return names
end

-- The query without what the signature cannot sign: itself.
local function unsigned_query(list)
  local left = {}
  for _, pair in ipairs(list) do
    if pair.name ~= "X-Amz-Signature" then left[#left + 1] = pair end
  end
  return left
end

local function given_by(context)
  local request, query = context.request, context.query
  local header = request.headers.authorization
  if header and query["X-Amz-Signature"] then
    refuse.with("InvalidArgument", "Only one auth mechanism allowed")
  end
  if header then
    local given = from_header(header)
    given.time = request.headers["x-amz-date"]
    given.payload = request.headers["x-amz-content-sha256"]
    if not given.payload then
      refuse.with("InvalidRequest", "Missing required header for this request:"
        .. " x-amz-content-sha256")
    end
    return given
  end
  if query["X-Amz-Algorithm"] ~= "AWS4-HMAC-SHA256" then refuse.with "AccessDenied" end
  local given = from_query(query)
  given.payload, given.from_query = "UNSIGNED-PAYLOAD", true
  return given
end

-- context: lab { options { token, key_id, region }, now_ms }, request, query. Sets
-- context.login = { payload, key, time, scope, signature }.
function login.check(context)
  local options, request = context.lab.options, context.request
  local given = given_by(context)
  local date, region = check_shape(given)
  if given.key ~= options.key_id then
    refuse.with("InvalidAccessKeyId", nil, { AWSAccessKeyId = given.key })
  end
  if region ~= options.region then
    refuse.with("AuthorizationHeaderMalformed", "The authorization header is malformed;"
      .. " the region '" .. region .. "' is wrong; expecting '" .. options.region .. "'",
      { Region = options.region })
  end
  check_time(given, context.lab.now_ms() / 1000)
  if given.time:sub(1, 8) ~= date then refuse.with(given.problem) end
  local names = check_names(given, request)
  local canonical = sign.canonical({ method = request.method, path = request.path,
    query = unsigned_query(request.query), headers = request.headers }, names,
    given.payload)
  local key = sign.key(options.token, given.scope)
  local text = sign.string_to_sign(given.time, given.scope, canonical)
  if sign.signature(key, text) ~= given.signature then
    refuse.with("SignatureDoesNotMatch", nil, { StringToSign = text,
      CanonicalRequest = canonical })
  end
  context.login = { payload = given.payload, key = key, time = given.time,
    scope = given.scope, signature = given.signature }
end

return login
