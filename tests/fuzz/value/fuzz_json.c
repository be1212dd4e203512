// SPDX-License-Identifier: MIT
//
// What json_read takes, json_write gives back in one form only: reading that again gives
// the same bytes, and the same value wherever it is known.
#include "value/json.h"

#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_round_trip(struct arena *arena, const struct value *value)
{
    const char *text = json_text(arena, value);
    const struct value *again;
    struct fault fault;

    if (!json_read(arena, text, strlen(text), &again, &fault)) {
        // What stands for something else is written with up to two levels more.
        require(!value_is_known(value) && strstr(fault.why, "levels"));
        return;
    }
    require(strcmp(text, json_text(arena, again)) == 0);
    require(value_compare(value, again) == 0);
    require(value_equal(value, again) || !value_is_known(value));
    require(value_equal(value, value_copy(arena, again)) || !value_is_known(value));
}

static void check_pretty(struct arena *arena, const struct value *value)
{
    const struct value *again;
    struct fault fault;
    struct text pretty;

    text_init(&pretty, 0);
    json_write_pretty(&pretty, value);
    if (json_read(arena, pretty.bytes, pretty.length, &again, &fault)) {
        require(value_compare(value, again) == 0);
    } else {
        require(!value_is_known(value) && strstr(fault.why, "levels"));
    }
    text_clear(&pretty);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct value *value;
    struct arena arena;
    struct fault fault;

    arena_init(&arena, 0);
    fault_clear(&fault);
    if (json_read(&arena, (const char *) bytes, length, &value, &fault)) {
        check_round_trip(&arena, value);
        check_pretty(&arena, value);
    } else {
        require(fault_is_set(&fault) && fault.why[0]);
    }
    arena_clear(&arena);
    return 0;
}
