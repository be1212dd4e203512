// SPDX-License-Identifier: MIT
//
// What a host answers to a probe or a change script, in any order and with any numbers.
// The reader is Lua, of which the fuzzer sees no branches: so a byte stands for a whole
// word of the protocol more often than for itself. Reading raises nothing, tells of no
// step that is none of ours, and takes a step for done only where its end was told with
// 0.
#include <lauxlib.h>
#include <lualib.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char set_up[] =
    "local stubs = { batch_lock = {}, settings = { project_id = 'x' }, shell = {},"
    "  crash = function() end, fault = { new = function(what) return { what = what } end "
    "} }\n"
    "function require(name)\n"
    "  if stubs[name] then return stubs[name] end\n"
    "  stubs[name] = assert(loadfile('stdlib/' .. name .. '.lua'))()\n"
    "  return stubs[name]\n"
    "end\n"
    "local answer, script = require 'batch_answer', require 'batch_script'\n"
    "local type = { read = function(items, text) return { text ~= '' and text or nil } "
    "end }\n"
    "local nothing = function() end\n"
    "function read(output)\n"
    "  local nonce = 'n0123456789abcdef'\n"
    "  output = output:gsub('\\1', nonce)\n"
    "  local steps, ready = {}, {}\n"
    "  for index = 1, 3 do\n"
    "    steps[index] = { address = 'a' .. index, type = type, want = {}, begin = "
    "nothing,"
    "      ended = nothing, line = nothing }\n"
    "    ready[index] = { item = {} }\n"
    "  end\n"
    "  local heard = answer.listen(nonce, steps)\n"
    "  for line in (output .. '\\n'):gmatch('(.-)\\n') do heard.line(line) end\n"
    "  local results = answer.read(nonce, heard, steps, ready, {})\n"
    "  for index, result in pairs(results) do\n"
    "    assert(steps[index], 'a step that is none of ours')\n"
    "    assert(result.outcome ~= 'done'\n"
    "      or output:find(nonce .. '%s+end%s+0*' .. index .. '%s+0'), 'not ended')\n"
    "  end\n"
    "  for _, part in ipairs(script.split(nonce, output)) do\n"
    "    assert(not part.text:find('\\n' .. nonce .. ' ', 1, true))\n"
    "  end\n"
    "end\n";

static lua_State *lua;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;
    lua = luaL_newstate();
    luaL_openlibs(lua);
    if (luaL_dostring(lua, set_up) != LUA_OK)
        abort();
    return 0;
}

static void add_word(luaL_Buffer *output, uint8_t byte)
{
    static const char *const words[] = {
        "\n\1 ",
        "\n\1 begin ",
        "\n\1 end ",
        "\n\1 probe ",
        "\n\1 probed ",
        "\n\1 skip ",
        "\n\1 section ",
        "1",
        "2",
        "3",
        "4",
        "h1",
        " 0\n",
        " 1\n",
        "\n",
    };
    size_t count = sizeof words / sizeof *words;
    if (byte % 20 < count)
        luaL_addstring(output, words[byte % 20]);
    else
        luaL_addchar(output, (char) byte);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    luaL_Buffer output;
    if (length > 512)
        return 0;
    lua_getglobal(lua, "read");
    luaL_buffinit(lua, &output);
    for (size_t i = 0; i < length; i++)
        add_word(&output, input[i]);
    luaL_pushresult(&output);
    if (lua_pcall(lua, 1, 0, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        abort();
    }
    return 0;
}
