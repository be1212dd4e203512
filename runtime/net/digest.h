// SPDX-License-Identifier: MIT
//
// The two digests that SSH files and messages need: SHA-256 for fingerprints and
// HMAC-SHA-1 for hashed names in known_hosts. Nothing is kept secret by them.
#pragma once

#include <stddef.h>

#define DIGEST_SHA1_SIZE   20
#define DIGEST_SHA256_SIZE 32

void digest_sha256(const void *bytes, size_t length,
                   unsigned char out[DIGEST_SHA256_SIZE]);
void digest_hmac_sha1(const void *key, size_t key_length, const void *bytes,
                      size_t length, unsigned char out[DIGEST_SHA1_SIZE]);
