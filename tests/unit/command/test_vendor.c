// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/vendor.h"

#include <stdlib.h>

static const char *stripe_kind(struct arena *arena, const char *key)
{
    if (key)
        setenv("STRIPE_API_KEY", key, 1);
    else
        unsetenv("STRIPE_API_KEY");
    return value_find_text(vendor_key_kinds(arena), "stripe", NULL);
}

static void test_what_a_key_says_of_itself(void **state)
{
    (void) state;
    struct arena arena;
    arena_init(&arena, 0);
    assert_string_equal(stripe_kind(&arena, "sk_live_51canary"), "sk_live");
    assert_string_equal(stripe_kind(&arena, "rk_live_51canary"), "rk_live");
    assert_string_equal(stripe_kind(&arena, "sk_test_51canary"), "sk_test");
    assert_string_equal(stripe_kind(&arena, "rk_test_51canary"), "rk_test");
    assert_null(stripe_kind(&arena, "sk_liver"));
    assert_null(stripe_kind(&arena, "canary"));
    assert_null(stripe_kind(&arena, NULL));
    arena_clear(&arena);
}

static void test_a_stand_in_takes_the_place_of_stripe(void **state)
{
    (void) state;
    const struct vendor *stripe = vendor_find("stripe");
    assert_non_null(stripe);
    unsetenv("STRIPE_ENDPOINT");
    assert_string_equal(vendor_endpoint(stripe), "https://api.stripe.com/v1");
    setenv("STRIPE_ENDPOINT", "http://127.0.0.1:9/v1", 1);
    assert_string_equal(vendor_endpoint(stripe), "http://127.0.0.1:9/v1");
    assert_string_equal(vendor_path(stripe), "/v1");
    assert_string_equal(vendor_stand_in(stripe), "stripe");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_key_says_of_itself),
        cmocka_unit_test(test_a_stand_in_takes_the_place_of_stripe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
