// SPDX-License-Identifier: MIT
//
// The digests that SSH files and messages need: SHA-256 for fingerprints and what is
// uploaded, HMAC-SHA-1 for hashed names in known_hosts; and those of S3, MD5 of what is
// stored and HMAC-SHA-256 of what is asked. Nothing is kept secret by them.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define DIGEST_SHA1_SIZE   20
#define DIGEST_SHA256_SIZE 32

void digest_sha256(const void *bytes, size_t length,
                   unsigned char out[DIGEST_SHA256_SIZE]);
// Of a whole file, in constant memory, as hexadecimal digits. Blocks: half a second for
// a gigabyte.
#define DIGEST_HEX_SIZE (2 * DIGEST_SHA256_SIZE + 1)
bool digest_file(const char *path, char hex[DIGEST_HEX_SIZE], int64_t *size,
                 struct fault *fault) FAULT_CHECKED;
// The same by MD5, which proves nothing: for what others name by it.
bool digest_file_md5(const char *path, char hex[DIGEST_HEX_SIZE], int64_t *size,
                     struct fault *fault) FAULT_CHECKED;
void digest_hmac_sha256(const void *key, size_t key_length, const void *bytes,
                        size_t length, unsigned char out[DIGEST_SHA256_SIZE]);
void digest_hmac_sha1(const void *key, size_t key_length, const void *bytes,
                      size_t length, unsigned char out[DIGEST_SHA1_SIZE]);
