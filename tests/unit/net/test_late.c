// SPDX-License-Identifier: MIT
#include "net/late.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const headers[][2] = {
    {"runtime/net/late_curl.h", "libcurl.so.4"},
    {"runtime/net/late_ssh2.h", "libssh2.so.1"},
    {"runtime/net/late_microhttpd.h", "libmicrohttpd.so.12"},
};

// Nothing at link time says whether the names are there: this does.
static int look_up_all(const char *header, const char *library)
{
    FILE *file = fopen(header, "r");
    char line[256], name[128];
    int count = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "#define %127[A-Za-z0-9_](...)", name) != 1 ||
            !strstr(line, "(...)"))
            continue;
        assert_non_null(late_symbol(library, name));
        count++;
    }
    fclose(file);
    return count;
}

static void test_every_name_is_in_its_library(void **state)
{
    (void) state;
#ifndef __SANITIZE_ADDRESS__ // else they are linked in
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_null(dlopen(headers[i][1], RTLD_LAZY | RTLD_NOLOAD));
#endif
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_true(look_up_all(headers[i][0], headers[i][1]) > 10);
}

static void test_what_is_missing_is_named(void **state)
{
    (void) state;
    int ends[2], status = 0;
    char said[512] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        late_symbol("libnowhere.so.1", "nowhere_call");
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(read(ends[0], said, sizeof said - 1) > 0);
    close(ends[0]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
    assert_non_null(strstr(said, "error: libnowhere.so.1 cannot be used"));
    assert_non_null(strstr(said, "install the package that holds it and run again"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_is_in_its_library),
        cmocka_unit_test(test_what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
