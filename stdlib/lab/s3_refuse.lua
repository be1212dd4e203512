-- SPDX-License-Identifier: MIT
--
-- How S3 says no: its error codes with the status of each, raised as a table that the
-- request handler turns into XML.
-- https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
local refuse = {}

-- code → status, message
local known = {
  AccessDenied = { 403, "Access Denied" },
  AuthorizationHeaderMalformed = { 400, "The authorization header is malformed" },
  AuthorizationQueryParametersError = { 400, "The query parameters of the signature are"
    .. " malformed" },
  BadDigest = { 400, "The Content-MD5 you specified did not match what we received." },
  BucketAlreadyOwnedByYou = { 409, "Your previous request to create the named bucket"
    .. " succeeded and you already own it." },
  BucketNotEmpty = { 409, "The bucket you tried to delete is not empty." },
  EntityTooLarge = { 400, "Your proposed upload exceeds the maximum allowed size" },
  EntityTooSmall = { 400, "Your proposed upload is smaller than the minimum allowed"
    .. " size" },
  IncompleteBody = { 400, "You did not provide the number of bytes specified by the"
    .. " Content-Length HTTP header" },
  InvalidAccessKeyId = { 403, "The AWS Access Key Id you provided does not exist in our"
    .. " records." },
  InvalidArgument = { 400, "Invalid Argument" },
  InvalidBucketName = { 400, "The specified bucket is not valid." },
  InvalidDigest = { 400, "The Content-MD5 you specified is not valid." },
  InvalidPart = { 400, "One or more of the specified parts could not be found. The part"
    .. " may not have been uploaded, or the specified entity tag may not match the part's"
    .. " entity tag." },
  InvalidPartOrder = { 400, "The list of parts was not in ascending order. Parts must be"
    .. " ordered by part number." },
  InvalidRange = { 416, "The requested range is not satisfiable" },
  InvalidRequest = { 400, "Invalid Request" },
  KeyTooLongError = { 400, "Your key is too long" },
  MalformedXML = { 400, "The XML you provided was not well-formed or did not validate"
    .. " against our published schema" },
  MethodNotAllowed = { 405, "The specified method is not allowed against this"
    .. " resource." },
  MissingContentLength = { 411, "You must provide the Content-Length HTTP header." },
  NoSuchBucket = { 404, "The specified bucket does not exist" },
  NoSuchKey = { 404, "The specified key does not exist." },
  NoSuchUpload = { 404, "The specified multipart upload does not exist. The upload ID may"
    .. " be invalid, or the upload may have been aborted or completed." },
  NotImplemented = { 501, "A header or parameter you provided implies functionality that"
    .. " is not implemented" },
  PreconditionFailed = { 412, "At least one of the pre-conditions you specified did not"
    .. " hold" },
  RequestTimeTooSkewed = { 403, "The difference between the request time and the current"
    .. " time is too large." },
  SignatureDoesNotMatch = { 403, "The request signature we calculated does not match the"
    .. " signature you provided. Check your key and signing method." },
  SlowDown = { 503, "Please reduce your request rate." },
  XAmzContentSHA256Mismatch = { 400, "The provided 'x-amz-content-sha256' header does not"
    .. " match what was computed." },
}

-- details: more elements of the error, by name.
function refuse.with(code, message, details)
  local told = known[code] or error("no error of S3: " .. tostring(code))
  error({ refused = true, status = told[1], code = code, message = message or told[2],
    details = details }, 0)
end

-- What the faults of the lab's stand-ins are called here, by status.
local others = { [401] = "AccessDenied", [403] = "AccessDenied", [409] =
  "OperationAborted", [429] = "SlowDown", [500] = "InternalError", [502] =
  "InternalError", [503] = "SlowDown", [504] = "InternalError" }

function refuse.code_of(refused)
  if known[refused.code] then return refused.code end
  return others[refused.status] or "InternalError"
end

return refuse
