-- SPDX-License-Identifier: MIT
--
-- The body of a request, checked against what was signed of it and kept as a file: the
-- hash of the whole, or a chain of signed chunks.
local digest = require "digest"
local encode = require "encode"
local random = require "random"
local refuse = require "lab.s3_refuse"
local sign = require "lab.s3_sign"
local spool = require "spool"

local body = {}

local STREAMED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
local UNSIGNED = "UNSIGNED-PAYLOAD"
local LONGEST_CHUNK = 16 << 20
local MOST_XML = 4 << 20

local function name_of(path) return path:match("[^/]+$") end

-- Reads on in what came, wherever it lies.
local function reader(request)
  local name = request.file and name_of(request.file)
  return function(from, length)
    if name then return spool.read(name, from, length) end
    return request.body:sub(from + 1, from + length)
  end
end

-- One chunk: its bytes and where the next begins. Its signature covers the one before.
local function read_chunk(read, at, login, before)
  local head = read(at, 200):match("^[^\r\n]*\r\n")
  local size, signature = (head or ""):match("^(%x+);chunk%-signature=(%x+)\r\n$")
  local length = size and #size <= 8 and tonumber(size, 16)
  if not length or length > LONGEST_CHUNK then refuse.with "IncompleteBody" end
  local bytes = read(at + #head, length)
  local behind = at + #head + length
  if #bytes ~= length or read(behind, 2) ~= "\r\n" then refuse.with "IncompleteBody" end
  if signature ~= sign.chunk(login.key, login.time, login.scope, before, bytes) then
    refuse.with "SignatureDoesNotMatch"
  end
  return bytes, behind + 2, signature
end

local function unpack_chunks(context, name)
  local request, login = context.request, context.login
  local promised = tonumber(request.headers["x-amz-decoded-content-length"] or "")
  if not promised then refuse.with "MissingContentLength" end
  local read, at, size, before = reader(request), 0, 0, login.signature
  local bytes
  spool.write(name, "")
  repeat
    bytes, at, before = read_chunk(read, at, login, before)
    spool.append(name, bytes)
    size = size + #bytes
  until bytes == ""
  if size ~= promised or read(at, 1) ~= "" then refuse.with "IncompleteBody" end
end

local function check_payload(payload, sum)
  if payload == UNSIGNED then return end
  if not payload:find("^%x+$") or #payload ~= 64 then
    refuse.with("InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
      .. STREAMED .. " or a valid sha256 value.")
  end
  if sum() ~= payload then refuse.with "XAmzContentSHA256Mismatch" end
end

local function keep(context, name)
  local request, payload = context.request, context.login.payload
  if payload == STREAMED then return unpack_chunks(context, name) end
  if payload:find("^STREAMING%-") then refuse.with "NotImplemented" end
  if request.file then spool.take(request.file, name)
  else spool.write(name, request.body) end
  check_payload(payload, function() return (digest.file(spool.path(name))) end)
end

function body.bytes_of(hex)
  return (hex:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function check_md5(context, md5)
  local given = context.request.headers["content-md5"]
  if not given then return end
  local ok, bytes = pcall(encode.base64_decode, given)
  if not ok or #bytes ~= 16 then refuse.with "InvalidDigest" end
  if bytes ~= body.bytes_of(md5) then refuse.with "BadDigest" end
end

-- Of a request that takes none.
function body.none(context)
  local request = context.request
  if request.file or request.body ~= "" then
    refuse.with("InvalidRequest", "This request takes no body")
  end
  check_payload(context.login.payload, function() return digest.sha256("") end)
end

-- Of an object or a part: { name = file of the spool, size, md5 = hex }.
function body.take(context)
  if not context.request.headers["content-length"] then
    refuse.with "MissingContentLength"
  end
  local name = random.hex(16)
  local ok, problem = pcall(keep, context, name)
  local md5, size
  if ok then
    md5, size = digest.file_md5(spool.path(name))
    ok, problem = pcall(check_md5, context, md5)
  end
  if not ok then
    spool.remove(name)
    error(problem, 0)
  end
  return { name = name, size = size, md5 = md5 }
end

-- Of what is XML; `digested`: whether Content-MD5 is required.
function body.text(context, digested)
  local request = context.request
  local text = request.file and spool.read(name_of(request.file), 0, MOST_XML)
    or request.body or ""
  check_payload(context.login.payload, function() return digest.sha256(text) end)
  local given = request.headers["content-md5"]
  if digested and not given then
    refuse.with("InvalidRequest", "Missing required header for this request:"
      .. " Content-MD5")
  end
  if given then
    local name = random.hex(16)
    spool.write(name, text)
    local md5 = digest.file_md5(spool.path(name))
    spool.remove(name)
    check_md5(context, md5)
  end
  return text
end

return body
