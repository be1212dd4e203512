-- SPDX-License-Identifier: MIT
--
-- The stand-in of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/), path-style:
-- every signature is checked, objects are files of the lab's folder. What it does not
-- know is refused, never ignored.
--
-- options: as lab.stand_in has them; token is the secret of the key key_id.
local body = require "lab.s3_body"
local buckets = require "lab.s3_buckets"
local faults = require "lab.stand_in_faults"
local login = require "lab.s3_login"
local objects = require "lab.s3_objects"
local parts = require "lab.s3_parts"
local random = require "random"
local refusal = require "lab.stand_in_refuse"
local refuse = require "lab.s3_refuse"
local stand_in = require "lab.stand_in"
local xml = require "lab.s3_xml"

local s3 = {}

local REGION = "us-east-1"

-- What is asked: of nothing, a bucket or an object; the method; a word of the query that
-- chooses it, if any. Then the words that may stand beside it.
local paging = { "prefix", "delimiter", "max-keys", "encoding-type" }
local operations = {
  { "service", "GET", nil, buckets.all },
  { "bucket", "PUT", nil, buckets.create },
  { "bucket", "HEAD", nil, buckets.head },
  { "bucket", "DELETE", nil, buckets.delete },
  { "bucket", "GET", "location", buckets.location },
  { "bucket", "GET", "uploads", parts.uploads, { "prefix", "max-uploads", "delimiter",
    "encoding-type", "key-marker", "upload-id-marker" } },
  { "bucket", "GET", "list-type", buckets.list, { "continuation-token", "start-after",
    "fetch-owner", table.unpack(paging) } },
  { "bucket", "GET", nil, buckets.list, { "marker", table.unpack(paging) } },
  { "bucket", "POST", "delete", buckets.delete_many },
  { "object", "PUT", "uploadId", parts.put, { "partNumber" } },
  { "object", "PUT", nil, objects.put },
  { "object", "GET", "uploadId", parts.list, { "part-number-marker", "max-parts" } },
  { "object", "GET", nil, objects.get },
  { "object", "HEAD", nil, objects.get },
  { "object", "DELETE", "uploadId", parts.abort },
  { "object", "DELETE", nil, objects.delete },
  { "object", "POST", "uploads", parts.begin },
  { "object", "POST", "uploadId", parts.complete },
}

local signing = { ["X-Amz-Algorithm"] = true, ["X-Amz-Credential"] = true,
  ["X-Amz-Date"] = true, ["X-Amz-Expires"] = true, ["X-Amz-SignedHeaders"] = true,
  ["X-Amz-Signature"] = true, ["x-id"] = true }

-- Headers that would change what is done, and are not known here.
local function check_headers(request)
  for name in pairs(request.headers) do
    if name:find("^x%-amz%-copy%-") or name:find("^x%-amz%-server%-side%-encryption")
      or name:find("^x%-amz%-object%-lock") or name:find("^x%-amz%-checksum") then
      refuse.with("NotImplemented", nil, { Header = name })
    end
  end
end

local function fits(context, operation)
  local _, _, word, _, beside = table.unpack(operation, 1, 5)
  local allowed = { [word or ""] = true }
  for _, name in ipairs(beside or {}) do allowed[name] = true end
  for name in pairs(context.query) do
    if not allowed[name] and not signing[name] then
      refuse.with("NotImplemented", nil, { Header = name })
    end
  end
end

local function operation_of(context)
  local of = context.key and "object" or context.bucket and "bucket" or "service"
  for _, operation in ipairs(operations) do
    local word = operation[3]
    if operation[1] == of and operation[2] == context.method
      and (not word or context.query[word]) then
      fits(context, operation)
      return operation[4]
    end
  end
  return refuse.with "MethodNotAllowed"
end

local function context_of(lab, request)
  local bucket, key = request.path:match("^/([^/]+)/?(.*)$")
  local query = {}
  for _, pair in ipairs(request.query) do query[pair.name] = pair.value end
  if key and #key > 1024 then key = key:sub(1, 1025) end
  return {
    lab = lab, request = request, method = request.method, path = request.path,
    bucket = bucket, key = key ~= "" and key or nil, query = query, changed = false,
    headers = {}, id = random.hex(8):upper(), now = math.floor(lab.now_ms() / 1000),
  }
end

local function serve(context)
  login.check(context)
  if context.key and #context.key > 1024 then refuse.with "KeyTooLongError" end
  local fault = faults.take(context.lab, context.method, context.path)
  -- A body is there only as long as its request: it cannot be carried out later.
  if fault and fault.fault == "late" then fault.fault = "504_after" end
  context.fault = fault
  local instead = fault and faults.before(context, fault)
  if instead then return instead end
  faults.keep(context)
  check_headers(context.request)
  if context.method ~= "PUT" and context.method ~= "POST" then body.none(context) end
  return operation_of(context)(context)
end

local function error_text(context, refused)
  local element = { "Error", { "Code", refuse.code_of(refused) },
    { "Message", refused.message }, { "Resource", context.path },
    { "RequestId", context.id } }
  local names = {}
  for name in pairs(refused.details or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    element[#element + 1] = { name, refused.details[name] }
  end
  return { status = refused.status, xml = element }
end

-- Faults of the lab answer JSON envelopes: here they become XML.
local function finished(context, reply)
  reply.headers = reply.headers or {}
  reply.headers["x-amz-request-id"] = context.id
  local element = reply.json and error_text(context, reply.json).xml or reply.xml
  reply.json = nil
  if element and context.method ~= "HEAD" then
    reply.headers["Content-Type"] = "application/xml"
    reply.body = xml.text(element)
  end
  return reply
end

local function answer(lab, request)
  local context = context_of(lab, request)
  local ok, reply = pcall(serve, context)
  if not ok then
    reply = error_text(context, refusal.of(reply, "InternalError"))
  elseif context.fault then
    reply = faults.after(context.fault, reply, function(refused) return refused end)
  end
  stand_in.log(context, reply)
  return finished(context, reply)
end

function s3.handle(lab, request)
  if request.path:find("^/_lab/") then return stand_in.answer_extra(lab, request) end
  return answer(lab, request)
end

local described = {
  name = "s3", routes = {},
  status = function(lab)
    local told = { buckets = 0, objects = 0, bytes = 0, uploads = 0 }
    for _, bucket in pairs(lab.buckets) do
      told.buckets = told.buckets + 1
      for _, object in pairs(bucket.objects) do
        told.objects, told.bytes = told.objects + 1, told.bytes + object.size
      end
      for _ in pairs(bucket.uploads) do told.uploads = told.uploads + 1 end
    end
    return told
  end,
}

function s3.new(options)
  options.region = options.region or REGION
  local lab = stand_in.new(described, options)
  lab.buckets, lab.handle = {}, s3.handle
  return lab
end

function s3.open(options)
  local lab = s3.new(options)
  local server = require("serve").open(options.address or "127.0.0.1", options.port or 0,
    function(request) return lab:handle(request) end, require("spool").folder())
  return server, lab
end

return s3
