// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/secret.h"

#include <fcntl.h>

// What ssh-keygen itself makes of the private key; comments of every length mod 8, so
// that each padding is seen.
static void ssh_keygen_derives_the_public_key(void **state)
{
    struct fixture *fixture = *state;
    for (int length = 0; length <= 8; length++) {
        char path[FIXTURE_PATH], command[2 * FIXTURE_PATH], line[1024] = "", comment[16];
        const struct value *private_key = NULL;
        const char *public_key = NULL;
        snprintf(comment, sizeof comment, "%.*s", length, "app@pipster");
        secret_ssh_keypair(&fixture->arena, comment, &private_key, &public_key);
        assert_int_equal(private_key->kind, VALUE_SECRET);
        snprintf(path, sizeof path, "%s/id_%d", fixture->folder, length);
        int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        assert_int_equal(
            write(descriptor, private_key->secret.bytes, private_key->secret.length),
            private_key->secret.length);
        close(descriptor);
        snprintf(command, sizeof command, "ssh-keygen -y -P '' -f '%s'", path);
        FILE *output = popen(command, "r");
        assert_non_null(output);
        assert_non_null(fgets(line, sizeof line, output));
        assert_int_equal(pclose(output), 0);
        line[strcspn(line, "\n")] = '\0';
        // Without a comment ssh-keygen prints no blank either.
        assert_memory_equal(line, public_key, strlen(line));
        assert_memory_equal(line, "ssh-ed25519 AAAA", 16);
        if (length > 0)
            assert_string_equal(line, public_key);
        const char *derived = secret_ssh_public(&fixture->arena, private_key);
        assert_non_null(derived);
        assert_memory_equal(derived, public_key, strlen(derived));
        assert_int_equal(strcspn(public_key, " ") + 1 +
                             strcspn(public_key + strcspn(public_key, " ") + 1, " "),
                         strlen(derived));
    }
}

static void two_pairs_differ(void **state)
{
    struct fixture *fixture = *state;
    const struct value *first = NULL, *second = NULL;
    const char *public_first = NULL, *public_second = NULL;
    secret_ssh_keypair(&fixture->arena, "a", &first, &public_first);
    secret_ssh_keypair(&fixture->arena, "a", &second, &public_second);
    assert_false(value_equal(first, second));
    assert_string_not_equal(public_first, public_second);
}

// Cut anywhere, or another thing altogether, it has no public half.
static void what_is_no_key_has_no_public_half(void **state)
{
    struct fixture *fixture = *state;
    const struct value *whole = NULL;
    const char *public_key = NULL;
    secret_ssh_keypair(&fixture->arena, "a", &whole, &public_key);
    for (size_t length = 0; length < 130; length++) {
        const struct value *part =
            value_secret(&fixture->arena, "a", whole->secret.bytes, length);
        assert_null(secret_ssh_public(&fixture->arena, part));
    }
    assert_null(secret_ssh_public(&fixture->arena,
                                  value_secret(&fixture->arena, "a", "a password", 10)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(ssh_keygen_derives_the_public_key),
        fixture_test(two_pairs_differ),
        fixture_test(what_is_no_key_has_no_public_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
