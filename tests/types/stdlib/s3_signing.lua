-- SPDX-License-Identifier: MIT
-- Signatures as the stand-in of S3 checks them: AWS's published examples, each refused
-- when anything is another.
local s3 = require "tests.types.harness.s3"

local id, scope, empty = s3.id, s3.scope, s3.empty
local all = {}
local function add(what, run) all[#all + 1] = { what = what, run = run } end

-- https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
local examples = {
  { "get", "GET", "/test.txt", nil, { range = "bytes=0-9" },
    "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
  { "put", "PUT", "/test$file.text", nil, { date = "Fri, 24 May 2013 00:00:00 GMT",
    ["x-amz-storage-class"] = "REDUCED_REDUNDANCY", ["x-amz-content-sha256"] =
    "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072" },
    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
  { "lifecycle", "GET", "/", { { name = "lifecycle", value = "" } }, {},
    "host;x-amz-content-sha256;x-amz-date",
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
  { "list", "GET", "/", { { name = "max-keys", value = "2" }, { name = "prefix",
    value = "J" } }, {}, "host;x-amz-content-sha256;x-amz-date",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
}

local function context_of(lab, asked)
  local query = {}
  for _, pair in ipairs(asked.query) do query[pair.name] = pair.value end
  return { lab = lab, request = asked, query = query }
end

local function code_of(run, ...)
  local ok, problem = pcall(run, ...)
  return not ok and problem.code or nil, problem
end

for _, example in ipairs(examples) do
  local what, method, path, query, headers, names, signature = table.unpack(example, 1, 7)
  add("published: " .. what, function(_, steps)
    local lab = s3.install()
    local login = require "lab.s3_login"
    headers["x-amz-content-sha256"] = headers["x-amz-content-sha256"] or empty
    local asked = s3.request(method, path, query, headers)
    headers.authorization = s3.header(names, signature)
    login.check(context_of(lab, asked))
    headers.authorization = s3.header(names, signature:reverse())
    steps.same("code", "SignatureDoesNotMatch",
      (code_of(login.check, context_of(lab, asked))))
    headers.authorization, headers["x-amz-meta-a"] = s3.header(names, signature), "b"
    steps.same("unsigned", "AccessDenied", (code_of(login.check, context_of(lab, asked))))
    headers["x-amz-meta-a"] = nil
    lab.offset_ms = 1000 * 1000
    steps.same("late", "RequestTimeTooSkewed",
      (code_of(login.check, context_of(lab, asked))))
  end)
end

add("published: presigned", function(_, steps)
  local lab = s3.install()
  local login = require "lab.s3_login"
  local function asked(expires)
    local query = {}
    for name, value in pairs { ["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256",
      ["X-Amz-Credential"] = id .. "/" .. scope, ["X-Amz-Date"] = "20130524T000000Z",
      ["X-Amz-Expires"] = expires, ["X-Amz-SignedHeaders"] = "host", ["X-Amz-Signature"] =
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404" } do
      query[#query + 1] = { name = name, value = value }
    end
    return context_of(lab, { method = "GET", path = "/test.txt", query = query,
      headers = { host = "examplebucket.s3.amazonaws.com" }, body = "" })
  end
  login.check(asked "86400")
  steps.same("changed", "SignatureDoesNotMatch", (code_of(login.check, asked "86401")))
  steps.same("too long", "AuthorizationQueryParametersError",
    (code_of(login.check, asked "604801")))
  lab.offset_ms = 86401 * 1000
  local code, problem = code_of(login.check, asked "86400")
  steps.same("expired", "AccessDenied Request has expired",
    code .. " " .. problem.message)
end)

-- https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
local function streamed()
  local headers = { host = "s3.amazonaws.com", ["content-encoding"] = "aws-chunked",
    ["content-length"] = "66824", ["x-amz-decoded-content-length"] = "66560",
    ["x-amz-content-sha256"] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    ["x-amz-storage-class"] = "REDUCED_REDUNDANCY" }
  headers.authorization = s3.header("content-encoding;content-length;host;"
    .. "x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")
  local function chunk(size, signature)
    return ("%x;chunk-signature=%s\r\n%s\r\n"):format(size, signature, ("a"):rep(size))
  end
  return s3.request("PUT", "/examplebucket/chunkObject.txt", nil, headers, chunk(65536,
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648") .. chunk(1024,
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") .. chunk(0,
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"))
end

add("published: a body in signed chunks", function(_, steps)
  local lab, files = s3.install()
  s3.made(lab, "examplebucket")
  steps.same("status", 200, lab:handle(streamed()).status)
  local object = lab.buckets.examplebucket.objects["chunkObject.txt"]
  steps.same("size", 66560, object.size)
  steps.same("bytes", ("a"):rep(66560), files[object.name])
  steps.same("coding", nil, object.headers["Content-Encoding"])
  for what, change in pairs { SignatureDoesNotMatch = { "aa\r\n", "ab\r\n" },
    IncompleteBody = { "0;chunk%-signature=.*", "" } } do
    local asked = streamed()
    asked.body = asked.body:gsub(change[1], change[2], 1)
    local reply = lab:handle(asked)
    assert(reply.body:find("<Code>" .. what .. "<", 1, true), reply.body)
  end
end)

-- Signed as a client does it.
return all
