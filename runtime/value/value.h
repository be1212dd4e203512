// SPDX-License-Identifier: MIT
//
// The values that every layer shares: what a playbook declares, what the world shows,
// what state keeps. Immutable, in an arena; whoever owns the arena owns the value.
//
// Four kinds exist because a plan is made before the world is changed:
//   unknown    known only after apply; carries the address it will come from
//   reference  "the attribute PATH of the resource ADDRESS", not looked up yet
//   template   a text with references in it: parts to be joined once they are known
//   secret     plain bytes that nothing prints or stores; carries a label to show instead
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INTEGER,
    VALUE_NUMBER, // a double, for what is measured; money is text or struct money
    VALUE_STRING,
    VALUE_LIST,
    VALUE_MAP, // sorted by key, no key twice
    VALUE_UNKNOWN,
    VALUE_REFERENCE,
    VALUE_TEMPLATE,
    VALUE_SECRET,
};

struct value;

struct value_entry {
    const char *key;
    const struct value *value;
};

struct value {
    enum value_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            const char *bytes; // NUL-ended; may hold NUL inside
            size_t length;
        } string;
        struct {
            const struct value *const *items; // list, template
            size_t count;
        } list;
        struct {
            const struct value_entry *entries;
            size_t count;
        } map;
        struct {
            const char *address; // "hetzner.server/app"
            const char *path;    // "ipv4", "public_net.0.ip"
            bool secret;         // what it stands for is a secret
        } reference; // reference, unknown (the path may then be empty)
        struct {
            const char *label; // "secret/jwt_key"
            const char *bytes;
            size_t length;
        } secret;
    };
};

const struct value *value_null(void);
const struct value *value_bool(bool boolean);
const struct value *value_integer(struct arena *arena, int64_t integer);
const struct value *value_number(struct arena *arena, double number);
const struct value *value_string(struct arena *arena, const char *bytes, size_t length);
const struct value *value_text(struct arena *arena, const char *text);
// The items are borrowed, the array of pointers is copied.
const struct value *value_list(struct arena *arena, const struct value *const *items,
                               size_t count);
const struct value *value_template(struct arena *arena, const struct value *const *parts,
                                   size_t count);
// Copies keys, sorts; of two equal keys the later wins; entries with a NULL value are
// left out.
const struct value *value_map(struct arena *arena, const struct value_entry *entries,
                              size_t count);
// The same of entries in the arena, with their keys: in order, they are not copied.
const struct value *value_map_adopt(struct arena *arena, struct value_entry *entries,
                                    size_t count);
const struct value *value_unknown(struct arena *arena, const char *address,
                                  const char *path, bool secret);
const struct value *value_reference(struct arena *arena, const char *address,
                                    const char *path, bool secret);
const struct value *value_secret(struct arena *arena, const char *label,
                                 const char *bytes, size_t length);

// A deep copy into another arena.
const struct value *value_copy(struct arena *arena, const struct value *value);

// NULL when absent, or when `map` is NULL or no map.
const struct value *value_find(const struct value *map, const char *key);
// Walks "public_net.ipv4.ip"; list items by index from 0. NULL when absent.
const struct value *value_find_path(const struct value *value, const char *path);
// The string's bytes, or `fallback` when absent or no string.
const char *value_find_text(const struct value *map, const char *key,
                            const char *fallback);
int64_t value_find_integer(const struct value *map, const char *key, int64_t fallback);
bool value_find_bool(const struct value *map, const char *key, bool fallback);
// A new map with one entry put (NULL: taken out).
const struct value *value_with(struct arena *arena, const struct value *map,
                               const char *key, const struct value *value);
// Deep merge: maps merge, everything else of `over` replaces. Either may be NULL.
const struct value *value_merge(struct arena *arena, const struct value *under,
                                const struct value *over);

bool value_is_text(const struct value *value, const char *text);
bool value_is_null(const struct value *value); // NULL pointer or VALUE_NULL

// Deep. References equal references to the same thing; a secret equals a secret or a
// string of the same bytes (in constant time); an integer equals a number of the same
// worth. NULL equals VALUE_NULL. Unknown equals nothing.
bool value_equal(const struct value *left, const struct value *right);

// A total order for sorting sets.
int value_compare(const struct value *left, const struct value *right);

// No unknown, reference or template anywhere inside.
bool value_is_known(const struct value *value);
bool value_has_secret(const struct value *value);
// The first unknown or reference inside, or NULL.
const struct value *value_first_unknown(const struct value *value);

typedef void (*value_visit_fn)(void *context, const struct value *value);
// Every value inside, itself first, depth first.
void value_walk(const struct value *value, value_visit_fn visit, void *context);

// "string", "list" …, as messages name it.
const char *value_kind_name(enum value_kind kind);
