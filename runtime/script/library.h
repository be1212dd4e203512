// SPDX-License-Identifier: MIT
//
// Where Lua source comes from: the stdlib (--stdlib DIR first, then the binary), the
// project's playbooks on disk, the playbooks embedded with the stdlib.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct script;

struct library_source {
    const char *path; // as messages name it: "playbooks/phase1.lua"
    const char *bytes;
    size_t length;
};

// "stdlib/hetzner/server.lua"
bool library_find(struct script *script, const char *path, struct library_source *source);
// Paths that begin with `prefix`, sorted, in the script's arena.
const char *const *library_list(struct script *script, const char *prefix, size_t *count);
// "phase1", "playbooks/phase1.lua" or any path of a file; `from` is the including file or
// NULL. False when there is none.
bool library_find_playbook(struct script *script, const char *name, const char *from,
                           struct library_source *source);

// Pushes the compiled chunk with the environment that is on top of the stack (and takes
// it). A syntax error is raised as a fault with its line.
void library_load(lua_State *lua, const struct library_source *source);

// The require of the stdlib, which may yield; knows C modules too.
int library_require(lua_State *lua);
// The opener on top of the stack becomes module `name`.
void library_add(lua_State *lua, const char *name);
