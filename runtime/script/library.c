// SPDX-License-Identifier: MIT
#include "script/library.h"

#include "script/embedded.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/sandbox.h"

#include <lauxlib.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LOADED  "pipster.loaded"
#define OPENERS "pipster.openers"
#define CHUNKS  "pipster.chunks"

enum { FILE_CEILING = 4 << 20 };

static bool find_embedded(const char *path, struct library_source *source)
{
    size_t low = 0, high = embedded_file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(path, embedded_files[middle].path);
        if (order == 0) {
            source->path = embedded_files[middle].path;
            source->bytes = embedded_files[middle].bytes;
            source->length = embedded_files[middle].length;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

// Reads `path`, which messages call `name`, once.
static bool read_file(struct script *script, const char *path, const char *name,
                      struct library_source *source)
{
    struct library_source *known = map_find(&script->sources, path);
    if (known != NULL) {
        *source = *known;
        return true;
    }
    struct stat status;
    // A pipe without a writer must not hold us up.
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "rb") : NULL;
    if (file == NULL || fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > FILE_CEILING) {
        if (file != NULL)
            fclose(file);
        return false;
    }
    char *bytes = arena_alloc(&script->arena, (size_t) status.st_size + 1);
    known = arena_alloc(&script->arena, sizeof *known);
    known->length = fread(bytes, 1, (size_t) status.st_size, file);
    known->bytes = bytes;
    known->path = arena_text(&script->arena, name);
    fclose(file);
    map_put(&script->sources, path, known);
    *source = *known;
    return true;
}

bool library_find(struct script *script, const char *path, struct library_source *source)
{
    const char *root = script->options.stdlib_root;
    if (root != NULL) {
        const char *on_disk =
            arena_format(&script->arena, "%s/%s", root, path + strlen("stdlib/"));
        if (read_file(script, on_disk, path, source))
            return true;
    }
    return find_embedded(path, source);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *) left, *(const char *const *) right);
}

// Adds the .lua files below DIR/prefix, named from "stdlib/" on.
static void list_disk(struct script *script, const char *folder, const char *name,
                      const char **paths, size_t *count, size_t room)
{
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return;
    for (struct dirent *entry = readdir(directory); entry != NULL && *count < room;
         entry = readdir(directory)) {
        size_t length = strlen(entry->d_name);
        const char *path = arena_format(&script->arena, "%s/%s", name, entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".lua") == 0) {
            paths[(*count)++] = path;
        } else if (strchr(entry->d_name, '.') == NULL) {
            list_disk(script,
                      arena_format(&script->arena, "%s/%s", folder, entry->d_name), path,
                      paths, count, room);
        }
    }
    closedir(directory);
}

static bool is_listed(const char *path, const char *prefix, const char *previous)
{
    size_t length = strlen(path);
    return strncmp(path, prefix, strlen(prefix)) == 0 && length > 4 &&
           strcmp(path + length - 4, ".lua") == 0 &&
           (previous == NULL || strcmp(path, previous) != 0);
}

const char *const *library_list(struct script *script, const char *prefix, size_t *count)
{
    enum { ROOM = 2048 };
    const char **all = arena_alloc(&script->arena, ROOM * sizeof *all);
    size_t total = 0;
    if (script->options.stdlib_root != NULL)
        list_disk(script, script->options.stdlib_root, "stdlib", all, &total, ROOM);
    for (size_t i = 0; i < embedded_file_count && total < ROOM; i++)
        all[total++] = embedded_files[i].path;
    qsort(all, total, sizeof *all, compare_texts);
    *count = 0;
    for (size_t i = 0; i < total; i++)
        if (is_listed(all[i], prefix, *count > 0 ? all[*count - 1] : NULL))
            all[(*count)++] = all[i];
    return all;
}

// A path that stays inside the folder it is taken from.
static bool is_tame(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && strstr(name, "..") == NULL &&
           strpbrk(name, "\\\n") == NULL;
}

static bool find_in_project(struct script *script, const char *relative,
                            struct library_source *source)
{
    const char *root = script->options.project_root;
    const char *path =
        root == NULL ? relative : arena_format(&script->arena, "%s/%s", root, relative);
    return read_file(script, path, relative, source) || find_embedded(relative, source);
}

bool library_find_playbook(struct script *script, const char *name, const char *from,
                           struct library_source *source)
{
    size_t length = strlen(name);
    bool is_path = length > 4 && strcmp(name + length - 4, ".lua") == 0;
    if (from == NULL && is_path) {
        return read_file(script, name, name, source) ||
               (is_tame(name) && find_in_project(script, name, source));
    }
    if (!is_tame(name))
        return false;
    const char *file = arena_format(&script->arena, is_path ? "%s" : "%s.lua", name);
    const char *slash = from != NULL ? strrchr(from, '/') : NULL;
    if (slash != NULL) {
        const char *beside =
            arena_format(&script->arena, "%.*s/%s", (int) (slash - from), from, file);
        if (read_file(script, beside, beside, source) ||
            find_in_project(script, beside, source))
            return true;
    }
    return find_in_project(script, arena_format(&script->arena, "playbooks/%s", file),
                           source) ||
           (is_path && find_in_project(script, file, source));
}

// "…/phase1.lua:12: unexpected symbol near 'x'" → place and words.
static void raise_syntax(lua_State *lua, const char *path)
{
    const char *message = lua_tostring(lua, -1);
    struct fault fault = {0};
    if (message == NULL)
        message = "it is too big, or nested too deeply, to be read";
    for (const char *at = strchr(message, ':'); at != NULL; at = strchr(at + 1, ':')) {
        int line, used = 0;
        if (sscanf(at, ":%d: %n", &line, &used) == 1 && used > 0) {
            fault_set(&fault, FAULT_ERROR, "%s", at + used);
            fault_where(&fault, "%s:%d", path, line);
            raise_fault(lua, &fault);
        }
    }
    fault_set(&fault, FAULT_ERROR, "%s", message);
    fault_where(&fault, "%s", path);
    raise_fault(lua, &fault);
}

void library_load(lua_State *lua, const struct library_source *source)
{
    const char *mark = "\xef\xbb\xbf"; // what some editors put before the first word
    size_t skipped = source->length >= 3 && memcmp(source->bytes, mark, 3) == 0 ? 3 : 0;
    lua_pushfstring(lua, "@%s", source->path); // environment, name
    int status = luaL_loadbufferx(lua, source->bytes + skipped, source->length - skipped,
                                  lua_tostring(lua, -1), "t");
    lua_remove(lua, -2);
    if (status != LUA_OK)
        raise_syntax(lua, source->path);
    lua_insert(lua, -2);
    lua_setupvalue(lua, -2, 1);
    // Kept for good, since the watchdog reads the names of chunks from another thread.
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, CHUNKS);
    lua_pushvalue(lua, -2);
    lua_rawseti(lua, -2, (lua_Integer) lua_rawlen(lua, -2) + 1);
    lua_pop(lua, 1);
}

void library_add(lua_State *lua, const char *name)
{
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, OPENERS);
    lua_insert(lua, -2);
    lua_setfield(lua, -2, name);
    lua_pop(lua, 1);
}

// name, loaded, result
static int finish_require(lua_State *lua, int status, lua_KContext context)
{
    (void) context;
    bool failed = status != LUA_OK && status != LUA_YIELD;
    if (lua_isnil(lua, 3)) {
        lua_pushboolean(lua, 1);
        lua_replace(lua, 3);
    }
    lua_pushvalue(lua, 1);
    if (failed)
        lua_pushnil(lua);
    else
        lua_pushvalue(lua, 3);
    lua_rawset(lua, 2);
    lua_settop(lua, 3);
    return failed ? lua_error(lua) : 1;
}

// Pushes the function whose result is the module, or raises.
static void push_loader(lua_State *lua, const char *name)
{
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, OPENERS);
    if (lua_getfield(lua, -1, name) == LUA_TNIL) {
        struct library_source source;
        const char *path = lua_pushfstring(lua, "stdlib/%s.lua", name);
        if (!library_find(script_of(lua), path, &source))
            raise_error(lua, "there is no module \"%s\" (%s)", name, path);
        sandbox_push_stdlib(lua);
        library_load(lua, &source);
    }
    lua_replace(lua, 3);
    lua_settop(lua, 3);
}

int library_require(lua_State *lua)
{
    luaL_checkstring(lua, 1);
    lua_settop(lua, 1);
    luaL_gsub(lua, lua_tostring(lua, 1), ".", "/");
    lua_replace(lua, 1);
    const char *name = lua_tostring(lua, 1);
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, LOADED);
    int known = lua_getfield(lua, 2, name);
    if (known == LUA_TBOOLEAN && !lua_toboolean(lua, 3))
        return raise_error(lua, "module \"%s\" requires itself", name);
    if (known != LUA_TNIL)
        return 1;
    push_loader(lua, name);
    lua_pushboolean(lua, 0);
    lua_setfield(lua, 2, name);
    int status = lua_pcallk(lua, 0, 1, 0, 0, finish_require);
    return finish_require(lua, status, 0);
}
