// SPDX-License-Identifier: MIT
//
// Hostile playbooks: each must end with a clear error, or find nothing to hold on to.
#include "script/fixture.h"

#include <sys/wait.h>

// Ends with an error that says the words.
static void test_refused(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } hostile[] = {
        {"io.open(\"/etc/passwd\")", "\"io\" is not defined"},
        {"os.execute(\"true\")", "\"os\" is not defined"},
        {"os.getenv(\"HOME\")", "\"os\" is not defined"},
        {"load(\"return 1\")()", "\"load\" is not defined"},
        {"loadstring(\"return 1\")", "\"loadstring\" is not defined"},
        {"dofile(\"/etc/passwd\")", "\"dofile\" is not defined"},
        {"loadfile(\"/etc/passwd\")", "\"loadfile\" is not defined"},
        {"debug.getregistry()", "\"debug\" is not defined"},
        {"package.loadlib(\"x\", \"y\")", "\"package\" is not defined"},
        {"collectgarbage(\"stop\")", "\"collectgarbage\" is not defined"},
        {"coroutine.wrap(function() end)()", "\"coroutine\" is not defined"},
        {"string.dump(function() end)", "nil value (field 'dump')"},
        {"(\"x\"):dump()", "nil value (method 'dump')"},
        {"math.random()", "nil value (field 'random')"},
        {"math.randomseed(1)", "nil value (field 'randomseed')"},
        {"_G.x = 1", "\"_G\" is not defined"},
        {"require \"os\"", "no module \"os\""},
        {"require \"http\"", "no module \"http\""},
        {"require \"../../etc/passwd\"", "no module"},
        {"require \"/etc/passwd\"", "no module"},
        {"require \"lab\"", "no module"},
        {"include \"/etc/passwd\"", "no playbook"},
        {"getmetatable(\"\").__index = nil", "boolean"},
        {"setmetatable(_ENV, {})", "cannot be changed"},
        {"setmetatable({}, { __gc = function() end })", "__gc"},
        {"setmetatable({}, { __concat = function() end })", "__concat"},
        {"local m = {} setmetatable({}, m) m.__concat = print", "__concat"},
        {"local m = {} setmetatable({}, m) rawset(m, \"__concat\", print)", "__concat"},
        {"local m = {} setmetatable({}, m) getmetatable(m).__newindex = nil", "boolean"},
        {"local m = {} setmetatable({}, m) setmetatable(m, {})", "cannot be changed"},
        {"local m = setmetatable({}, { __newindex = rawset })\n"
         "setmetatable({}, m)",
         "__newindex"},
        {"local a = require(\"test\").thing \"a\" { size = 1 }\n"
         "local function f(n) if n > 0 then return (f(n - 1)) end "
         "return \"x\" .. a.ipv4 end f(250)",
         "this many calls deep"},
        {"setmetatable(\"\", {})", "table expected"},
        {"string.format(\"%p\", {})", "%p"},
        {"string.format(\"%-10p\", {})", "%p"},
        {"for k in pairs({ [{}] = 1 }) do end", "no order"},
        {"local function f() return f() + 1 end f()", "stack overflow"},
        {"local t = {} t.t = t require(\"test\").thing \"a\" { labels = t }", "nested"},
        {"require(\"test\").thing \"a\" { size = 0/0 }", "not finite"},
        {"require(\"test\").thing \"a\" { note = print }", "function"},
        {"local t = setmetatable({}, { __index = function(t, k) return t[k .. 1] end })\n"
         "return t.x",
         "overflow"},
        {"local a <close> = setmetatable({}, { __close = function() error(\"in close\") "
         "end })",
         "in close"},
        {"xpcall(error, function() error(\"again\") end)\nerror(\"end\")", "end"},
        {"error(setmetatable({}, { __tostring = function() return \"x\" end }))",
         "a table"},
        {"declare(\"test.thing\", \"x\", {})", "\"declare\" is not defined"},
        {"local x = require(\"test\").asks", "no type test.asks"},
        {"require(\"test\").thing.attributes = 1", "attempt to index"},
        {"require(\"test\").thing.observe({})", "is a type"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        fixture_run_ill(fixture, hostile[i].text, "main.lua:", hostile[i].words);
    }
}

// A state that only reads settings has less stack, and knows it.
static void test_shallow(void **state)
{
#define JOIN_AT(DEPTH)                                                                   \
    "local a = require(\"test\").thing \"a\" { size = 1 }\n"                             \
    "local function f(n) if n > 0 then return (f(n - 1)) end "                           \
    "return \"x\" .. a.ipv4 end f(" DEPTH ")"
    struct fixture *fixture = *state;
    fixture_run_well(fixture, JOIN_AT("100"));
    script_close(fixture->script);
    fixture->options.shallow = true;
    fixture_start(fixture);
    fixture_run_well(fixture, JOIN_AT("20"));
    fixture_run_ill(fixture, JOIN_AT("100"), "main.lua:", "this many calls deep");
#undef JOIN_AT
}

static void test_allowed(void **state)
{
    fixture_run_well(
        *state,
        "assert(getmetatable(\"\") == false)\n"
        "assert(getmetatable(require(\"test\")) == \"pipster.namespace\")\n"
        "string.upper = function() return \"patched\" end\n"
        "assert((\"x\"):upper() == \"X\")\n"
        "assert(tostring({}) == \"table\" and tostring(print) == \"function\")\n"
        "assert(string.format(\"%s\", {}) == \"table\")\n"
        "local keys = {}\n"
        "for k in pairs({ web = 1, api = 1, [2] = 1, db = 1, [10] = 1, [1.5] = 1 }) do\n"
        "  keys[#keys + 1] = tostring(k)\n"
        "end\n"
        "assert(table.concat(keys, \" \") == \"1.5 2 10 api db web\")\n"
        "local base = {} base.__index = base function base.hi() return \"hi\" end\n"
        "local class = setmetatable({}, { __index = base }) class.__index = class\n"
        "local object = setmetatable({}, class)\n"
        "function class.ho() return \"ho\" end\n"
        "class.__tostring = function() return \"object\" end\n"
        "assert(object.hi() .. object.ho() .. tostring(object) == \"hihoobject\")\n"
        "assert(getmetatable(object) == class and rawset({}, \"a\", 1).a == 1)\n"
        "local k, v = next({ b = 2, a = 1 })\n"
        "assert(k == \"a\" and v == 1 and next({}) == nil)\n"
        "assert(next({ b = 2, a = 1 }, \"a\") == \"b\")\n"
        "local t = { a = 1, b = 2, c = 3 }\n"
        "for key in pairs(t) do t[key] = nil end\n"
        "assert(next(t) == nil)\n"
        "assert(select(2, pcall(error, \"x\", 0)) == \"x\")\n"
        "assert(pcall(function(...) return ... end, 1) == true)\n"
        "assert(select(2, xpcall(error, function(m) return m .. \"!\" end, \"x\")) == "
        "\"x!\")\n"
        "assert(clock.now() > 0 and clock.text(0) == \"1970-01-01T00:00:00Z\")\n"
        "local ok, message = pcall(function() return nothing end)\n"
        "assert(not ok)\n"
        "global = 1\nassert(global == 1)\n");
}

static void test_environments_are_fresh(void **state)
{
    struct fixture *fixture = *state;
    fixture_write(fixture, "one", "leak = 1 string.upper = nil pairs = nil return {}");
    fixture_run_well(fixture, "include \"one\"\nassert(string.upper and pairs)\n"
                              "assert(not pcall(function() return leak end))");
    fixture_write(fixture, "main", "assert(not pcall(function() return global end))");
    assert_true(script_run_playbook(fixture->script, "main", &fixture->arena,
                                    &fixture->set, &fixture->fault));
}

static void test_loops_are_halted(void **state)
{
    static const char *const loops[] = {
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() end) end",
        "local function f() pcall(f) while true do end end f()",
        "repeat local ok = pcall(function() repeat until false end) until ok",
        "local t = setmetatable({}, { __index = function() while true do end end })\n"
        "pcall(function() return t.x end) while true do end",
        "local a <close> = setmetatable({}, { __close = function() while true do end end "
        "})\n"
        "while true do end",
        "table.sort({ 3, 2, 1 }, function() while true do end end)",
        "(\"x\"):gsub(\".\", function() while true do end end)",
        "goto a ::a:: goto a",
        "for i = 1, math.huge do end",
        "require(\"test\").thing \"a\" { size = (function() while true do end end)() }",
    };
    struct fixture *fixture = *state;
    fixture->options.instruction_ceiling = 200000;
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        fixture_run_ill(fixture, loops[i], "main.lua:", "does not come to an end");
    }
}

// Few instructions, each of which copies all arguments there are: minutes of them stay
// under the count.
static void test_slow_instructions_are_halted(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.cpu_ceiling_ms = 1000;
    fixture_run_ill(fixture, "local function f(...) return f(1, ...) end f()",
                    "main.lua:1", "does not come to an end");
    assert_non_null(strstr(fixture->fault.why, "1 s of the processor's time"));
}

static void test_memory_has_a_ceiling(void **state)
{
    static const char *const bombs[] = {
        "local x = (\"x\"):rep(1 << 40)",
        "local t = {} for i = 1, 1 << 30 do t[i] = i end",
        "local s = \"x\" while true do s = s .. s end",
        "local s = (\"x\"):rep(1 << 20) local t = {}\n"
        "while true do t[#t + 1] = s .. #t end",
        "local t = {} for i = 1, 1 << 30 do t[i] = { i, {} } end",
        "string.format(\"%99999999999d\", 1)",
        "table.concat(setmetatable({}, { __len = function() return 1 << 40 end }), "
        "\"x\", 1, 1 << 40)",
    };
    struct fixture *fixture = *state;
    fixture->options.memory_ceiling = 24 << 20;
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        assert_false(fixture_run(fixture, bombs[i]));
        assert_string_not_equal(fixture->fault.what, "");
        assert_non_null(strstr(fixture->fault.where, "main.lua:"));
    }
    // Swallowed, and the state is still good.
    fixture_run_well(fixture, "assert(not pcall(string.rep, \"x\", 1 << 40))\n"
                              "require(\"test\").thing \"a\" { size = 1 }");
}

// Runs the text in a child; its exit code and what it said.
static int run_in_child(struct fixture *fixture, const char *text, char *said,
                        size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        fixture->options.hang_ms = 200;
        fixture_run(fixture, text);
        _exit(99);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used + 1 < size;
         used += got > 0 ? (size_t) got : 0) {
        got = read(ends[0], said + used, size - used - 1);
    }
    said[used] = '\0';
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_hang_inside_c(void **state)
{
    static const char *const hangs[] = {
        "local a = 1\nlocal x = (\"a\"):rep(3000)\nx:find(\".-.-.-.-b\")",
        "local a = 1\nlocal b = 2\npcall(string.find, (\"a\"):rep(3000), \".-.-.-.-b\")",
        "local a = 1\nlocal b = 2\ntable.move({}, 1, math.maxinteger - 1, 2)",
    };
    struct fixture *fixture = *state;
    char said[2048];
    for (size_t i = 0; i < sizeof hangs / sizeof *hangs; i++) {
        assert_int_equal(run_in_child(fixture, hangs[i], said, sizeof said), 1);
        assert_non_null(strstr(said, "does not come to an end"));
        assert_non_null(strstr(said, "playbooks/main.lua:3"));
    }
    fixture->options.hang_exit = 3;
    assert_int_equal(run_in_child(fixture, hangs[0], said, sizeof said), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_refused),
        FIXTURE_TEST(test_allowed),
        FIXTURE_TEST(test_shallow),
        FIXTURE_TEST(test_environments_are_fresh),
        FIXTURE_TEST(test_loops_are_halted),
        FIXTURE_TEST(test_slow_instructions_are_halted),
        FIXTURE_TEST(test_memory_has_a_ceiling),
        FIXTURE_TEST(test_hang_inside_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
