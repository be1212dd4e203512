-- SPDX-License-Identifier: MIT
--
-- Objects: put, got whole or in part, deleted.
local body = require "lab.s3_body"
local buckets = require "lab.s3_buckets"
local refuse = require "lab.s3_refuse"
local spool = require "spool"
local time = require "lab.s3_time"

local objects = {}

-- What is kept with an object and told with it again.
local kept = { ["content-type"] = "Content-Type", ["cache-control"] = "Cache-Control",
  ["content-disposition"] = "Content-Disposition",
  ["content-encoding"] = "Content-Encoding", ["content-language"] = "Content-Language" }

function objects.headers_of(request)
  local headers = { ["Content-Type"] = "binary/octet-stream" }
  for name, value in pairs(request.headers) do
    if kept[name] then headers[kept[name]] = value end
    if name:find("^x%-amz%-meta%-") then headers[name] = value end
  end
  local coding = headers["Content-Encoding"]
  if coding then
    coding = coding:gsub("aws%-chunked,?%s*", "")
    headers["Content-Encoding"] = coding ~= "" and coding or nil
  end
  return headers
end

function objects.put_there(context, bucket, object)
  buckets.remove(bucket, context.key)
  object.modified = context.now
  bucket.objects[context.key] = object
  context.changed = true
end

function objects.put(context)
  local bucket = buckets.find(context)
  local taken = body.take(context)
  objects.put_there(context, bucket, { name = taken.name, size = taken.size,
    etag = taken.md5, headers = objects.headers_of(context.request) })
  return { status = 200, headers = { ETag = '"' .. taken.md5 .. '"' } }
end

local function find(context)
  return buckets.find(context).objects[context.key]
    or refuse.with("NoSuchKey", nil, { Key = context.key })
end

-- "bytes=0-9", "bytes=5-" and "bytes=-3": where it begins and how long it is. Others mean
-- the whole, as HTTP has it.
local function range_of(text, size)
  local first, last = (text or ""):match("^bytes=(%d*)%-(%d*)$")
  if not first or first == "" and last == "" then return nil end
  if first == "" then
    first, last = math.max(0, size - tonumber(last)), size - 1
  else
    first, last = tonumber(first), math.min(tonumber(last) or size - 1, size - 1)
  end
  if first >= size or first > last then
    refuse.with("InvalidRange", nil, { RangeRequested = text, ActualObjectSize = size })
  end
  return math.tointeger(first), math.tointeger(last - first + 1)
end

local function names_it(given, etag)
  for word in given:gmatch("[^,%s]+") do
    if word == "*" or word == '"' .. etag .. '"' or word == etag then return true end
  end
  return false
end

-- Of GET and HEAD alike: the one just leaves the body out.
function objects.get(context)
  local object, asked = find(context), context.request.headers
  local headers = { ETag = '"' .. object.etag .. '"', ["Accept-Ranges"] = "bytes",
    ["Last-Modified"] = time.http(object.modified) }
  for name, value in pairs(object.headers) do headers[name] = value end
  if asked["if-match"] and not names_it(asked["if-match"], object.etag) then
    refuse.with "PreconditionFailed"
  end
  if asked["if-none-match"] and names_it(asked["if-none-match"], object.etag) then
    return { status = 304, headers = headers }
  end
  local from, length = range_of(asked.range, object.size)
  if from then
    headers["Content-Range"] = ("bytes %d-%d/%d"):format(from, from + length - 1,
      object.size)
  end
  if object.size == 0 then return { status = 200, headers = headers, body = "" } end
  return { status = from and 206 or 200, headers = headers,
    file = spool.path(object.name), from = from or 0, length = length or object.size }
end

function objects.delete(context)
  buckets.remove(buckets.find(context), context.key)
  context.changed = true
  return { status = 204 }
end

return objects
