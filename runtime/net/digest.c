// SPDX-License-Identifier: MIT
//
// SHA-1 and SHA-256 share their padding (FIPS 180-4): blocks of 64 bytes, a one bit,
// zeros, and the length in bits. Only the step over one block differs.
#include "net/digest.h"

#include "net/late.h"

#include <openssl/evp.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CRYPTO_LATE(name) LATE("libcrypto.so.3", name)

#define BLOCK_SIZE 64

typedef void (*compress_fn)(uint32_t *state, const unsigned char *block);

static uint32_t rotate_left(uint32_t word, unsigned count)
{
    return word << count | word >> (32 - count);
}

static uint32_t rotate_right(uint32_t word, unsigned count)
{
    return word >> count | word << (32 - count);
}

static uint32_t load_word(const unsigned char *at)
{
    return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 |
           at[3];
}

static void store_words(const uint32_t *words, size_t count, unsigned char *out)
{
    for (size_t i = 0; i < count * 4; i++)
        out[i] = (unsigned char) (words[i / 4] >> (24 - 8 * (i % 4)));
}

static void compress_sha1(uint32_t *state, const unsigned char *block)
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t w[80];
    for (size_t i = 0; i < 16; i++)
        w[i] = load_word(block + 4 * i);
    for (int i = 16; i < 80; i++)
        w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 80; i++) {
        uint32_t mixed = b ^ c ^ d;
        if (i < 20)
            mixed = (b & c) | (~b & d);
        else if (i >= 40 && i < 60)
            mixed = (b & c) | (b & d) | (c & d);
        uint32_t next = rotate_left(a, 5) + mixed + e + constants[i / 20] + w[i];
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static const uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
};

static void compress_sha256(uint32_t *state, const unsigned char *block)
{
    uint32_t w[64];
    for (size_t i = 0; i < 16; i++)
        w[i] = load_word(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3) +
               w[i - 7] + (rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10);
    }
    uint32_t s[8];
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t sum =
            rotate_right(s[4], 6) ^ rotate_right(s[4], 11) ^ rotate_right(s[4], 25);
        uint32_t first =
            s[7] + sum + ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha256_constants[i] + w[i];
        sum = rotate_right(s[0], 2) ^ rotate_right(s[0], 13) ^ rotate_right(s[0], 22);
        uint32_t second = sum + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += first;
        s[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

// The last bytes, fewer than a block, of `length` in all.
static void hash_end(compress_fn compress, uint32_t *state, const unsigned char *at,
                     uint64_t length)
{
    size_t left = length % BLOCK_SIZE;
    unsigned char last[2 * BLOCK_SIZE] = {0};
    if (left > 0)
        memcpy(last, at, left);
    last[left] = 0x80;
    size_t size = left + 9 <= BLOCK_SIZE ? BLOCK_SIZE : sizeof last;
    for (int i = 0; i < 8; i++)
        last[size - 1 - (size_t) i] = (unsigned char) (length * 8 >> (8 * i));
    for (size_t done = 0; done < size; done += BLOCK_SIZE)
        compress(state, last + done);
}

static void hash(compress_fn compress, uint32_t *state, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (size_t left = length; left >= BLOCK_SIZE; left -= BLOCK_SIZE, at += BLOCK_SIZE)
        compress(state, at);
    hash_end(compress, state, at, length);
}

void digest_sha256(const void *bytes, size_t length,
                   unsigned char out[DIGEST_SHA256_SIZE])
{
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    hash(compress_sha256, state, bytes, length);
    store_words(state, 8, out);
}

static EVP_MD_CTX *begin(const EVP_MD *how)
{
    EVP_MD_CTX *context = CRYPTO_LATE(EVP_MD_CTX_new)();
    if (!context || !CRYPTO_LATE(EVP_DigestInit_ex)(context, how, NULL))
        abort();
    return context;
}

static unsigned end(EVP_MD_CTX *context, unsigned char out[DIGEST_SHA256_SIZE])
{
    unsigned size = 0;
    CRYPTO_LATE(EVP_DigestFinal_ex)(context, out, &size);
    CRYPTO_LATE(EVP_MD_CTX_free)(context);
    return size;
}

// By the library below libssh2, which knows what the processor can do: a gigabyte takes
// half a second instead of ten.
static bool hash_file(int fd, EVP_MD_CTX *context, int64_t *length)
{
    char buffer[65536];
    ssize_t got = -1;
    *length = 0;
    while ((got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        CRYPTO_LATE(EVP_DigestUpdate)(context, buffer, (size_t) got);
        *length += got;
    }
    return got == 0;
}

static bool file_by(const EVP_MD *how, const char *path, char *hex, int64_t *size,
                    struct fault *fault)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[DIGEST_SHA256_SIZE];
    EVP_MD_CTX *context = begin(how);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && hash_file(fd, context, size);
    int cause = errno;
    unsigned bytes = end(context, sum);
    if (fd >= 0)
        close(fd);
    if (!ok) {
        fault_set(fault, FAULT_ERROR, "%s cannot be read", path);
        fault_why(fault, "%s", strerror(cause));
        return fault_next(fault, "see that it is a file, and may be read");
    }
    for (size_t i = 0; i < bytes; i++) {
        hex[2 * i] = digits[sum[i] >> 4];
        hex[2 * i + 1] = digits[sum[i] & 15];
    }
    hex[(size_t) 2 * bytes] = '\0';
    return true;
}

bool digest_file(const char *path, char hex[DIGEST_HEX_SIZE], int64_t *size,
                 struct fault *fault)
{
    return file_by(CRYPTO_LATE(EVP_sha256)(), path, hex, size, fault);
}

bool digest_file_md5(const char *path, char hex[DIGEST_HEX_SIZE], int64_t *size,
                     struct fault *fault)
{
    return file_by(CRYPTO_LATE(EVP_md5)(), path, hex, size, fault);
}

void digest_hmac_sha256(const void *key, size_t key_length, const void *bytes,
                        size_t length, unsigned char out[DIGEST_SHA256_SIZE])
{
    unsigned char pad[BLOCK_SIZE] = {0};
    if (key_length > BLOCK_SIZE)
        digest_sha256(key, key_length, pad);
    else if (key_length > 0)
        memcpy(pad, key, key_length);
    for (int i = 0; i < BLOCK_SIZE; i++)
        pad[i] ^= 0x36;
    EVP_MD_CTX *inner = begin(CRYPTO_LATE(EVP_sha256)());
    CRYPTO_LATE(EVP_DigestUpdate)(inner, pad, BLOCK_SIZE);
    CRYPTO_LATE(EVP_DigestUpdate)(inner, bytes, length);
    end(inner, out);
    for (int i = 0; i < BLOCK_SIZE; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    EVP_MD_CTX *outer = begin(CRYPTO_LATE(EVP_sha256)());
    CRYPTO_LATE(EVP_DigestUpdate)(outer, pad, BLOCK_SIZE);
    CRYPTO_LATE(EVP_DigestUpdate)(outer, out, DIGEST_SHA256_SIZE);
    end(outer, out);
}

static void sha1(const void *bytes, size_t length, unsigned char out[DIGEST_SHA1_SIZE])
{
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    hash(compress_sha1, state, bytes, length);
    store_words(state, 5, out);
}

void digest_hmac_sha1(const void *key, size_t key_length, const void *bytes,
                      size_t length, unsigned char out[DIGEST_SHA1_SIZE])
{
    unsigned char pad[BLOCK_SIZE] = {0};
    unsigned char buffer[BLOCK_SIZE + 2048];
    assert(length <= sizeof buffer - BLOCK_SIZE);
    if (key_length > BLOCK_SIZE)
        sha1(key, key_length, pad);
    else
        memcpy(pad, key, key_length);
    for (int i = 0; i < BLOCK_SIZE; i++)
        buffer[i] = pad[i] ^ 0x36;
    memcpy(buffer + BLOCK_SIZE, bytes, length);
    unsigned char inner[DIGEST_SHA1_SIZE];
    sha1(buffer, BLOCK_SIZE + length, inner);
    for (int i = 0; i < BLOCK_SIZE; i++)
        buffer[i] = pad[i] ^ 0x5c;
    memcpy(buffer + BLOCK_SIZE, inner, sizeof inner);
    sha1(buffer, BLOCK_SIZE + sizeof inner, out);
}
