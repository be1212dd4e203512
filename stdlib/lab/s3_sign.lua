-- SPDX-License-Identifier: MIT
--
-- AWS Signature Version 4 as the service computes it; all pure.
-- https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
local digest = require "digest"
local encode = require "encode"

local sign = {}

-- As S3 encodes: everything but A-Z a-z 0-9 - . _ ~, and / in a path.
function sign.encoded(text) return encode.url(text) end

function sign.encoded_path(path)
  return (path:gsub("[^/]+", function(part) return encode.url(part) end))
end

-- list: of { name, value }, decoded. Sorted by name, then by value.
function sign.query(list)
  local pairs_of = {}
  for index, pair in ipairs(list) do
    pairs_of[index] = encode.url(pair.name) .. "=" .. encode.url(pair.value)
  end
  table.sort(pairs_of, function(a, b)
    -- By the names first: "a=" is before "a-b=", whatever the order of = and -.
    local left, right = a:match("^[^=]*"), b:match("^[^=]*")
    if left ~= right then return left < right end
    return a < b
  end)
  return table.concat(pairs_of, "&")
end

local function trimmed(value)
  return (value:gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s+", " "))
end

-- request: method, path, query, headers; names: of the signed headers, as they were sent.
function sign.canonical(request, names, payload)
  local lines = { request.method, sign.encoded_path(request.path),
    sign.query(request.query) }
  for _, name in ipairs(names) do
    lines[#lines + 1] = name .. ":" .. trimmed(request.headers[name] or "")
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = table.concat(names, ";")
  lines[#lines + 1] = payload
  return table.concat(lines, "\n")
end

-- scope: "20130524/us-east-1/s3/aws4_request"
function sign.string_to_sign(time, scope, canonical)
  return table.concat({ "AWS4-HMAC-SHA256", time, scope, digest.sha256(canonical) }, "\n")
end

function sign.key(secret, scope)
  local key = "AWS4" .. secret
  for part in scope:gmatch("[^/]+") do key = digest.hmac_sha256(key, part) end
  return key
end

local function hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

function sign.signature(key, text) return hex(digest.hmac_sha256(key, text)) end

local empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

-- Of a chunk of a streamed body, chained to the signature before it.
function sign.chunk(key, time, scope, before, bytes)
  return sign.signature(key, table.concat({ "AWS4-HMAC-SHA256-PAYLOAD", time, scope,
    before, empty, digest.sha256(bytes) }, "\n"))
end

-- The days since 1970 of a date of the Gregorian calendar.
local function days_of(year, month, day)
  local y = month <= 2 and year - 1 or year
  local era = y // 400
  local year_of_era = y - era * 400
  local day_of_year = (153 * (month + (month > 2 and -3 or 9)) + 2) // 5 + day - 1
  return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100
    + day_of_year - 719468
end

-- "20130524T000000Z" in seconds since 1970, or nil.
function sign.seconds(text)
  local year, month, day, hour, minute, second =
    (text or ""):match("^(%d%d%d%d)(%d%d)(%d%d)T(%d%d)(%d%d)(%d%d)Z$")
  if not year then return nil end
  return days_of(tonumber(year), tonumber(month), tonumber(day)) * 86400
    + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second)
end

return sign
