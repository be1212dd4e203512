-- SPDX-License-Identifier: MIT
--
-- Objects that come in parts.
local body = require "lab.s3_body"
local buckets = require "lab.s3_buckets"
local digest = require "digest"
local objects = require "lab.s3_objects"
local random = require "random"
local refuse = require "lab.s3_refuse"
local spool = require "spool"
local time = require "lab.s3_time"
local xml = require "lab.s3_xml"

local parts = {}

local SMALLEST = 5 << 20

local function find(context)
  local bucket = buckets.find(context)
  local upload = bucket.uploads[context.query.uploadId]
  if not upload or upload.key ~= context.key then
    refuse.with("NoSuchUpload", nil, { UploadId = context.query.uploadId })
  end
  return upload, bucket
end

local function named(context, name, ...)
  return { name, { "Bucket", context.bucket }, { "Key", context.key }, ... }
end

function parts.begin(context)
  local bucket, id = buckets.find(context), random.hex(16)
  body.text(context)
  bucket.uploads[id] = { key = context.key, begun = context.now, parts = {},
    headers = objects.headers_of(context.request) }
  context.changed = true
  return { status = 200,
    xml = named(context, "InitiateMultipartUploadResult", { "UploadId", id }) }
end

function parts.put(context)
  local upload = find(context)
  local number = math.tointeger(tonumber(context.query.partNumber))
  if not number or number < 1 or number > 10000 then
    refuse.with("InvalidArgument", "Part number must be an integer between 1 and 10000,"
      .. " inclusive")
  end
  local taken = body.take(context)
  if upload.parts[number] then spool.remove(upload.parts[number].name) end
  taken.modified = context.now
  upload.parts[number] = taken
  context.changed = true
  return { status = 200, headers = { ETag = '"' .. taken.md5 .. '"' } }
end

local function drop(bucket, id)
  for _, part in pairs(bucket.uploads[id].parts) do spool.remove(part.name) end
  bucket.uploads[id] = nil
end

function parts.abort(context)
  local _, bucket = find(context)
  drop(bucket, context.query.uploadId)
  context.changed = true
  return { status = 204 }
end

-- The parts that are named, in their order; each must be there as it is named.
local function chosen(context, upload)
  local root = xml.read(body.text(context), "CompleteMultipartUpload")
  local list, last = {}, 0
  for _, element in ipairs(xml.all(root, "Part")) do
    local number = math.tointeger(tonumber(xml.first(element, "PartNumber")))
    local etag = (xml.first(element, "ETag") or ""):gsub('"', "")
    if not number then refuse.with "MalformedXML" end
    if number <= last then refuse.with "InvalidPartOrder" end
    local part = upload.parts[number]
    if not part or part.md5 ~= etag then
      refuse.with("InvalidPart", nil, { PartNumber = number, ETag = etag })
    end
    list[#list + 1], last = part, number
  end
  if #list == 0 then refuse.with "MalformedXML" end
  for index = 1, #list - 1 do
    if list[index].size < SMALLEST then
      refuse.with("EntityTooSmall", nil, { ProposedSize = list[index].size,
        MinSizeAllowed = SMALLEST, PartNumber = index })
    end
  end
  return list
end

-- The MD5 of the MD5s of all parts.
local function etag_of(list)
  local sums, name = {}, random.hex(16)
  for index, part in ipairs(list) do sums[index] = body.bytes_of(part.md5) end
  spool.write(name, table.concat(sums))
  local md5 = digest.file_md5(spool.path(name))
  spool.remove(name)
  return md5 .. "-" .. #list
end

function parts.complete(context)
  local upload, bucket = find(context)
  local list = chosen(context, upload)
  local name, names, size = random.hex(16), {}, 0
  for index, part in ipairs(list) do names[index], size = part.name, size + part.size end
  spool.join(name, names)
  local etag = etag_of(list)
  drop(bucket, context.query.uploadId)
  objects.put_there(context, bucket, { name = name, size = size, etag = etag,
    headers = upload.headers })
  return { status = 200, xml = named(context, "CompleteMultipartUploadResult",
    { "Location", "/" .. context.bucket .. "/" .. context.key },
    { "ETag", '"' .. etag .. '"' }) }
end

local function sorted(by)
  local keys = {}
  for key in pairs(by) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

function parts.list(context)
  local upload = find(context)
  local after = math.tointeger(tonumber(context.query["part-number-marker"] or 0)) or 0
  local most = math.tointeger(tonumber(context.query["max-parts"] or 1000)) or 1000
  local element = named(context, "ListPartsResult", { "UploadId",
    context.query.uploadId }, { "PartNumberMarker", after }, { "MaxParts", most })
  local told, more = 0, false
  for _, number in ipairs(sorted(upload.parts)) do
    local part = upload.parts[number]
    if number > after and told == most then more = true end
    if number > after and told < most then
      told = told + 1
      element[#element + 1] = { "Part", { "PartNumber", number },
        { "LastModified", time.iso(part.modified) },
        { "ETag", '"' .. part.md5 .. '"' }, { "Size", part.size } }
      context.last = number
    end
  end
  element[#element + 1] = { "IsTruncated", tostring(more) }
  if more then element[#element + 1] = { "NextPartNumberMarker", context.last } end
  return { status = 200, xml = element }
end

function parts.uploads(context)
  local bucket, prefix = buckets.find(context), context.query.prefix or ""
  local element = { "ListMultipartUploadsResult", { "Bucket", context.bucket },
    { "Prefix", prefix }, { "IsTruncated", "false" } }
  for _, id in ipairs(sorted(bucket.uploads)) do
    local upload = bucket.uploads[id]
    if upload.key:sub(1, #prefix) == prefix then
      element[#element + 1] = { "Upload", { "Key", upload.key }, { "UploadId", id },
        { "Initiated", time.iso(upload.begun) }, { "StorageClass", "STANDARD" } }
    end
  end
  return { status = 200, xml = element }
end

return parts
