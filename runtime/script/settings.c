// SPDX-License-Identifier: MIT
#include "script/settings.h"

#include "base/text.h"
#include "script/convert.h"
#include "script/library.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/revenue_word.h"
#include "script/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LONGEST (1 << 20)

struct reading {
    struct library_source source;
    struct arena *arena;
    const struct value *settings;
};

static int l_read(lua_State *lua)
{
    struct reading *reading = lua_touserdata(lua, 1);
    sandbox_push_playbook(lua);
    revenue_word_push(lua);
    lua_setfield(lua, -2, "revenue");
    library_load(lua, &reading->source);
    lua_call(lua, 0, 1);
    if (!lua_istable(lua, -1))
        return raise_error(lua, "%s returns no table", reading->source.path);
    reading->settings = convert_check(lua, lua_gettop(lua), reading->arena);
    return 0;
}

static bool read_file(const char *path, struct text *text, struct fault *fault)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fault_set(fault, FAULT_USAGE, "cannot read %s", path);
        return fault_why(fault, "%s", strerror(errno));
    }
    char block[4096];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        text_add_bytes(text, block, length);
    fclose(file);
    return !text->overflow ||
           fault_set(fault, FAULT_USAGE, "%s is longer than %d bytes", path, LONGEST);
}

bool settings_read(const char *path, struct arena *arena, const struct value **settings,
                   struct fault *fault)
{
    struct text text;
    struct script *script = NULL;
    const struct script_options options = {.shallow = true};
    const char *slash = strrchr(path, '/');
    text_init(&text, LONGEST);
    struct reading reading = {.arena = arena};
    bool done = read_file(path, &text, fault) && script_open(&script, &options, fault);
    if (done) {
        reading.source =
            (struct library_source){slash ? slash + 1 : path, text.bytes, text.length};
        done = script_protect(script, l_read, &reading, fault);
    }
    if (done)
        *settings = reading.settings;
    if (script != NULL)
        script_close(script);
    text_clear(&text);
    return done;
}
