// SPDX-License-Identifier: MIT
#include "net/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *hmac_of(const void *key, size_t key_length, const char *text)
{
    static char hex[DIGEST_HEX_SIZE];
    unsigned char sum[DIGEST_SHA256_SIZE];
    digest_hmac_sha256(key, key_length, text, strlen(text), sum);
    for (size_t i = 0; i < sizeof sum; i++)
        snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    return hex;
}

// RFC 4231, cases 1, 2 and 6, and nothing at all.
static void hmacs_are_those_of_the_standard(void **state)
{
    (void) state;
    unsigned char key[131];
    memset(key, 0x0b, 20);
    assert_string_equal(
        hmac_of(key, 20, "Hi There"),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_string_equal(
        hmac_of("Jefe", 4, "what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    assert_string_equal(
        hmac_of(key, sizeof key,
                "Test Using Larger Than Block-Size Key - Hash Key First"),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_string_equal(
        hmac_of(NULL, 0, ""),
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void a_file_is_digested_whole(void **state)
{
    (void) state;
    char path[] = "/tmp/pipster-digest-XXXXXX", hex[DIGEST_HEX_SIZE];
    struct fault fault = {0};
    int64_t size;
    int fd = mkstemp(path);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(write(fd, "a", 1), 1);
    close(fd);
    assert_true(digest_file_md5(path, hex, &size, &fault));
    assert_string_equal(hex, "1af6d6f2f682f76f80e606aeaaee1680");
    assert_int_equal(size, 100000);
    assert_true(digest_file(path, hex, &size, &fault));
    assert_string_equal(
        hex, "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee");
    unlink(path);
    assert_false(digest_file_md5(path, hex, &size, &fault));
    assert_string_equal(fault.why, "No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmacs_are_those_of_the_standard),
        cmocka_unit_test(a_file_is_digested_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
