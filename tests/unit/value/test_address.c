// SPDX-License-Identifier: MIT
#include "value/fixture.h"

#include "value/address.h"

#include <string.h>

static void parses_and_formats_back(void **state)
{
    static const struct {
        const char *text;
        struct address parts;
    } cases[] = {
        {"hetzner.server/app", {NULL, "hetzner.server", "app"}},
        {"host/app", {NULL, "host", "app"}},
        {"secret/jwt_key", {NULL, "secret", "jwt_key"}},
        {"app:package/git", {"app", "package", "git"}},
        {"app:file/etc/caddy/Caddyfile", {"app", "file", "/etc/caddy/Caddyfile"}},
        {"app:file/swapfile", {"app", "file", "/swapfile"}},
        {"app:line/etc/hosts", {"app", "line", "/etc/hosts"}},
        {"app:docker.engine", {"app", "docker.engine", NULL}},
        {"app:docker.image/ghcr.io/pipster/identity",
         {"app", "docker.image", "ghcr.io/pipster/identity"}},
        {"app:file/etc/with space:and colon",
         {"app", "file", "/etc/with space:and colon"}},
        {"hetzner.record/a:b", {NULL, "hetzner.record", "a:b"}},
    };
    struct address parts;
    struct fault fault;

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct address *want = &cases[i].parts;
        assert_true(address_parse(&arena, cases[i].text, &parts, &fault));
        assert_string_equal(parts.type, want->type);
        assert_true(!parts.host == !want->host);
        assert_true(!parts.name == !want->name);
        assert_string_equal(parts.host ? parts.host : "", want->host ? want->host : "");
        assert_string_equal(parts.name ? parts.name : "", want->name ? want->name : "");
        assert_string_equal(address_format(&arena, parts.host, parts.type, parts.name),
                            cases[i].text);
    }
}

static void refuses_nonsense(void **state)
{
    static const char *const wrong[] = {
        "",
        "app",
        "/app",
        "hetzner.server/",
        "host//",
        ":package/git",
        "App:package/git",
        "app:",
        "app:/git",
        "app:Package/git",
        "a..b/c",
        ".a/c",
        "a./c",
        "9a/c",
        "a b/c",
        "a/b\nc",
        "a/\x7F",
        "-app:package/git",
        "a:b:c/d",
        "hetzner.server//app",
        "app:file//etc",
        "app:package/",
    };
    struct address parts;
    struct fault fault;

    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fault_clear(&fault);
        assert_false(address_parse(&arena, wrong[i], &parts, &fault));
        assert_true(fault_is_set(&fault));
        assert_true(strlen(fault.why) > 0);
    }
}

static void checks_cloud_names(void **state)
{
    char longest[65];

    (void) state;
    memset(longest, 'a', sizeof longest);
    longest[63] = '\0';
    assert_true(address_name_is_valid(longest));
    longest[63] = 'a';
    longest[64] = '\0';
    assert_false(address_name_is_valid(longest));
    assert_true(address_name_is_valid("a"));
    assert_true(address_name_is_valid("0-a--9"));
    assert_false(address_name_is_valid(""));
    assert_false(address_name_is_valid("-a"));
    assert_false(address_name_is_valid("a-"));
    assert_false(address_name_is_valid("-"));
    assert_false(address_name_is_valid("a_b"));
    assert_false(address_name_is_valid("A"));
    assert_false(address_name_is_valid("ä"));
}

static void matches_globs(void **state)
{
    (void) state;
    assert_true(address_matches("hetzner.server/app", "hetzner.server/app"));
    assert_true(address_matches("hetzner.server/app", "hetzner.*"));
    assert_true(address_matches("hetzner.server/app", "*/app"));
    assert_true(address_matches("hetzner.server/app-12", "*/app-??"));
    assert_true(address_matches("", ""));
    assert_true(address_matches("", "**"));
    assert_true(address_matches("aXbXc", "a*b*c"));
    assert_true(address_matches("abab", "*ab"));
    assert_false(address_matches("hetzner.server/app", "hetzner.server/ap"));
    assert_false(address_matches("hetzner.server/ap", "hetzner.server/app"));
    assert_false(address_matches("a", "?*?"));
    assert_false(address_matches("", "?"));
    assert_false(address_matches("a", ""));
    assert_false(address_matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                 "*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_formats_back),
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(checks_cloud_names),
        cmocka_unit_test(matches_globs),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
