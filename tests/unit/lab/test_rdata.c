// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/rdata.h"

static void expect(const char *type, const char *value, const char *hex)
{
    struct text text;
    text_init(&text, 0);
    assert_true(rdata_write(&text, rdata_type(type), value));
    assert_string_equal(text.bytes, hex);
    text_clear(&text);
}

static void refuse(const char *type, const char *value)
{
    struct text text;
    text_init(&text, 0);
    assert_false(rdata_write(&text, rdata_type(type), value));
    text_clear(&text);
}

static void writes_names(void **state)
{
    (void) state;
    expect("NS", "a.bc.", "016102626300");
    expect("CNAME", "a.bc", "016102626300");
    refuse("NS", "a..b");
}

static void writes_text_in_chunks(void **state)
{
    (void) state;
    expect("TXT", "ab", "026162");
    expect("TXT", "\"a\" \"b\\\"\"", "0161026222");
    refuse("TXT", "\"open");
}

static void writes_numbers_before_names(void **state)
{
    (void) state;
    expect("MX", "10 m.", "000a016d00");
    expect("SRV", "1 2 443 m.", "0001000201bb016d00");
    refuse("MX", "m.");
    refuse("MX", "70000 m.");
}

static void writes_authorizations(void **state)
{
    (void) state;
    expect("CAA", "0 issue \"a.b\"", "00056973737565612e62");
    refuse("CAA", "issue");
}

static void knows_no_other_type(void **state)
{
    (void) state;
    assert_int_equal(rdata_type("A"), 0);
    refuse("SOA", "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_names),
        cmocka_unit_test(writes_text_in_chunks),
        cmocka_unit_test(writes_numbers_before_names),
        cmocka_unit_test(writes_authorizations),
        cmocka_unit_test(knows_no_other_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
