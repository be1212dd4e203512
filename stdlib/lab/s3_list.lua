-- SPDX-License-Identifier: MIT
--
-- What is in a bucket: ListObjects in both versions, and the keys they choose.
local encode = require "encode"
local refuse = require "lab.s3_refuse"
local sign = require "lab.s3_sign"
local time = require "lab.s3_time"

local list = {}

-- What a key counts as: itself, or what it has in common with others.
local function rolled(key, prefix, delimiter)
  if delimiter == "" then return key, false end
  local from, to = key:find(delimiter, #prefix + 1, true)
  if from then return key:sub(1, to), true end
  return key, false
end

-- keys: sorted. Answers entries { key, rolled }, whether there are more, and the last.
function list.choose(keys, asked)
  local entries, last = {}, asked.after
  for _, key in ipairs(keys) do
    if key:sub(1, #asked.prefix) == asked.prefix and key > asked.after then
      local name, is_rolled = rolled(key, asked.prefix, asked.delimiter)
      if name > last or name == key then
        if #entries == asked.most then return entries, asked.most > 0, last end
        entries[#entries + 1] = { name, is_rolled }
        last = name
      end
    end
  end
  return entries, false, last
end

local function most_of(query)
  local given = query["max-keys"] or "1000"
  local most = math.tointeger(tonumber(given))
  if not most or most < 0 then
    refuse.with("InvalidArgument", "Provided max-keys not an integer or within integer"
      .. " range")
  end
  return math.min(most, 1000)
end

local function encoder(query)
  local how = query["encoding-type"]
  if how and how ~= "url" then
    refuse.with("InvalidArgument", "Invalid Encoding Method specified in Request")
  end
  return how and sign.encoded_path or function(text) return text end
end

local function token_of(text)
  if not text then return nil end
  local ok, key = pcall(encode.base64_decode, text)
  if not ok or key == "" then
    refuse.with("InvalidArgument", "The continuation token provided is incorrect")
  end
  return key
end

local function sorted(objects)
  local keys = {}
  for key in pairs(objects) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function contents(element, objects, entries, encoded)
  for _, entry in ipairs(entries) do
    if not entry[2] then
      local object = objects[entry[1]]
      element[#element + 1] = { "Contents", { "Key", encoded(entry[1]) },
        { "LastModified", time.iso(object.modified) },
        { "ETag", '"' .. object.etag .. '"' }, { "Size", object.size },
        { "StorageClass", "STANDARD" } }
    end
  end
  for _, entry in ipairs(entries) do
    if entry[2] then
      element[#element + 1] = { "CommonPrefixes", { "Prefix", encoded(entry[1]) } }
    end
  end
  return { status = 200, xml = element }
end

-- Both versions: the marker is the name of the one and the token of the other.
function list.objects(context, bucket)
  local query, two = context.query, context.query["list-type"] ~= nil
  if two and query["list-type"] ~= "2" then
    refuse.with("InvalidArgument", "Invalid List Type specified in Request")
  end
  local encoded, token = encoder(query), token_of(query["continuation-token"])
  local after = two and (token or query["start-after"]) or query.marker or ""
  local asked = { prefix = query.prefix or "", delimiter = query.delimiter or "",
    after = after, most = most_of(query) }
  local entries, more, last = list.choose(sorted(bucket.objects), asked)
  local element = { "ListBucketResult", { "Name", context.bucket },
    { "Prefix", encoded(asked.prefix) }, { "MaxKeys", asked.most },
    { "IsTruncated", tostring(more) } }
  local function add(name, value) element[#element + 1] = { name, value } end
  if asked.delimiter ~= "" then add("Delimiter", encoded(asked.delimiter)) end
  if query["encoding-type"] then add("EncodingType", "url") end
  if two then
    add("KeyCount", #entries)
    if token then add("ContinuationToken", query["continuation-token"]) end
    if query["start-after"] then add("StartAfter", encoded(query["start-after"])) end
    if more then add("NextContinuationToken", encode.base64(last)) end
  else
    add("Marker", encoded(query.marker or ""))
    if more and asked.delimiter ~= "" then add("NextMarker", encoded(last)) end
  end
  return contents(element, bucket.objects, entries, encoded)
end

return list
