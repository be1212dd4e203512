// SPDX-License-Identifier: MIT
#include "command/revenue_cache.h"

#include <string.h>

#include "value/json.h"

#define KEY "revenue"

static const struct value *exact(struct arena *arena, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact(amount, text));
}

static bool read_amounts(const struct value *map, struct record_revenue *row,
                         struct fault *fault)
{
    const char *currency = value_find_text(map, "currency", "");
    return money_parse(value_find_text(map, "gross", ""), currency, &row->gross, fault) &&
           money_parse(value_find_text(map, "cautious", ""), currency, &row->cautious,
                       fault) &&
           money_parse(value_find_text(map, "at_risk", ""), currency, &row->at_risk,
                       fault);
}

bool revenue_cache_load(struct workbench *bench, const struct record_revenue **row,
                        struct fault *fault)
{
    struct arena *arena = &bench->arena;
    const struct value *map = NULL;
    const char *text = NULL;
    struct fault broken;
    *row = NULL;
    if (bench->cache == NULL)
        return true;
    if (!cache_get(bench->cache, arena, KEY, &text, NULL, fault))
        return false;
    if (text == NULL || !json_read(arena, text, strlen(text), &map, &broken))
        return true;
    struct record_revenue *found = arena_alloc(arena, sizeof *found);
    *found = (struct record_revenue){
        .read_at_ms = value_find_integer(map, "read_at", 0),
        .as_of_ms = value_find_integer(map, "as_of", 0),
        .fresh_until_ms = value_find_integer(map, "fresh_until", 0),
        .source = value_find_text(map, "source", ""),
        .customers = value_find_integer(map, "customers", -1),
        .accepted = value_find_bool(map, "accepted", false),
        .warnings = value_find(map, "warnings"),
        .parts = value_find(map, "parts"),
    };
    // What cannot be read is as good as not there: it may be deleted too.
    *row = read_amounts(map, found, &broken) ? found : NULL;
    return true;
}

bool revenue_cache_put(struct workbench *bench, const struct record_revenue *row,
                       struct fault *fault)
{
    struct arena *arena = &bench->arena;
    if (bench->cache == NULL)
        return true;
    const struct value_entry entries[] = {
        {"read_at", value_integer(arena, row->read_at_ms)},
        {"as_of", value_integer(arena, row->as_of_ms)},
        {"fresh_until", value_integer(arena, row->fresh_until_ms)},
        {"source", value_text(arena, row->source)},
        {"currency", value_text(arena, row->gross.currency)},
        {"gross", exact(arena, row->gross)},
        {"cautious", exact(arena, row->cautious)},
        {"at_risk", exact(arena, row->at_risk)},
        {"customers", value_integer(arena, row->customers)},
        {"accepted", value_bool(row->accepted)},
        {"warnings", row->warnings},
        {"parts", row->parts},
    };
    return cache_put(
        bench->cache, KEY,
        json_text(arena, value_map(arena, entries, sizeof entries / sizeof *entries)),
        fault);
}
