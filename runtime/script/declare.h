// SPDX-License-Identifier: MIT
//
// One evaluation: what its playbooks declare, in order, until it becomes a resource_set.
// Declarations hold what was written; defaults and the check against the schema come at
// the end, so that amendments are seen.
#pragma once

#include <lua.h>

#include "base/array.h"
#include "script/kind.h"
#include "script/script.h"

struct declaration {
    struct resource resource; // attributes: unchecked until the end
    const struct kind *kind;
    const char *where;              // "playbooks/phase1.lua:12"
    const char *amended;            // the same of the last amendment, or NULL
    const char *file;               // the playbook that was being evaluated
    struct writer *writers;         // of amendments, the latest first (agree.c)
    const struct declaration *twin; // of an unrelated playbook: they must be the same
};

// hetzner.server "app" without its table yet.
struct pending {
    const struct kind *kind;
    struct declaration *host; // or NULL
    const char *name;
    const char *where;
    bool done;
};

// A line of a playbook.
struct place {
    const char *file;
    int line;
    const char *text; // "playbooks/phase1.lua:12"
};

struct declare {
    struct script *script;
    struct arena *arena; // the caller's: everything ends up in it
    int64_t number;      // of this evaluation; handles of an older one are dead
    struct place place;  // the last that was asked for
    struct array declarations;
    struct array pending;
    struct map by_address;
    struct map included;   // path → registry reference + 1 of what it returned; or NULL
    struct array outputs;  // struct resource_output
    struct array budgets;  // struct resource_budget
    struct array sources;  // struct takings_source
    struct array guards;   // struct resource_guard
    struct array rollings; // struct resource_rolling
    struct array rules;    // of rule_word.c
    struct array reviews;  // of review_word.c
    struct array groups;   // of group_word.c
    struct array moves;    // struct resource_move
    struct array removals; // struct resource_removal
    struct array files;    // being evaluated, outermost first
    struct array includes; // which file includes which (agree.c)
    bool calls_tip;        // one of them called tip()
    bool proposes;         // a rule is asked what it proposes: nothing is declared
    struct array missed;   // struct rule_missed
    struct map phases;     // path → the phase that it says
    struct map stages;     // path of a stage → where it is
    const char *stage;     // being evaluated, "outer/inner"; or NULL
    const char *waits_for; // what value() could not tell it yet, or NULL
    struct array deferrals; // struct resource_deferral
    struct array answers;   // struct resource_answer
    int phase;
    const char *phase_title;
};

// The one under way; raises outside of a playbook.
struct declare *declare_check(lua_State *lua);
// Where the nearest line of a playbook is, in the arena.
const char *declare_where(lua_State *lua, struct declare *declare);

// Declares from the table at `index` and pushes the handle.
void declare_resource(lua_State *lua, const struct kind *kind, struct declaration *host,
                      const char *name, int index);
// Lays the table at `index` over what was declared; with `grow` lists get longer.
void declare_amend(lua_State *lua, struct declaration *declaration, int index, bool grow);

// Whether the word means the same on every type: after, protect, tags …
bool declare_is_word(const char *name);

// Lets go of what Lua keeps for the evaluation.
void declare_forget(lua_State *lua);

// Checks everything and fills the set.
bool declare_finish(struct declare *declare, const char *playbook,
                    struct resource_set *set, struct fault *fault) FAULT_CHECKED;
