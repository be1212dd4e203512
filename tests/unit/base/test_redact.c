// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/redact.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int forget(void **state)
{
    (void) state;
    redact_mask_on(NULL);
    redact_clear();
    return 0;
}

static void add(const char *secret)
{
    redact_add(secret, strlen(secret));
}

static void expect(const char *given, const char *shown)
{
    struct text text;
    text_init(&text, 0);
    text_add(&text, given);
    assert_int_equal(redact_text(&text), strcmp(given, shown) != 0);
    assert_string_equal(text.bytes, shown);
    text_clear(&text);
    // What is written to a stream is the same.
    char *written = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&written, &length);
    redact_write(stream, given, strlen(given));
    fclose(stream);
    assert_string_equal(written, shown);
    free(written);
}

static void shows_what_is_no_secret(void **state)
{
    (void) state;
    assert_true(redact_is_empty());
    expect("nothing is known yet", "nothing is known yet");
    add("hunter2hunter2");
    assert_false(redact_is_empty());
    expect("", "");
    expect("hunter2hunter", "hunter2hunter");
    expect("a longer text without any of it, hunter2 among others",
           "a longer text without any of it, hunter2 among others");
}

static void hides_it_wherever_it_stands(void **state)
{
    (void) state;
    add("hunter2hunter2");
    expect("hunter2hunter2", "(secret)");
    expect("x hunter2hunter2", "x (secret)");
    expect("hunter2hunter2, hunter2hunter2 and more", "(secret), (secret) and more");
    expect("hunter2hunter2hunter2hunter2", "(secret)"); // it overlaps itself
    add("correct-horse");
    expect("correct-horsecorrect-horse", "(secret)(secret)");
}

static void leaves_nothing_of_two_that_overlap(void **state)
{
    (void) state;
    add("abcdefgh1234");
    add("1234ijklmnop");
    add("defgh123");
    expect("-abcdefgh1234ijklmnop-", "-(secret)-");
    expect("-abcdefgh123-", "-abc(secret)-");
}

static void takes_the_longest(void **state)
{
    (void) state;
    add("password");
    add("password-and-more");
    expect("password-and-more!", "(secret)!");
}

static const char awkward[] = "k\"e/y\\ +ü=?&'%end";

static void knows_other_shapes(void **state)
{
    (void) state;
    redact_add(awkward, sizeof awkward - 1);
    expect("{\"a\":\"k\\\"e/y\\\\ +ü=?&'%end\"}", "{\"a\":\"(secret)\"}");
    expect("{\"a\":\"k\\\"e\\/y\\\\ +\\u00fc=?&'%end\"}", "{\"a\":\"(secret)\"}");
    expect("?q=k%22e%2Fy%5C%20%2B%C3%BC%3D%3F%26%27%25end&b", "?q=(secret)&b");
    expect("?q=k%22e%2fy%5c%20%2b%c3%bc%3d%3f%26%27%25end&b", "?q=(secret)&b");
    expect("?q=k%22e%2Fy%5C+%2B%C3%BC%3D%3F%26%27%25end&b", "?q=(secret)&b");
    expect("echo 'k\"e/y\\ +ü=?&'\\''%end'", "echo '(secret)'");
}

static char *base64(const char *bytes, size_t length, bool url)
{
    char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (url)
        memcpy(alphabet + 62, "-_", 2);
    char *out = calloc(1, length * 2 + 8), *at = out;
    for (size_t i = 0; i < length; i += 3) {
        uint32_t three = 0;
        for (size_t k = 0; k < 3; k++)
            three = three << 8 | (i + k < length ? (unsigned char) bytes[i + k] : 0);
        for (int k = 0; k < 4; k++)
            *at++ = alphabet[three >> (18 - 6 * k) & 63];
    }
    return out;
}

static void knows_base64_at_every_alignment(void **state)
{
    static const char secrets[][16] = {"12345678", "~~~???~~~", "0123456789abcde"};
    (void) state;
    for (size_t i = 0; i < 3; i++) {
        add(secrets[i]);
        for (size_t before = 0; before < 7; before++) {
            for (size_t behind = 0; behind < 4; behind++) {
                char whole[64];
                snprintf(whole, sizeof whole, "%.*s%s%.*s", (int) before, "<<<<<<<",
                         secrets[i], (int) behind, ">>>>");
                for (int url = 0; url < 2; url++) {
                    struct text text;
                    char *encoded = base64(whole, strlen(whole), url);
                    text_init(&text, 0);
                    text_add(&text, encoded);
                    assert_true(redact_text(&text));
                    // At most the characters that it shares with its neighbours stay.
                    assert_true(text.length <= strlen("(secret)") + (before * 4 + 2) / 3 +
                                                   (behind * 4 + 2) / 3 + 5);
                    text_clear(&text);
                    free(encoded);
                }
            }
        }
        redact_clear();
    }
}

static void hides_lines_one_by_one(void **state)
{
    (void) state;
    add("-----BEGIN KEY-----\nfirst-line-of-it\r\nsecond-line-of-it\nend\n"
        "-----END KEY-----\n");
    expect("host | first-line-of-it", "host | (secret)");
    expect("host | second-line-of-it", "host | (secret)");
    expect("-----BEGIN KEY-----", "-----BEGIN KEY-----");
    expect("{\"line\":\"x\\tsecond-line-of-it\"}", "{\"line\":\"x\\t(secret)\"}");
}

static void refuses_short_ones(void **state)
{
    struct fault fault;
    (void) state;
    assert_false(redact_check("secret/pin", "1234567", 7, &fault));
    assert_string_equal(fault.what,
                        "secret/pin is too short to be kept out of what is printed");
    assert_non_null(strstr(fault.why, "it has 7 characters"));
    assert_null(strstr(fault.why, "1234567"));
    assert_true(fault.next[0] != '\0');
    assert_false(redact_check("secret/pin", "", 0, &fault));
    assert_false(redact_check("secret/pin", "üüüüüüü", 14, &fault));
    assert_false(redact_check("secret/pin", "ab\ncd\nef\ngh", 11, &fault));
    assert_true(redact_check("secret/pin", "12345678", 8, &fault));
    assert_true(redact_check("secret/pin", "ab\n12345678\n", 12, &fault));
    add("1234567");
    assert_true(redact_is_empty());
}

static void keeps_bytes_around_and_nul(void **state)
{
    static const char given[] = "a\0b hunter2hunter2\0c";
    (void) state;
    add("hunter2hunter2");
    struct text text;
    text_init(&text, 0);
    text_add_bytes(&text, given, sizeof given - 1);
    assert_true(redact_text(&text));
    assert_int_equal(text.length, 14);
    assert_memory_equal(text.bytes, "a\0b (secret)\0c", 14);
    text_clear(&text);
}

static void faults_are_made_without_it(void **state)
{
    struct fault fault;
    char filler[2040];
    (void) state;
    add("hunter2hunter2");
    fault_set(&fault, FAULT_ERROR, "login with %s failed", "hunter2hunter2");
    fault_where(&fault, "https://u:%s@host", "hunter2hunter2");
    fault_next(&fault, "do not use %s", "hunter2hunter2");
    fault_while(&fault, "saying %s", "hunter2hunter2");
    assert_string_equal(fault.what, "login with (secret) failed, while saying (secret)");
    assert_string_equal(fault.where, "https://u:(secret)@host");
    assert_string_equal(fault.next, "do not use (secret)");
    // The cut leaves no half of one.
    memset(filler, '.', sizeof filler);
    fault_why(&fault, "%.*s%s", (int) sizeof filler, filler, "hunter2hunter2");
    assert_null(strstr(fault.why, "hunter2"));
}

static void the_log_is_written_without_it(void **state)
{
    char path[] = "/tmp/pipster-redact-XXXXXX", text[256] = "";
    int file = mkstemp(path);
    (void) state;
    add("hunter2hunter2");
    setenv("PIPSTER_LOG", "debug", 1);
    setenv("PIPSTER_LOG_FILE", path, 1);
    log_open();
    log_debug("password=%s", "hunter2hunter2");
    assert_true(read(file, text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "password=(secret)\n"));
    close(file);
    unlink(path);
    unsetenv("PIPSTER_LOG");
    log_open();
}

static void tells_github_once_and_in_clear(void **state)
{
    char *written = NULL;
    size_t length = 0;
    (void) state;
    FILE *stream = open_memstream(&written, &length);
    redact_mask_on(stream);
    add("100%-secret");
    add("100%-secret");
    add("-----BEGIN KEY-----\nfirst-line-of-it\nshort\nsecond-line-of-it\n");
    fclose(stream);
    redact_mask_on(NULL);
    assert_string_equal(written, "::add-mask::100%25-secret\n"
                                 "::add-mask::first-line-of-it\n"
                                 "::add-mask::second-line-of-it\n");
    free(written);
}

// Counted, not timed: with fifty secrets most bytes are passed over unseen, so that a
// hundred times the text costs a hundred times as much and no more.
static void finds_one_at_the_end_of_much(void **state)
{
    enum { MUCH = 8 << 20 };
    struct text text;
    (void) state;
    for (int i = 0; i < 50; i++) {
        char secret[48];
        snprintf(secret, sizeof secret, "secret-number-%d-of-fifty-%x", i, i * 7919);
        add(secret);
    }
    text_init(&text, 0);
    for (unsigned i = 0; text.length < MUCH; i++)
        text_format(&text, "%u secret-numbers are no secret-number\n", i * 2654435761u);
    size_t length = text.length;
    text_add(&text, "secret-number-49-of-fifty-5ebbf");
    assert_true(redact_text(&text));
    assert_int_equal(text.length, length + strlen("(secret)"));
    text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(shows_what_is_no_secret, forget),
        cmocka_unit_test_teardown(hides_it_wherever_it_stands, forget),
        cmocka_unit_test_teardown(leaves_nothing_of_two_that_overlap, forget),
        cmocka_unit_test_teardown(takes_the_longest, forget),
        cmocka_unit_test_teardown(knows_other_shapes, forget),
        cmocka_unit_test_teardown(knows_base64_at_every_alignment, forget),
        cmocka_unit_test_teardown(hides_lines_one_by_one, forget),
        cmocka_unit_test_teardown(refuses_short_ones, forget),
        cmocka_unit_test_teardown(keeps_bytes_around_and_nul, forget),
        cmocka_unit_test_teardown(faults_are_made_without_it, forget),
        cmocka_unit_test_teardown(the_log_is_written_without_it, forget),
        cmocka_unit_test_teardown(tells_github_once_and_in_clear, forget),
        cmocka_unit_test_teardown(finds_one_at_the_end_of_much, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
