-- SPDX-License-Identifier: MIT
--
-- Buckets, and what is asked of one as a whole.
local body = require "lab.s3_body"
local list = require "lab.s3_list"
local refuse = require "lab.s3_refuse"
local spool = require "spool"
local time = require "lab.s3_time"
local xml = require "lab.s3_xml"

local buckets = {}

function buckets.find(context)
  return context.lab.buckets[context.bucket]
    or refuse.with("NoSuchBucket", nil, { BucketName = context.bucket })
end

local function check_name(name)
  local fits = #name >= 3 and #name <= 63 and name:find("^[%l%d][%l%d.-]*[%l%d]$")
    and not name:find("..", 1, true) and not name:find("^%d+%.%d+%.%d+%.%d+$")
  if not fits then
    refuse.with("InvalidBucketName", nil, { BucketName = name })
  end
end

function buckets.all(context)
  local names, element = {}, { "Buckets" }
  for name in pairs(context.lab.buckets) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    element[#element + 1] = { "Bucket", { "Name", name },
      { "CreationDate", time.iso(context.lab.buckets[name].made) } }
  end
  local owner = { "Owner", { "ID", "lab" }, { "DisplayName", "lab" } }
  return { status = 200, xml = { "ListAllMyBucketsResult", owner, element } }
end

function buckets.create(context)
  check_name(context.bucket)
  local text = body.text(context)
  if text ~= "" then
    local root = xml.read(text, "CreateBucketConfiguration")
    local region = xml.first(root, "LocationConstraint")
    if region and region ~= context.lab.options.region then
      refuse.with("InvalidArgument", "The specified location-constraint is not valid")
    end
  end
  if context.lab.buckets[context.bucket] then refuse.with "BucketAlreadyOwnedByYou" end
  context.lab.buckets[context.bucket] = { made = context.now, objects = {},
    uploads = {} }
  context.changed = true
  return { status = 200, headers = { Location = "/" .. context.bucket } }
end

function buckets.head(context)
  buckets.find(context)
  return { status = 200 }
end

function buckets.delete(context)
  local bucket = buckets.find(context)
  if next(bucket.objects) then refuse.with "BucketNotEmpty" end
  for _, upload in pairs(bucket.uploads) do
    for _, part in pairs(upload.parts) do spool.remove(part.name) end
  end
  context.lab.buckets[context.bucket] = nil
  context.changed = true
  return { status = 204 }
end

-- That of us-east-1 is told as nothing.
function buckets.location(context)
  buckets.find(context)
  local region = context.lab.options.region
  return { status = 200,
    xml = { "LocationConstraint", region ~= "us-east-1" and region or "" } }
end

function buckets.list(context) return list.objects(context, buckets.find(context)) end

local function remove(bucket, key)
  local object = bucket.objects[key]
  if not object then return end
  bucket.objects[key] = nil
  spool.remove(object.name)
end
buckets.remove = remove

-- Up to a thousand at once; what is not there counts as deleted.
function buckets.delete_many(context)
  local bucket = buckets.find(context)
  local root = xml.read(body.text(context, true), "Delete")
  local objects, quiet = xml.all(root, "Object"), xml.first(root, "Quiet") == "true"
  if #objects == 0 or #objects > 1000 then refuse.with "MalformedXML" end
  local told = { "DeleteResult" }
  for _, object in ipairs(objects) do
    local key = xml.first(object, "Key") or refuse.with "MalformedXML"
    remove(bucket, key)
    if not quiet then told[#told + 1] = { "Deleted", { "Key", key } } end
  end
  context.changed = true
  return { status = 200, xml = told }
end

return buckets
