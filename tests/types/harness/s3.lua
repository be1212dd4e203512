-- SPDX-License-Identifier: MIT
--
-- The stand-in of S3 in memory, at the time and with the keys of AWS's published
-- examples, and a client that signs.
local bytes = require "tests.types.harness.host_bytes"

local s3 = {}
local id, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
local scope = "20130524/us-east-1/s3/aws4_request"
local then_at = 1369353600
local empty = -- the digest of nothing
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

function s3.raw(hex)
  return (hex:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

function s3.hmac(key, text)
  if #key > 64 then key = s3.raw(bytes.sha256(key)) end
  key = key .. ("\0"):rep(64 - #key)
  local function padded(by)
    return (key:gsub(".", function(c) return string.char(c:byte() ~ by) end))
  end
  return s3.raw(bytes.sha256(padded(0x5c) .. s3.raw(bytes.sha256(padded(0x36) .. text))))
end

-- Files in memory, and real digests.
function s3.install()
  local files, spool = {}, {}
  function spool.path(name) return name end
  function spool.write(name, text) files[name] = text end
  function spool.append(name, text) files[name] = files[name] .. text end
  function spool.read(name, from, n) return files[name]:sub(from + 1, from + n) end
  function spool.take(path, name) files[name], files[path] = files[path], nil end
  function spool.remove(name) files[name] = nil end
  function spool.join(name, names)
    local text = ""
    for _, part in ipairs(names) do text = text .. files[part] end
    files[name] = text
  end
  package.loaded.spool = spool
  package.loaded.digest = {
    sha256 = bytes.sha256, hmac_sha256 = s3.hmac,
    file = function(path) return bytes.sha256(files[path]), #files[path] end,
    file_md5 = function(path) return require "lab.md5"(files[path]), #files[path] end,
  }
  package.loaded.clock.ms = function() return then_at * 1000 end
  return require("lab.s3").new { token = secret, key_id = id }, files
end

function s3.header(names, signature)
  return "AWS4-HMAC-SHA256 Credential=" .. id .. "/" .. scope
    .. ",SignedHeaders=" .. names .. ",Signature=" .. signature
end

function s3.request(method, path, query, headers, body)
  headers.host = headers.host or "examplebucket.s3.amazonaws.com"
  headers["x-amz-date"] = headers["x-amz-date"] or "20130524T000000Z"
  return { method = method, path = path, query = query or {}, headers = headers,
    body = body or "" }
end

function s3.made(lab, ...)
  for _, name in ipairs { ... } do
    lab.buckets[name] = { made = then_at, objects = {}, uploads = {} }
  end
  return lab
end

function s3.call(lab, method, path, query, body, more)
  local sign = require "lab.s3_sign"
  local list, headers = {}, { ["x-amz-content-sha256"] = bytes.sha256(body or ""),
    ["content-length"] = tostring(#(body or "")) }
  for name, value in pairs(query or {}) do
    list[#list + 1] = { name = name, value = value }
  end
  for name, value in pairs(more or {}) do headers[name] = value end
  local asked, names = s3.request(method, path, list, headers, body), {}
  for name in pairs(headers) do names[#names + 1] = name end
  table.sort(names)
  local text = sign.string_to_sign(headers["x-amz-date"], scope,
    sign.canonical(asked, names, headers["x-amz-content-sha256"]))
  headers.authorization = s3.header(table.concat(names, ";"),
    sign.signature(sign.key(secret, scope), text))
  return lab:handle(asked)
end

function s3.expect(reply, status, code)
  local told = (reply.body or ""):match "<Code>(.-)</Code>"
  assert(reply.status == status and told == code, ("%s %s: %s"):format(reply.status, told,
    reply.body))
  return reply
end

s3.id, s3.scope, s3.empty = id, scope, empty

return s3
