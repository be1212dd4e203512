-- SPDX-License-Identifier: MIT
-- The stand-in of S3: what is done, and what is refused with which error.
local s3 = require "tests.types.harness.s3"

local id, scope, empty = s3.id, s3.scope, s3.empty
local call, expect, made = s3.call, s3.expect, s3.made
local all = {}
local function add(what, run) all[#all + 1] = { what = what, run = run } end

local refused = {
  { 404, "NoSuchBucket", "GET", "/none" }, { 404, "NoSuchKey", "GET", "/box/none" },
  { 404, nil, "HEAD", "/box/none" }, { 400, "InvalidBucketName", "PUT", "/Box" },
  { 409, "BucketAlreadyOwnedByYou", "PUT", "/box" },
  { 409, "BucketNotEmpty", "DELETE", "/box" },
  { 400, "XAmzContentSHA256Mismatch", "PUT", "/box/a", nil, "x",
    { ["x-amz-content-sha256"] = empty } },
  { 400, "XAmzContentSHA256Mismatch", "DELETE", "/box/a", nil, nil,
    { ["x-amz-content-sha256"] = ("0"):rep(64) } },
  { 400, "InvalidRequest", "GET", "/box/a", nil, "x" },
  { 400, "BadDigest", "PUT", "/box/a", nil, "x",
    { ["content-md5"] = "1B2M2Y8AsgTpgAmY7PhCfg==" } },
  { 400, "InvalidDigest", "PUT", "/box/a", nil, "x", { ["content-md5"] = "AAAA" } },
  { 501, "NotImplemented", "PUT", "/box/a", nil, "x",
    { ["x-amz-copy-source"] = "/box/a" } },
  { 501, "NotImplemented", "GET", "/box", { acl = "" } },
  { 405, "MethodNotAllowed", "POST", "/box/a", nil },
  { 404, "NoSuchUpload", "PUT", "/box/a", { uploadId = "x", partNumber = "1" }, "x" },
  { 416, "InvalidRange", "GET", "/box/a", nil, nil, { range = "bytes=9-" } },
  { 412, "PreconditionFailed", "GET", "/box/a", nil, nil, { ["if-match"] = '"x"' } },
  { 400, "InvalidRequest", "POST", "/box", { delete = "" }, "<Delete></Delete>" },
  { 400, "InvalidArgument", "GET", "/box", { ["max-keys"] = "x" } },
  { 400, "KeyTooLongError", "GET", "/box/" .. ("k"):rep(1025) },
}
for _, case in ipairs(refused) do
  add("refused: " .. (case[2] or case[3] .. " " .. case[4]), function()
    local lab = made(s3.install(), "box")
    expect(call(lab, "PUT", "/box/a", nil, "hello"), 200)
    expect(call(lab, table.unpack(case, 3, 7)), case[1], case[2])
  end)
end

add("nobody, another key and another region are refused", function(_, steps)
  local lab = made(s3.install(), "box")
  local asked = s3.request("GET", "/box", nil, { ["x-amz-content-sha256"] = empty })
  expect(lab:handle(asked), 403, "AccessDenied")
  local function with(credential, code, status)
    asked.headers.authorization = "AWS4-HMAC-SHA256 Credential=" .. credential
      .. ", SignedHeaders=host, Signature=" .. ("0"):rep(64)
    return expect(lab:handle(asked), status, code).body
  end
  with("someone/" .. scope, "InvalidAccessKeyId", 403)
  local told = with(id .. "/20130524/eu-1/s3/aws4_request",
    "AuthorizationHeaderMalformed", 400)
  assert(told:find("<Region>us-east-1</Region>", 1, true))
  with(id .. "/20130524/us-east-1/iam/aws4_request", "AuthorizationHeaderMalformed", 400)
  steps.same("nothing was logged as executed", false, lab.requests[1].executed)
end)

add("a part of an object is told as such", function(_, steps)
  local lab, files = s3.install()
  made(lab, "box")
  call(lab, "PUT", "/box/a b/ü", nil, "0123456789", { ["x-amz-meta-who"] = "me" })
  for range, told in pairs { ["bytes=2-4"] = "206 2 3 bytes 2-4/10", ["bytes=7-"] =
    "206 7 3 bytes 7-9/10", ["bytes=-4"] = "206 6 4 bytes 6-9/10", ["bytes=0-99"] =
    "206 0 10 bytes 0-9/10", ["bytes=1-2,4-5"] = "200 0 10 " } do
    local reply = call(lab, "GET", "/box/a b/ü", nil, nil, { range = range })
    steps.same(range, told, ("%d %d %d %s"):format(reply.status, reply.from, reply.length,
      reply.headers["Content-Range"] or ""))
    steps.same("meta", "me", reply.headers["x-amz-meta-who"])
    steps.same("bytes", "0123456789", files[reply.file])
  end
  steps.same("ETag", '"781e5e245d69b566979b86e28d23f2c7"',
    call(lab, "HEAD", "/box/a b/ü").headers.ETag)
  steps.same("when", "Fri, 24 May 2013 00:00:00 GMT",
    call(lab, "HEAD", "/box/a b/ü").headers["Last-Modified"])
  expect(call(lab, "GET", "/box/a b/ü", nil, nil, { ["if-none-match"] = "*" }), 304)
end)

local function keys_of(text)
  local list = {}
  for key in text:gmatch "<Key>(.-)</Key>" do list[#list + 1] = key end
  for key in text:gmatch "<CommonPrefixes><Prefix>(.-)</Prefix>" do
    list[#list + 1] = key
  end
  return table.concat(list, " ")
end

add("a list comes in pages, by prefix and delimiter, in both versions", function(_, steps)
  local lab = made(s3.install(), "box")
  for key in ("a/1 a/2 b b/1 c&d e/f/1"):gmatch "%S+" do
    call(lab, "PUT", "/box/" .. key, nil, "x")
  end
  local function list(query) return expect(call(lab, "GET", "/box", query), 200).body end
  steps.same("all", "a/1 a/2 b b/1 c&amp;d e/f/1", keys_of(list {}))
  steps.same("rolled", "b c&amp;d a/ b/ e/", keys_of(list { delimiter = "/" }))
  steps.same("prefix", "e/f/", keys_of(list { delimiter = "/", prefix = "e/" }))
  steps.same("encoded", "b c%26d a/ b/ e/",
    keys_of(list { delimiter = "/", ["encoding-type"] = "url" }))
  local one = list { delimiter = "/", ["max-keys"] = "2" }
  steps.same("page 1", "b a/", keys_of(one))
  steps.same("marker", "b", one:match "<NextMarker>(.-)<")
  steps.same("page 2", "c&amp;d b/", keys_of(list { delimiter = "/", ["max-keys"] = "2",
    marker = "b" }))
  local query, pages = { ["list-type"] = "2", ["max-keys"] = "4" }, {}
  repeat
    local text = list(query)
    pages[#pages + 1] = keys_of(text)
    query["continuation-token"] = text:match "<NextContinuationToken>(.-)<"
  until text:find "<IsTruncated>false"
  steps.same("pages", "a/1 a/2 b b/1|c&amp;d e/f/1", table.concat(pages, "|"))
  steps.same("after", "c&amp;d e/f/1", keys_of(list { ["list-type"] = "2",
    ["start-after"] = "b/1" }))
end)

add("many are deleted at once, whether they are there or not", function(_, steps)
  local lab, files = s3.install()
  made(lab, "box")
  call(lab, "PUT", "/box/a<b", nil, "x")
  local text = '<?xml version="1.0"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/'
    .. '2006-03-01/"><Object><Key>a&lt;b</Key></Object> <Object><Key>&#x6e;</Key>'
    .. "</Object></Delete>"
  local md5 = s3.raw(require "lab.md5"(text))
  local reply = expect(call(lab, "POST", "/box", { delete = "" }, text,
    { ["content-md5"] = require("encode").base64(md5) }), 200)
  steps.same("told", "a&lt;b n", keys_of(reply.body))
  steps.same("objects", nil, next(lab.buckets.box.objects))
  steps.same("files", nil, next(files))
end)

local function complete(lab, upload, parts)
  local text = "<CompleteMultipartUpload>"
  for _, part in ipairs(parts) do
    text = text .. "<Part><PartNumber>" .. part[1] .. "</PartNumber><ETag>" .. part[2]
      .. "</ETag></Part>"
  end
  return call(lab, "POST", "/box/a", { uploadId = upload },
    text .. "</CompleteMultipartUpload>")
end

add("an object comes in parts", function(_, steps)
  local lab, files = s3.install()
  made(lab, "box")
  local begun = call(lab, "POST", "/box/a", { uploads = "" }, "",
    { ["content-type"] = "text/x" })
  local upload = begun.body:match "<UploadId>(.-)<"
  local function put(number, text)
    return call(lab, "PUT", "/box/a", { uploadId = upload, partNumber = number },
      text).headers.ETag
  end
  local one, two = put("1", "first"), put("2", "second")
  expect(complete(lab, upload, { { 1, one }, { 2, two } }), 400, "EntityTooSmall")
  expect(complete(lab, upload, { { 1, one }, { 2, one } }), 400, "InvalidPart")
  expect(complete(lab, upload, { { 2, two }, { 1, one } }), 400, "InvalidPartOrder")
  expect(complete(lab, upload, {}), 400, "MalformedXML")
  local listed = call(lab, "GET", "/box/a", { uploadId = upload }).body
  assert(listed:find("<PartNumber>2</PartNumber>", 1, true) and listed:find(two:gsub('"',
    "&quot;"), 1, true), listed)
  lab.buckets.box.uploads[upload].parts[1].size = 5 << 20
  local reply = expect(complete(lab, upload, { { 1, one }, { 2, two } }), 200)
  assert(reply.body:find('%x+%-2&quot;</ETag>'), reply.body)
  steps.same("bytes", "firstsecond", files[lab.buckets.box.objects.a.name])
  steps.same("type", "text/x", call(lab, "HEAD", "/box/a").headers["Content-Type"])
  expect(complete(lab, upload, { { 1, one } }), 404, "NoSuchUpload")
  local other = call(lab, "POST", "/box/b", { uploads = "" }).body:match "<UploadId>(.-)<"
  call(lab, "PUT", "/box/b", { uploadId = other, partNumber = "1" }, "x")
  expect(call(lab, "DELETE", "/box/b", { uploadId = other }), 204)
  steps.same("uploads", nil, next(lab.buckets.box.uploads))
  local left = 0
  for _ in pairs(files) do left = left + 1 end
  steps.same("files", 1, left)
end)

add("a fault is answered in XML", function(_, steps)
  local lab = made(s3.install(), "box")
  for kind, told in pairs { ["500"] = "500 InternalError", ["503"] = "503 SlowDown",
    ["502_after"] = "502 InternalError", late = "504 InternalError" } do
    lab.faults = { { fault = kind } }
    local reply = call(lab, "PUT", "/box/a", nil, kind)
    steps.same(kind, told, reply.status .. " " .. reply.body:match "<Code>(.-)<")
    steps.same("done by " .. kind, kind == "late" or kind == "502_after",
      lab.buckets.box.objects.a ~= nil)
    call(lab, "DELETE", "/box/a")
  end
end)

return all
