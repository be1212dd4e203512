// SPDX-License-Identifier: MIT
#include "script/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void expect(const char *text, const char *words)
{
    struct arena arena;
    size_t count;
    char got[512] = "";
    arena_init(&arena, 0);
    const struct token *tokens = token_read(&arena, text, strlen(text), &count);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%s%s@%d", i > 0 ? " " : "",
                 tokens[i].kind == TOKEN_STRING ? "''" : tokens[i].text, tokens[i].line);
    }
    assert_string_equal(got, words);
    arena_clear(&arena);
}

static void test_words(void **state)
{
    (void) state;
    expect("local a = b.c", "local@1 a@1 =@1 b@1 .@1 c@1");
    expect("a==1.5\n~=x..'y'", "a@1 ==@1 1.5@1 ~=@2 x@2 ..@2 ''@2");
    expect("f{...}", "f@1 {@1 ...@1 }@1");
    expect("1..2", "1@1 ..@1 2@1");
}

static void test_strings_and_comments(void **state)
{
    (void) state;
    expect("'a\\'b' \"--\" c", "''@1 ''@1 c@1");
    expect("-- if\na --[[ x\n y ]] b", "a@2 b@3");
    expect("--[==[ ]] ]==] a [[\n]] b [=[ ]] ]=]", "a@1 ''@1 b@2 ''@2");
    expect("a[b] [[c", "a@1 [@1 b@1 ]@1 ''@1");
    expect("'unfinished\nnext", "''@1 next@2");
    expect("--[==[ never", "");
    expect("'\\", "''@1");
    expect("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_strings_and_comments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
