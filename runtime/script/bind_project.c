// SPDX-License-Identifier: MIT
//
// Files in the project's folder: project.read(path, most) → the bytes, at most so many;
// project.digest(path) → SHA-256, size; project.path(path) → where it really is. What
// leads out of the folder is refused, by whatever links.
#include "script/bind.h"

#include "base/text.h"
#include "net/digest.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct project_file {
    const char *path; // as it was asked for
    off_t most;
    struct text text;
};

static bool refuse(const struct project_file *file, const char *why, const char *next,
                   struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "the file %s of the project cannot be read",
              file->path);
    fault_why(fault, "%s", why);
    return fault_next(fault, "%s", next);
}

static bool is_within(const char *root, const char *path)
{
    size_t length = strlen(root);
    return strncmp(path, root, length) == 0 && (path[length] == '/' || length == 1);
}

// Where it really is, for free(); NULL with a fault.
static char *find(const struct project_file *file, const char *root, struct fault *fault)
{
    struct text joined;
    char *base = realpath(root, NULL), *found = NULL;
    text_init(&joined, 0);
    text_format(&joined, "%s/%s", root, file->path);
    if (base != NULL && file->path[0] != '/')
        found = realpath(joined.bytes, NULL);
    if (file->path[0] == '/') {
        refuse(file, "it is an absolute path",
               "name it from the folder of pipster.lua on", fault);
    } else if (found == NULL) {
        refuse(file, strerror(errno), "paths count from the folder of pipster.lua",
               fault);
    } else if (!is_within(base, found)) {
        refuse(file, "it is outside of the folder of pipster.lua",
               "put it into the project", fault);
        free(found);
        found = NULL;
    }
    free(base);
    text_clear(&joined);
    return found;
}

static bool check(const struct project_file *file, int descriptor, struct fault *fault)
{
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return refuse(file, strerror(errno), "it must be readable for you", fault);
    if (!S_ISREG(status.st_mode))
        return refuse(file, "it is no plain file", "name a file", fault);
    if (status.st_size <= file->most)
        return true;
    fault_set(fault, FAULT_ERROR, "the file %s of the project is too big", file->path);
    fault_why(fault, "it has %lld bytes, and such a one at most %lld",
              (long long) status.st_size, (long long) file->most);
    return fault_next(fault, "host:file with source = … takes one of any size");
}

static bool read_file(struct project_file *file, const char *root, struct fault *fault)
{
    char *path = find(file, root, fault);
    if (path == NULL)
        return false;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    bool done = check(file, descriptor, fault);
    char block[65536];
    ssize_t length = 0;
    while (done && (length = read(descriptor, block, sizeof block)) > 0)
        text_add_bytes(&file->text, block, (size_t) length);
    if (done && (length < 0 || file->text.overflow))
        done = refuse(file, length < 0 ? strerror(errno) : "it grows while it is read",
                      "try again", fault);
    if (descriptor >= 0)
        close(descriptor);
    free(path);
    return done;
}

static const char *root_of(lua_State *lua)
{
    const char *root = script_of(lua)->options.project_root;
    return root != NULL ? root : ".";
}

static int l_read(lua_State *lua)
{
    struct project_file file = {.path = luaL_checkstring(lua, 1),
                                .most = (off_t) luaL_checkinteger(lua, 2)};
    struct fault fault = {0};
    text_init(&file.text, (size_t) file.most + 1);
    bool done = read_file(&file, root_of(lua), &fault);
    if (done)
        lua_pushlstring(lua, file.text.bytes, file.text.length);
    text_clear(&file.text);
    return done ? 1 : raise_fault(lua, &fault);
}

// Opened first, so that what is no plain file is not waited for.
static bool check_plain(const struct project_file *file, const char *path,
                        struct fault *fault)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    bool plain = check(file, descriptor, fault);
    if (descriptor >= 0)
        close(descriptor);
    return plain;
}

static int l_digest(lua_State *lua)
{
    struct project_file file = {.path = luaL_checkstring(lua, 1), .most = INT64_MAX};
    char hex[DIGEST_HEX_SIZE];
    int64_t size = 0;
    struct fault fault = {0};
    char *path = find(&file, root_of(lua), &fault);
    // A large file on a slow disk is no pattern that hangs.
    struct guard *guard = &script_of(lua)->guard;
    bool inside = atomic_exchange(&guard->inside, false);
    bool done = path != NULL && check_plain(&file, path, &fault) &&
                digest_file(path, hex, &size, &fault);
    atomic_fetch_add(&guard->beat, 1);
    atomic_store(&guard->inside, inside);
    free(path);
    if (!done)
        return raise_fault(lua, &fault);
    lua_pushstring(lua, hex);
    lua_pushinteger(lua, size);
    return 2;
}

static int l_path(lua_State *lua)
{
    struct project_file file = {.path = luaL_checkstring(lua, 1)};
    struct fault fault = {0};
    char *path = find(&file, root_of(lua), &fault);
    if (path == NULL)
        return raise_fault(lua, &fault);
    lua_pushstring(lua, path);
    free(path);
    return 1;
}

static const luaL_Reg functions[] = {
    {"digest", l_digest}, {"path", l_path}, {"read", l_read}, {NULL, NULL}};

int bind_project(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
