// SPDX-License-Identifier: MIT
//
// What a resource type looks like, as data, and the check of a declaration against it.
// One source for validation, diffing and documentation.
#pragma once

#include "base/arena.h"
#include "base/fault.h"
#include "value/value.h"

enum schema_kind {
    SCHEMA_ANY,
    SCHEMA_STRING,
    SCHEMA_INTEGER,
    SCHEMA_NUMBER,
    SCHEMA_BOOL,
    SCHEMA_LIST,   // order matters
    SCHEMA_SET,    // order does not matter
    SCHEMA_MAP,
    SCHEMA_CHOICE, // a string or a list of strings, tried in order: found must be among
};

// As playbooks call it: "string".
const char *schema_kind_word(enum schema_kind kind);

struct schema_attribute {
    const char *name;
    enum schema_kind kind;
    enum schema_kind item;       // of list and set; SCHEMA_ANY for any
    bool required;
    bool computed; // the world gives it; may not be declared unless optional
    bool optional_computed;      // may be declared, else the world gives it
    bool fixed;                  // a change replaces the resource
    bool birth;                  // used at creation only; a difference later is a note
    bool timed;                  // not so any more by time alone: due, but no drift
    bool local;                  // ours only (e.g. `within`): never compared
    bool secret;                 // never shown, whatever it holds
    bool content;                // a file's content: never kept in a saved plan
    bool rebuild;                // fixed or of birth, but a rebuild in place sets it
    const struct value *fallback; // default, or NULL
    const char *const *one_of;   // allowed strings, or NULL
    size_t one_of_count;
    const char *doc;
};

struct schema {
    const char *type;            // "hetzner.server"
    const char *doc;
    const char *link;
    const char *example;
    const char *lasting;         // what stays when it is removed; or NULL
    bool on_host;                // lives on a host: needs `on`
    bool is_host;                // reaches a machine: type "host"
    bool is_check;               // verifies, changes nothing, runs after all else
    bool is_cost;                // only a price line (cost.item)
    bool is_core;                // the engine's own (secret)
    bool nameless;               // may be declared without a name
    bool protect;                // protected unless said otherwise
    bool risky;                  // may cut the connection: a batch of its own
    bool lone;                   // carried out by calls: a batch of its own
    bool follows;                // a change before it on its host may make it due
    bool renames;                // can be called otherwise: an update of "called" does it
    const struct schema_attribute *attributes; // sorted by name
    size_t attribute_count;
};

const struct schema_attribute *schema_find(const struct schema *schema, const char *name);

// Checks names (with did-you-mean), kinds, required and one_of; fills defaults. `where`
// is "playbooks/phase1.lua:12". *checked is a new map in the arena.
bool schema_check(const struct schema *schema, struct arena *arena, const char *where,
                  const char *address, const struct value *declared,
                  const struct value **checked, struct fault *fault) FAULT_CHECKED;

// The candidate nearest to `word` by edit distance, or NULL when none is near.
const char *schema_nearest(const char *word, const char *const *candidates, size_t count);
// The same among a schema's attributes.
const char *schema_nearest_attribute(const struct schema *schema, struct arena *arena,
                                     const char *name);
