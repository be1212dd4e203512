// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/secret.h"

#include <fcntl.h>

// age itself reads the key, and opens with it what it closed for its public half.
static void age_takes_the_identity(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 4; i++) {
        char path[FIXTURE_PATH], command[8 * FIXTURE_PATH], line[64] = "";
        const struct value *identity = secret_age_identity(&fixture->arena, "secret/key");
        assert_int_equal(identity->kind, VALUE_SECRET);
        assert_int_equal(identity->secret.length, 74);
        snprintf(path, sizeof path, "%s/identity_%d", fixture->folder, i);
        int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        assert_int_equal(write(descriptor, identity->secret.bytes, 74), 74);
        close(descriptor);
        snprintf(command, sizeof command,
                 "r=$(age-keygen -y '%s') && echo hello | age -r \"$r\" | age -d -i '%s'",
                 path, path);
        FILE *output = popen(command, "r");
        assert_non_null(output);
        assert_non_null(fgets(line, sizeof line, output));
        assert_int_equal(pclose(output), 0);
        assert_string_equal(line, "hello\n");
    }
}

static void two_differ(void **state)
{
    struct fixture *fixture = *state;
    assert_false(value_equal(secret_age_identity(&fixture->arena, "a"),
                             secret_age_identity(&fixture->arena, "a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(age_takes_the_identity),
        fixture_test(two_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
