// SPDX-License-Identifier: MIT
#include "command/drift_known.h"

#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "value/json.h"

#define KEY "drift"

// {"ID": {"address": …, "since": milliseconds}}; what cannot be read counts as nothing.
static bool read_known(struct arena *arena, struct cache *cache,
                       const struct value **known, struct fault *fault)
{
    const char *text = NULL;
    struct fault ignored;
    *known = NULL;
    if (!cache_get(cache, arena, KEY, &text, NULL, fault))
        return false;
    if (text != NULL && !json_read(arena, text, strlen(text), known, &ignored))
        *known = NULL;
    return true;
}

static const struct value *entry_of(struct arena *arena, const char *address,
                                    int64_t since)
{
    const struct value_entry entries[] = {
        {"address", value_text(arena, address)},
        {"since", value_integer(arena, since)},
    };
    return value_map(arena, entries, 2);
}

// What was not looked at this time stays known.
static size_t keep_others(const struct value *known, const struct drift *drift,
                          struct value_entry *entries)
{
    struct map judged;
    size_t count = 0;
    map_init(&judged);
    for (size_t i = 0; i < drift->judged_count; i++)
        map_put(&judged, drift->judged[i], (void *) drift);
    for (size_t i = 0; known != NULL && i < known->map.count; i++) {
        const struct value *entry = known->map.entries[i].value;
        if (!map_has(&judged, value_find_text(entry, "address", "")))
            entries[count++] = known->map.entries[i];
    }
    map_clear(&judged);
    return count;
}

bool drift_known_update(struct arena *arena, struct cache *cache,
                        const struct drift *drift, int64_t **since, struct fault *fault)
{
    const struct value *known = NULL;
    *since = arena_alloc(arena, (drift->item_count + 1) * sizeof **since);
    if (cache == NULL)
        return true;
    if (!read_known(arena, cache, &known, fault))
        return false;
    if (known != NULL && known->kind != VALUE_MAP)
        known = NULL;
    size_t most = (known != NULL ? known->map.count : 0) + drift->item_count;
    struct value_entry *entries = arena_alloc(arena, (most + 1) * sizeof *entries);
    size_t count = keep_others(known, drift, entries);
    int64_t now = clock_now_ms();
    for (size_t i = 0; i < drift->item_count; i++) {
        const struct drift_item *item = &drift->items[i];
        const struct value *entry = value_find(known, item->id);
        (*since)[i] = value_find_integer(entry, "since", 0);
        entries[count++] =
            (struct value_entry){item->id, entry_of(arena, item->address,
                                                    (*since)[i] > 0 ? (*since)[i] : now)};
    }
    return cache_put(cache, KEY, json_text(arena, value_map(arena, entries, count)),
                     fault);
}
