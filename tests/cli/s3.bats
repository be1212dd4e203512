#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The lab's S3, by clients that others wrote: curl and restic sign, and what they put there
# comes back.

load helpers

# One lab for all: each test has a bucket of its own.
setup_file() {
  bats_require_minimum_version 1.5.0
  setup_project
  start_lab
  export project S3_ENDPOINT AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
}
teardown_file() { stop_lab; }

setup() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  pipster=${PIPSTER:-$root/build/pipster}
  cd "$project" || return 1
  bucket=$S3_ENDPOINT/bucket-$BATS_TEST_NUMBER
  s3 -X PUT "$bucket"
  answers 200
}

# curl, signed; status in $status, headers in ./headers, body in ./body.
s3() { # [curl flags] URL
  status=$(curl -sS --aws-sigv4 "aws:amz:${region:-us-east-1}:s3" \
    -u "${key:-$AWS_ACCESS_KEY_ID}:${secret:-$AWS_SECRET_ACCESS_KEY}" \
    -H "x-amz-content-sha256: ${payload:-UNSIGNED-PAYLOAD}" \
    -D headers -o body -w '%{http_code}' "$@")
}

answers() { # STATUS [CODE]
  [ "$status" = "$1" ] || { echo "answered $status"; cat headers body; return 1; }
  [ -z "${2:-}" ] || grep -q "<Code>$2</Code>" body || { cat body; return 1; }
}

sum() { sha256sum <"$1" | cut -d' ' -f1; }

@test "what is put is got, whole and in part, with its MD5 as its tag" {
  head -c 3000000 /dev/urandom >big
  payload=$(sum big) s3 -T big "$bucket/a%20b/%C3%BC"
  answers 200
  grep -qi "^etag: \"$(md5sum <big | cut -d' ' -f1)\"" headers
  s3 "$bucket/a%20b/%C3%BC"
  answers 200
  cmp body big
  s3 -r 2999990- "$bucket/a%20b/%C3%BC"
  answers 206
  cmp body <(tail -c 10 big)
  s3 -I "$bucket/a%20b/%C3%BC"
  answers 200
  grep -qi '^content-length: 3000000' headers
  s3 -X DELETE "$bucket/a%20b/%C3%BC"
  answers 204
  s3 "$bucket/a%20b/%C3%BC"
  answers 404 NoSuchKey
}

@test "a wrong secret, key, region or body is refused, and nothing is kept" {
  secret=wrong s3 "$bucket"
  answers 403 SignatureDoesNotMatch
  key=wrong s3 "$bucket"
  answers 403 InvalidAccessKeyId
  region=eu-central-1 s3 "$bucket"
  answers 400 AuthorizationHeaderMalformed
  echo one >one
  payload=$(sum /dev/null) s3 -T one "$bucket/one"
  answers 400 XAmzContentSHA256Mismatch
  secret=wrong s3 -T one "$bucket/one"
  answers 403 SignatureDoesNotMatch
  status=$(curl -sS -o body -w '%{http_code}' "$bucket")
  answers 403 AccessDenied
  s3 "$bucket"
  answers 200
  ! grep -q '<Key>' body
}

@test "a part of 64 MB passes, and an object comes together from its parts" {
  head -c 67108864 /dev/urandom >first
  echo last >second
  s3 -X POST "$bucket/whole?uploads="
  answers 200
  upload=$(sed -n 's/.*<UploadId>\(.*\)<\/UploadId>.*/\1/p' body)
  for part in first second; do
    number=$((${number:-0} + 1))
    payload=$(sum $part) s3 -T $part "$bucket/whole?partNumber=$number&uploadId=$upload"
    answers 200
    list+="<Part><PartNumber>$number</PartNumber><ETag>\"$(md5sum <$part | cut -c 1-32)\"</ETag></Part>"
  done
  s3 "$bucket/whole"
  answers 404 NoSuchKey
  s3 --data-binary "<CompleteMultipartUpload>${list/PartNumber>1/PartNumber>3}</CompleteMultipartUpload>" \
    "$bucket/whole?uploadId=$upload"
  answers 400 InvalidPart
  s3 --data-binary "<CompleteMultipartUpload>$list</CompleteMultipartUpload>" \
    "$bucket/whole?uploadId=$upload"
  answers 200
  s3 "$bucket/whole"
  cmp body <(cat first second)
  memory=$(awk '/^VmHWM/ { print $2 }' "/proc/$(cat .pipster/lab/daemon.lock)/status")
  [ "$memory" -lt 65536 ] || { echo "the daemon took $memory kB"; return 1; }
}

@test "faults reach it, and are answered as S3 does" {
  echo one >one
  run "$pipster" lab fault s3 503 PUT "/bucket-$BATS_TEST_NUMBER/*"
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  s3 -T one "$bucket/one"
  answers 503 SlowDown
  run "$pipster" lab fault s3 502_after PUT "/bucket-$BATS_TEST_NUMBER/*"
  s3 -T one "$bucket/one"
  answers 502 InternalError
  s3 "$bucket/one"
  answers 200
  jq -se 'any(.[]; .service == "s3" and .status == 502 and .executed)' \
    .pipster/lab/requests.jsonl
}

@test "restic makes a repository, backs up, checks it and restores" {
  command -v restic >/dev/null || skip "restic is not installed"
  export RESTIC_REPOSITORY=s3:$bucket RESTIC_PASSWORD=words XDG_CACHE_HOME=$project/cache
  mkdir data
  head -c 30000000 /dev/urandom >data/one
  head -c 40000000 /dev/urandom >data/two
  restic init
  restic backup data
  restic check --read-data
  restic restore latest --target restored
  diff -r data restored/data
  rm data/one
  restic backup data
  restic forget --keep-last 1 --prune
  restic check
  AWS_SECRET_ACCESS_KEY=wrong run restic snapshots
  [ "$status" -ne 0 ]
  [[ $output == *'signature we calculated does not match'* ]]
}
