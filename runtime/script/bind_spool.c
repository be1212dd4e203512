// SPDX-License-Identifier: MIT
//
// spool.folder() → path; spool.path(name); spool.write(name, bytes), append(name, bytes),
// read(name, from, length) → bytes; take(path, name) moves a file in; join(name, names)
// makes one of many; remove(name). The upvalue is the folder.
#include "script/bind_spool.h"

#include "script/bind.h"
#include "script/library.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_CEILING = 16 << 20 };

static const char *folder_of(lua_State *lua)
{
    const char *folder = lua_tostring(lua, lua_upvalueindex(1));
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        raise_error(lua, "%s cannot be made: %s", folder, strerror(errno));
    return folder;
}

static void check_path(lua_State *lua, int index, char path[PATH_MAX])
{
    const char *name = luaL_checkstring(lua, index);
    luaL_argcheck(lua, name[0] != '.' && name[0] != '\0' && strchr(name, '/') == NULL,
                  index, "the name of a file");
    snprintf(path, PATH_MAX, "%s/%s", folder_of(lua), name);
}

static int fail(lua_State *lua, const char *path, int cause)
{
    return raise_error(lua, "%s: %s", path, strerror(cause));
}

static int l_folder(lua_State *lua)
{
    lua_pushstring(lua, folder_of(lua));
    return 1;
}

static int l_path(lua_State *lua)
{
    char path[PATH_MAX];
    check_path(lua, 1, path);
    lua_pushstring(lua, path);
    return 1;
}

// 0, or why not.
static int put(const char *path, int flags, const char *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    int cause = fd < 0 ? errno : 0;
    while (cause == 0 && length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            cause = errno;
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t) written : 0;
    }
    if (fd >= 0)
        close(fd);
    return cause;
}

static int put_by(lua_State *lua, int flags)
{
    char path[PATH_MAX];
    size_t length;
    check_path(lua, 1, path);
    const char *bytes = luaL_checklstring(lua, 2, &length);
    int cause = put(path, flags, bytes, length);
    return cause == 0 ? 0 : fail(lua, path, cause);
}

static int l_write(lua_State *lua)
{
    return put_by(lua, O_TRUNC);
}

static int l_append(lua_State *lua)
{
    return put_by(lua, O_APPEND);
}

// Fewer bytes than asked for at the end of the file.
static int l_read(lua_State *lua)
{
    char path[PATH_MAX];
    check_path(lua, 1, path);
    lua_Integer from = luaL_checkinteger(lua, 2), length = luaL_checkinteger(lua, 3);
    luaL_argcheck(lua, from >= 0, 2, "not below 0");
    luaL_argcheck(lua, length >= 0 && length <= READ_CEILING, 3, "at most 16 MiB");
    luaL_Buffer buffer;
    char *bytes = luaL_buffinitsize(lua, &buffer, (size_t) length);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : pread(fd, bytes, (size_t) length, from);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    if (got < 0)
        return fail(lua, path, cause);
    luaL_pushresultsize(&buffer, (size_t) got);
    return 1;
}

static int l_take(lua_State *lua)
{
    char path[PATH_MAX];
    const char *from = luaL_checkstring(lua, 1);
    check_path(lua, 2, path);
    return rename(from, path) == 0 ? 0 : fail(lua, from, errno);
}

static int copy_all(int from, int to)
{
    ssize_t copied = 1;
    while (copied > 0)
        copied = copy_file_range(from, NULL, to, NULL, (size_t) 1 << 30, 0);
    return copied == 0 ? 0 : errno;
}

static int l_join(lua_State *lua)
{
    char path[PATH_MAX], part[PATH_MAX];
    check_path(lua, 1, path);
    luaL_checktype(lua, 2, LUA_TTABLE);
    int cause = put(path, O_TRUNC, "", 0);
    for (lua_Integer i = 1; cause == 0 && i <= luaL_len(lua, 2); i++) {
        lua_rawgeti(lua, 2, i);
        check_path(lua, -1, part);
        lua_pop(lua, 1);
        int from = open(part, O_RDONLY | O_CLOEXEC);
        int to = open(path, O_WRONLY | O_CLOEXEC);
        bool opened = from >= 0 && to >= 0 && lseek(to, 0, SEEK_END) >= 0;
        cause = opened ? copy_all(from, to) : errno;
        if (from >= 0)
            close(from);
        if (to >= 0)
            close(to);
    }
    return cause == 0 ? 0 : fail(lua, path, cause);
}

static int l_remove(lua_State *lua)
{
    char path[PATH_MAX];
    check_path(lua, 1, path);
    return unlink(path) == 0 || errno == ENOENT ? 0 : fail(lua, path, errno);
}

static const luaL_Reg functions[] = {
    {"folder", l_folder}, {"path", l_path}, {"write", l_write},   {"append", l_append},
    {"read", l_read},     {"take", l_take}, {"join", l_join},     {"remove", l_remove},
    {NULL, NULL},
};

static int open_spool(lua_State *lua)
{
    luaL_newlibtable(lua, functions);
    lua_pushvalue(lua, lua_upvalueindex(1));
    luaL_setfuncs(lua, functions, 1);
    return 1;
}

void bind_spool_remove(const char *folder)
{
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return;
    for (struct dirent *entry = readdir(directory); entry != NULL;
         entry = readdir(directory))
        unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(folder);
}

void bind_spool_add(struct script *script, const char *folder)
{
    lua_pushstring(script->lua, folder);
    lua_pushcclosure(script->lua, open_spool, 1);
    library_add(script->lua, "spool");
}
