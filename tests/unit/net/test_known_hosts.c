// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "net/digest.h"
#include "net/known_hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ED_ONE "AAAAC3NzaC1lZDI1NTE5AAAAIHhk+h5vTc2cGOhCaqzsai0geeOXsYBBHQJ4PCBEA1Nn"
#define ED_TWO "AAAAC3NzaC1lZDI1NTE5AAAAIHhk+h5vTc2cGOhCaqzsai0geeOXsYBBHQJ4PCBEA1No"
#define EC_ONE                                                                           \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBEiRxTM2zkLqxTVlQ1bIBbc5XOaSE" \
    "xQ"                                                                                 \
    "SVH3ZpMDFLjwzDFmhdBqRPGN5mlN4TLEVTxyxA5vzMDbIKQRBtYqMqE="
#define ED(blob) "ssh-ed25519 " blob
#define EC(blob) "ecdsa-sha2-nistp256 " blob

struct reading {
    struct arena arena;
    struct known_hosts known;
    struct fault fault;
};

static bool read_text(struct reading *reading, const char *text, const char *host,
                      int port)
{
    memset(reading, 0, sizeof *reading);
    arena_init(&reading->arena, 0);
    return known_hosts_read(&reading->arena, text, host, port, &reading->known,
                            &reading->fault);
}

static enum known_hosts_verdict verdict(const char *text, const char *host, int port,
                                        const char *type, const char *blob)
{
    struct reading reading;
    assert_true(read_text(&reading, text, host, port));
    enum known_hosts_verdict found = known_hosts_judge(&reading.known, type, blob);
    arena_clear(&reading.arena);
    return found;
}

static enum known_hosts_verdict ed_verdict(const char *text, const char *host, int port)
{
    return verdict(text, host, port, "ssh-ed25519", ED_ONE);
}

static void test_names(void **state)
{
    (void) state;
    const char *plain = "a.example,192.0.2.1 " ED(ED_ONE) " a comment\n";
    assert_int_equal(ed_verdict(plain, "a.example", 22), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(plain, "A.Example", 22), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(plain, "192.0.2.1", 22), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(plain, "a.exampl", 22), KNOWN_HOSTS_NEW);
    assert_int_equal(ed_verdict(plain, "192.0.2.11", 22), KNOWN_HOSTS_NEW);
    assert_int_equal(ed_verdict(plain, "a.example", 2222), KNOWN_HOSTS_NEW);
    const char *port = "[a.example]:2222 " ED(ED_ONE);
    assert_int_equal(ed_verdict(port, "a.example", 2222), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(port, "a.example", 22), KNOWN_HOSTS_NEW);
}

static void test_patterns(void **state)
{
    (void) state;
    const char *text =
        "*.example,!bad.example " ED(ED_ONE) "\n"
                                             "[127.0.0.*]:22?? " ED(ED_ONE) "\n";
    assert_int_equal(ed_verdict(text, "good.example", 22), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(text, "bad.example", 22), KNOWN_HOSTS_NEW);
    assert_int_equal(ed_verdict(text, "example", 22), KNOWN_HOSTS_NEW);
    assert_int_equal(ed_verdict(text, "127.0.0.1", 2222), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(text, "127.0.0.1", 222), KNOWN_HOSTS_NEW);
    assert_int_equal(
        ed_verdict("*a*a*a*b " ED(ED_ONE), "aaaaaaaaaaaaaaaaaaaaaaaaaaaac", 22),
        KNOWN_HOSTS_NEW);
}

static void test_changed_and_other(void **state)
{
    (void) state;
    assert_int_equal(ed_verdict("h " ED(ED_TWO), "h", 22), KNOWN_HOSTS_CHANGED);
    assert_int_equal(ed_verdict("h " EC(EC_ONE), "h", 22), KNOWN_HOSTS_OTHER);
    assert_int_equal(ed_verdict("h " ED(ED_TWO) "\nh " ED(ED_ONE), "h", 22),
                     KNOWN_HOSTS_MATCH);
    assert_int_equal(verdict("h " EC(EC_ONE), "h", 22, "ecdsa-sha2-nistp256", EC_ONE),
                     KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict("", "h", 22), KNOWN_HOSTS_NEW);
}

static void test_revoked(void **state)
{
    (void) state;
    struct reading reading;
    assert_int_equal(ed_verdict("h " ED(ED_ONE) "\n@revoked * " ED(ED_ONE), "h", 22),
                     KNOWN_HOSTS_REVOKED);
    assert_int_equal(ed_verdict("h " ED(ED_ONE) "\n@revoked g " ED(ED_ONE), "h", 22),
                     KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict("@revoked h " ED(ED_TWO), "h", 22), KNOWN_HOSTS_NEW);
    assert_false(read_text(&reading, "# x\n@revoked h ssh-ed25519 AAAA!", "h", 22));
    assert_non_null(strstr(reading.fault.what, "line 2"));
    arena_clear(&reading.arena);
}

static void test_what_is_not_a_key_is_passed_over(void **state)
{
    (void) state;
    const char *text = "\n#h " ED(ED_ONE) "\r\nh\nh ssh-ed25519\nh ssh-ed25519 ====\n"
                                          "h ssh-rsa " ED_ONE "\n@cert-authority h " ED(
                                              ED_ONE) "\n@x h " ED(ED_ONE) "\n\t \n";
    assert_int_equal(ed_verdict(text, "h", 22), KNOWN_HOSTS_NEW);
    assert_int_equal(ed_verdict("  \th\t" ED(ED_ONE) "\r\n", "h", 22), KNOWN_HOSTS_MATCH);
}

// ssh-keygen itself hashes the names.
static void test_hashed_names(void **state)
{
    (void) state;
    char path[] = "/tmp/pipster-known-XXXXXX", command[256], text[4096];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    dprintf(fd, "h.example " ED(ED_ONE) "\n[h.example]:2222 " ED(ED_TWO) "\n");
    close(fd);
    snprintf(command, sizeof command, "ssh-keygen -q -H -f %s >/dev/null 2>&1", path);
    assert_int_equal(system(command), 0);
    FILE *file = fopen(path, "r");
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    unlink(path);
    snprintf(command, sizeof command, "%s.old", path);
    unlink(command);
    assert_int_equal(strncmp(text, "|1|", 3), 0);
    assert_int_equal(ed_verdict(text, "h.example", 22), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(text, "H.example", 22), KNOWN_HOSTS_MATCH);
    assert_int_equal(ed_verdict(text, "h.example", 2222), KNOWN_HOSTS_CHANGED);
    assert_int_equal(ed_verdict(text, "g.example", 22), KNOWN_HOSTS_NEW);
    assert_int_equal(ed_verdict("|1||1| " ED(ED_ONE) "\n|1|AAAA " ED(ED_ONE), "h", 22),
                     KNOWN_HOSTS_NEW);
}

static void test_preference_begins_with_what_is_known(void **state)
{
    (void) state;
    struct arena arena;
    arena_init(&arena, 0);
    struct known_hosts_key key = {.type = "ecdsa-sha2-nistp256", .base64 = EC_ONE};
    const char *none = known_hosts_preference(&arena, NULL, 0);
    const char *one = known_hosts_preference(&arena, &key, 1);
    assert_int_equal(strncmp(none, "ssh-ed25519,ecdsa-sha2-nistp256,", 32), 0);
    assert_int_equal(strncmp(one, "ecdsa-sha2-nistp256,ssh-ed25519,", 32), 0);
    assert_int_equal(strlen(none), strlen(one));
    arena_clear(&arena);
}

static void test_keys_are_parsed(void **state)
{
    (void) state;
    struct arena arena;
    struct known_hosts_key key;
    struct fault fault = {0};
    arena_init(&arena, 0);
    assert_true(known_hosts_parse_key(&arena, " " ED(ED_ONE) " me@here\n", &key, &fault));
    assert_string_equal(key.type, "ssh-ed25519");
    assert_string_equal(key.base64, ED_ONE);
    // As ssh-keygen -l prints it.
    assert_string_equal(known_hosts_fingerprint(&arena, ED_ONE),
                        "SHA256:PVO6I9/YsgFATkoXdXeJE7s6yfAjxYEhXFsM7rOpSJI");
    assert_false(known_hosts_parse_key(&arena, "", &key, &fault));
    assert_false(known_hosts_parse_key(&arena, ED_ONE, &key, &fault));
    assert_false(known_hosts_parse_key(&arena, "ssh-rsa " ED_ONE, &key, &fault));
    assert_false(known_hosts_parse_key(&arena, "ssh-ed25519 A" ED_ONE, &key, &fault));
    assert_true(fault_is_set(&fault));
    assert_non_null(known_hosts_fingerprint(&arena, "!"));
    arena_clear(&arena);
}

static void assert_hex(const unsigned char *bytes, size_t length, const char *expected)
{
    char text[2 * DIGEST_SHA256_SIZE + 1];
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(text, expected);
}

// FIPS 180-4 and RFC 2202; the lengths on both sides of a block's edge.
static void test_digests(void **state)
{
    (void) state;
    unsigned char out[DIGEST_SHA256_SIZE], key[80];
    digest_sha256("", 0, out);
    assert_hex(out, 32,
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
    assert_hex(out, 32,
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    digest_hmac_sha1("Jefe", 4, "what do ya want for nothing?", 28, out);
    assert_hex(out, 20, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    memset(key, 0xaa, sizeof key);
    digest_hmac_sha1(key, sizeof key,
                     "Test Using Larger Than Block-Size Key - Hash Key First", 54, out);
    assert_hex(out, 20, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_changed_and_other),
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_what_is_not_a_key_is_passed_over),
        cmocka_unit_test(test_hashed_names),
        cmocka_unit_test(test_preference_begins_with_what_is_known),
        cmocka_unit_test(test_keys_are_parsed),
        cmocka_unit_test(test_digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
