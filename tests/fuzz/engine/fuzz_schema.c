// SPDX-License-Identifier: MIT
//
// Declaration, found and recorded as three JSON texts, separated by a NUL: a declaration
// that passes the schema passes it again unchanged, does not differ from itself, and is
// compared with anything.
#include "engine/schema.h"

#include "engine/diff.h"
#include "value/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static const char *const sizes[] = {"large", "small"};

// One of each kind, sorted by name.
static const struct schema_attribute attributes[] = {
    {.name = "a", .kind = SCHEMA_ANY},
    {.name = "b", .kind = SCHEMA_BOOL},
    {.name = "c", .kind = SCHEMA_CHOICE, .fixed = true},
    {.name = "d", .kind = SCHEMA_STRING, .one_of = sizes, .one_of_count = 2},
    {.name = "i", .kind = SCHEMA_INTEGER, .birth = true},
    {.name = "l", .kind = SCHEMA_LIST, .item = SCHEMA_STRING},
    {.name = "m", .kind = SCHEMA_MAP},
    {.name = "n", .kind = SCHEMA_NUMBER},
    {.name = "s", .kind = SCHEMA_SET, .item = SCHEMA_INTEGER},
    {.name = "z", .kind = SCHEMA_STRING, .secret = true},
};

static const struct schema schema = {
    .type = "test.thing",
    .attributes = attributes,
    .attribute_count = sizeof attributes / sizeof *attributes,
};

static const struct value *next_value(struct arena *arena, const char **at, size_t *left)
{
    const struct value *value = NULL;
    struct fault fault;
    size_t length = strnlen(*at, *left);
    if (!json_read(arena, *at, length, &value, &fault))
        value = NULL;
    *at += length;
    *left -= length;
    if (*left > 0) {
        (*at)++;
        (*left)--;
    }
    return value;
}

static void compare(struct arena *arena, const struct value *wanted,
                    const struct value *found, const struct value *recorded)
{
    struct diff diff;
    diff_compare(arena, NULL, &schema, wanted, found, recorded, &diff);
    require(diff.field_count <= schema.attribute_count);
    require(diff_reason(arena, &diff)[0] != '\0');
    diff_compare(arena, NULL, &schema, wanted, wanted, NULL, &diff);
    require(!value_is_known(wanted) || value_has_secret(wanted) || !diff.differs);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    struct arena arena;
    struct fault fault = {0};
    const char *at = (const char *) input;
    const struct value *checked = NULL, *again = NULL;
    arena_init(&arena, 0);
    const struct value *declared = next_value(&arena, &at, &length);
    const struct value *found = next_value(&arena, &at, &length);
    const struct value *recorded = next_value(&arena, &at, &length);
    if (declared == NULL) {
        arena_clear(&arena);
        return 0;
    }
    if (schema_check(&schema, &arena, "fuzz:1", "test.thing/a", declared, &checked,
                     &fault)) {
        require(schema_check(&schema, &arena, "fuzz:1", "test.thing/a", checked, &again,
                             &fault));
        require(value_compare(checked, again) == 0);
        compare(&arena, checked, found, recorded);
    } else {
        require(fault_is_set(&fault) && fault.what[0] != '\0');
    }
    arena_clear(&arena);
    return 0;
}
