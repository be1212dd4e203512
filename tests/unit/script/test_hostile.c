// SPDX-License-Identifier: MIT
//
// Hostile playbooks, beside those of test_sandbox.c: odd bytes, enormous and endless
// things, mistakes in places where Lua has little room. Each must end with one clear
// error that has its place, and leave nothing behind.
#include "script/fixture.h"

#include <sys/stat.h>

struct hostile {
    const char *text;
    const char *words; // in what, why or next
};

static void expect_refused(struct fixture *fixture, const struct hostile *cases,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fixture_run_ill(fixture, cases[i].text, "main.lua", cases[i].words);
        // What went before does no harm to what comes after.
        if (!script_run_playbook(fixture->script, "playbooks/after.lua", &fixture->arena,
                                 &fixture->set, &fixture->fault))
            fail_msg("after \"%.60s\": %s", cases[i].text, fixture->fault.what);
        assert_int_equal(fixture->set.count, 1);
    }
}

#define EXPECT_REFUSED(cases)                                                            \
    fixture_write(*state, "after", "require(\"test\").thing \"ok\" { size = 1 }");       \
    expect_refused(*state, cases, sizeof cases / sizeof *cases)

#define THING "require(\"test\").thing \"a\" "

static void test_out_of_the_sandbox(void **state)
{
    static const struct hostile cases[] = {
        {"return _ENV.io.open(\"/etc/passwd\")", "\"io\" is not defined"},
        {"rawset(_ENV, \"x\", rawget(_ENV, \"io\").open)", "nil value"},
        {"local f = rawget(_ENV, \"require\") return f(\"debug\")", "no module"},
        {"return rawget(getmetatable(_ENV), \"__index\")", "table expected"},
        {"return rawget(getmetatable(print), 1)", "table expected"},
        {"local s = getmetatable(\"\") s.__index = {}", "boolean"},
        {"string.format = nil return (\"%d\"):format(\"x\")", "number expected"},
        {"table = nil table.insert({}, 1)", "\"table\" is not defined"},
        {"return include(\"../../../etc/hosts\")", "no playbook"},
        {"return include(\"main\")", "includes itself"},
        {"return include(\"\\0main\")", "byte of zero"},
        {"return require(\"test\\0\").thing", "byte of zero"},
        {"return require(\"test.\").thing", "no module"},
        {"return require(\"lab\").hetzner", "no module"},
        {"return require(\"session\")", "no module"},
        {"return require(\"batch\")", "no module"},
        {"return tostring(secret(\"abc\")):rep(2) + 1", "tostring cannot be used"},
        {"return value(secret(\"abc\"))", "no plain value"},
        {"error(value(secret(\"abc\")))", "no plain value"},
        {"local function f(...) return select(-1, ...) end return f() + 1", "range"},
        {"return utf8.char(-1)", "out of range"},
        {"return select(1 << 62, 1) + 1", "nil value"},
        {"local t = setmetatable({}, { __metatable = 1 }) setmetatable(t, {})",
         "cannot be changed"},
    };
    EXPECT_REFUSED(cases);
}

static void test_where_lua_cannot_go(void **state)
{
    static const struct hostile cases[] = {
        {"table.sort({ 3, 1, 2 }, function() error(\"in sort\") end)", "in sort"},
        {"table.sort({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, function() return true "
         "end)",
         "invalid order function"},
        {"(\"abc\"):gsub(\".\", function() error(\"in gsub\") end)", "in gsub"},
        {"local t = setmetatable({}, { __eq = function() error(\"in eq\") end })\n"
         "return t == setmetatable({}, getmetatable(t))",
         "in eq"},
        {"for k in pairs(setmetatable({}, { __pairs = function() error(\"in pairs\") end "
         "})) do end",
         "in pairs"},
        {"return #setmetatable({}, { __len = function() error(\"in len\") end })",
         "in len"},
        {"return {} .. setmetatable({}, { __concat = function() error() end })",
         "__concat is not offered"},
        {"local x <const> = 1 x = 2", "attempt to assign to const"},
        {"for i = 1, 10, 0 do end", "'for' step is zero"},
        {"goto nowhere", "no visible label"},
        {"return (\"x\"):rep(-1):byte(1) + 1", "nil value"},
        {"return string.pack(\"i17\", 1)", "out of limits"},
        {"return (\"%\"):find(\"%\")", "malformed pattern"},
        {"return (\"(\"):find(\"(\")", "unfinished capture"},
        {"return (\"x\"):rep(40):gsub((\"(x)\"):rep(40), \"\")", "too many captures"},
        {"return string.format(\"%d\", 1.5)", "no integer representation"},
        {"return string.format((\"%d\"):rep(10))", "bad argument"},
        {"return tonumber(\"1\", 99)", "base out of range"},
        {"return 1 // 0", "divide by zero"},
        {"return 1 << {}", "bitwise"},
        {"return math.tointeger({}) + 1", "nil value"},
        {"return table.unpack({}, 1, 1e8)", "too many results"},
        {"return table.concat({ {} })", "invalid value"},
        {"local a = {} a[nil] = 1", "index is nil"},
        {"local a = {} a[0/0] = 1", "index is NaN"},
        {"error()", "nil"},
        {"error(nil)", "nil"},
        {"error({ code = 1 })", "a table"},
        {"assert(false)", "assertion failed"},
        {"assert(nil, { 1 })", "a table"},
    };
    EXPECT_REFUSED(cases);
}

static void test_odd_declarations(void **state)
{
    static const struct hostile cases[] = {
        {THING, "not finished"},
        {THING "(1)", "followed by a table"},
        {THING "{ size = 1, sizee = 2 }", "did you mean"},
        {THING "{ size = { 1 } }", "must be"},
        {THING "{ size = 1, [1] = 2 }", "number key beside others"},
        {THING "{ size = 1, [{}] = 2 }", "key"},
        {THING "{ size = 1, [true] = 2 }", "key"},
        {THING "{ size = math.huge }", "not finite"},
        {THING "{ size = 1, note = function() end }", "function"},
        {THING "{ size = 1, note = \"\\0\" }", "byte of zero"},
        {THING "{ size = 1, note = \"\\xff\\xfe\" }", "UTF-8"},
        {THING "{ size = 1, labels = { [\"\\xff\"] = \"x\" } }", "UTF-8"},
        {THING "{ size = 1, after = 5 }", "after"},
        {THING "{ size = 1, after = { {} } }", "after"},
        {THING "{ size = 1, protect = \"yes\" }", "true or false"},
        {THING "{ size = 1, on = 1 }", "must be a host"},
        {THING "{ size = 1 }\n" THING "{ size = 1 }", "declared twice"},
        {"require(\"test\").thing \"A B\" { size = 1 }", "cannot be the name"},
        {"require(\"test\").thing \"\" { size = 1 }", "cannot be the name"},
        {"require(\"test\").thing \"a\\0b\" { size = 1 }", "byte of zero"},
        {"require(\"test\").thing \"\\xc3\\x28\" { size = 1 }", "not UTF-8"},
        {"require(\"test\").thing(nil) { size = 1 }", "followed by a name"},
        {"local a = " THING "{ size = 1 } a.size = 2", "cannot be"},
        {"local a = " THING "{ size = 1 } a:amend(1)", "table expected"},
        {"local a = " THING "{ size = 1 } return a.nothing .. \"x\"", "nothing"},
        {"local a = " THING "{ size = 1 } return a.ipv4 + 1", "text"},
        {"local a = " THING "{ size = 1 } return a.ipv4[1]", "value"},
        {"local a = " THING "{ size = 1 } return #a.ipv4", "value"},
        {"local a = " THING "{ size = 1 } return a.ipv4 < a.ipv4", "value"},
        {"local a = " THING "{ size = 1 } for k in pairs(a.ipv4) do end", "value"},
        {"local a = " THING "{ size = 1 } return a.ipv4:upper()", "value"},
        {"output { [1] = 2 }", "names"},
        {"output(5)", "table expected"},
        {"phase(\"one\")", "number expected"},
        {"input(\"x\")", "has no value"},
        {"input(\"x\", { default = 1, type = \"banana\" })", ""},
        {"guard.budget { max = \"lots\" }", ""},
        {"guard.budget { max = {} }", "string expected"},
        {"secret(\"\")", "cannot be the name"},
        {"secret(\"a b\")", "cannot be the name"},
        {"secret(\"abc\", { length = 1 })", "length"},
        {"secret(\"abc\", { length = 1 << 40 })", "length"},
        {"secret(\"abc\", { length = 20 }) secret(\"abc\", { length = 30 })", "length"},
        {"text(\"%s\", {})", ""},
    };
    EXPECT_REFUSED(cases);
}

// `text` with every @ replaced by `count` times `unit`.
static char *grow(const char *text, const char *unit, size_t count)
{
    size_t unit_length = strlen(unit), length = strlen(text) + 1;
    for (const char *at = text; *at != '\0'; at++)
        length += *at == '@' ? unit_length * count : 0;
    char *grown = malloc(length), *end = grown;
    for (; *text != '\0'; text++) {
        for (size_t i = 0; *text == '@' && i < count; i++, end += unit_length)
            memcpy(end, unit, unit_length);
        if (*text != '@')
            *end++ = *text;
    }
    *end = '\0';
    return grown;
}

static void test_enormous(void **state)
{
    static const struct {
        const char *text, *unit;
        size_t count;
        const char *words;
    } cases[] = {
        {"require(\"test\").thing \"@\" { size = 1 }", "a", 1 << 20, "too long"},
        {"require(\"@\")", "a", 1 << 20, "too long"},
        {"include(\"@\")", "a", 1 << 20, "too long"},
        {"secret(\"@\")", "a", 1 << 20, "too long"},
        {"return @", "a", 1 << 20, "is not defined"},
        {THING "{ size = 1, @ = 2 }", "a", 1 << 20, ""},
        {"error(\"@\")", "a", 1 << 20, "aaaa"},
        {"return @1", "(", 100000, ""},
        {"return @", "{", 100000, ""},
        {"@", "do ", 100000, ""},
        {"@", "local a\n", 300, "local variables"},
        {"return function() @ end", "if x then ", 300, ""},
        {"return @1", "- ", 100000, ""},
        {"return @ 1", "1 .. ", 1000, ""},
        {"f(@)", "1,", 100000, ""},
        {THING "{ size = 1, labels = @1@ }", "{", 300, ""},
        {"local s = [@[", "=", 100000, "unfinished long string"},
        {"goto @", "a", 1 << 20, "no visible label"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = grow(cases[i].text, cases[i].unit, cases[i].count);
        fixture_run_ill(fixture, text, "main.lua", cases[i].words);
        free(text);
    }
}

static void write_bytes(const struct fixture *fixture, const char *bytes, size_t length)
{
    char path[256];
    snprintf(path, sizeof path, "%s/playbooks/main.lua", fixture->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

// What is read once is kept: each file is for a script of its own.
static bool run_file(struct fixture *fixture)
{
    if (fixture->script != NULL)
        script_close(fixture->script);
    fixture_start(fixture);
    fault_clear(&fixture->fault);
    return script_run_playbook(fixture->script, "playbooks/main.lua", &fixture->arena,
                               &fixture->set, &fixture->fault);
}

static void expect_file_refused(struct fixture *fixture, const char *words)
{
    assert_false(run_file(fixture));
    if (strstr(fixture->fault.what, words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, fixture->fault.what);
    if (strstr(fixture->fault.where, "main.lua") == NULL)
        assert_non_null(strstr(fixture->fault.what, "main.lua"));
}

static void test_files_that_are_no_text(void **state)
{
    struct fixture *fixture = *state;
    char random[4096];
    unsigned seed = 1;
    write_bytes(fixture, "\033Lua\x54\0\x19\x93\r\n\x1a\n", 12);
    expect_file_refused(fixture, "binary");
    write_bytes(fixture, "local x = 1\0 + 2", 16);
    expect_file_refused(fixture, "unexpected symbol");
    write_bytes(fixture, "local x\xff = 1", 12);
    expect_file_refused(fixture, "unexpected symbol");
    for (size_t i = 0; i < sizeof random; i++) {
        seed = seed * 1103515245u + 12345u;
        random[i] = (char) (seed >> 16);
    }
    write_bytes(fixture, random, sizeof random);
    expect_file_refused(fixture, "");
    // What an editor puts before the first word is no fault.
    write_bytes(fixture, "\xef\xbb\xbfreturn {}", 12);
    if (!run_file(fixture))
        fail_msg("%s: %s", fixture->fault.where, fixture->fault.what);
}

static void test_places_that_are_no_file(void **state)
{
    struct fixture *fixture = *state;
    char path[256];
    snprintf(path, sizeof path, "%s/playbooks/main.lua", fixture->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_file_refused(fixture, "there is no playbook");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_file_refused(fixture, "there is no playbook");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/dev/zero", path), 0);
    expect_file_refused(fixture, "there is no playbook");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_out_of_the_sandbox),
        FIXTURE_TEST(test_where_lua_cannot_go),
        FIXTURE_TEST(test_odd_declarations),
        FIXTURE_TEST(test_enormous),
        FIXTURE_TEST(test_files_that_are_no_text),
        FIXTURE_TEST(test_places_that_are_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
