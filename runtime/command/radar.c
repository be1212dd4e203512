// SPDX-License-Identifier: MIT
#include "command/radar.h"

#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "store/cache.h"
#include "value/json.h"
#include "value/money.h"

#define KEY "hetzner.radar" // as stdlib/hetzner/catalogue.lua keeps it

struct looking {
    const struct project *project;
    struct arena *arena;
    struct radar *radar;
    const struct value *list; // { currency, retired, moved }
};

// "5.4900000000" → "5.49 €"
static const char *price_of(const struct looking *looking, const struct value *row,
                            const char *name)
{
    char text[MONEY_TEXT_SIZE];
    struct money amount;
    struct fault ignored;
    const char *written = value_find_text(row, name, NULL);
    const char *currency = value_find_text(looking->list, "currency", "EUR");
    if (written == NULL || !money_parse(written, currency, &amount, &ignored))
        return NULL;
    return arena_text(looking->arena, money_format(amount, text));
}

// "2025-12-31" of "2025-12-31T23:59:59Z", or NULL.
static const char *day_of(struct arena *arena, const struct value *row, const char *name)
{
    const char *text = value_find_text(row, name, NULL);
    return text != NULL ? arena_copy(arena, text, strcspn(text, "T")) : NULL;
}

static const char *retired_text(const struct looking *looking, const struct value *row)
{
    struct arena *arena = looking->arena;
    struct calendar_date date;
    const char *day = day_of(arena, row, "after");
    const char *take = value_find_text(row, "take", NULL);
    const char *price = price_of(looking, row, "price");
    const char *then = "nothing as large stays on sale there";
    if (take != NULL)
        then = arena_format(arena, "%s is as large, %s/month", take,
                            price != NULL ? price : "?");
    bool is_gone = day == NULL || !calendar_parse(day, &date) ||
                   calendar_ms(date) < clock_now_ms();
    return arena_format(arena, "%s in %s is %s%s%s: %s",
                        value_find_text(row, "type", "?"),
                        value_find_text(row, "location", "?"),
                        is_gone ? "not sold any more" : "sold only",
                        day == NULL ? "" : is_gone ? " since " : " until ",
                        day != NULL ? day : "", then);
}

static const char *moved_text(const struct looking *looking, const struct value *row)
{
    char seen[CALENDAR_TEXT_SIZE];
    int64_t seen_ms = value_find_integer(row, "seen_at", 0) * 1000;
    const char *was = price_of(looking, row, "was");
    const char *now = price_of(looking, row, "price");
    calendar_format(calendar_date_of(seen_ms), seen);
    return arena_format(looking->arena, "%s in %s is %s/month, it was %s; seen on %s",
                        value_find_text(row, "type", "?"),
                        value_find_text(row, "location", "?"), now != NULL ? now : "?",
                        was != NULL ? was : "?", seen);
}

static const struct value *find_row(const struct value *rows, const char *type,
                                    const char *location)
{
    bool some = rows != NULL && rows->kind == VALUE_LIST;
    for (size_t i = 0; some && i < rows->list.count; i++)
        if (strcmp(value_find_text(rows->list.items[i], "type", ""), type) == 0 &&
            strcmp(value_find_text(rows->list.items[i], "location", ""), location) == 0)
            return rows->list.items[i];
    return NULL;
}

static void add(struct looking *looking, const struct record *record,
                const struct value *row, bool is_retired)
{
    struct radar *radar = looking->radar;
    if (row != NULL)
        radar->rows[radar->count++] = (struct radar_row){
            record->address,
            is_retired ? retired_text(looking, row) : moved_text(looking, row),
            is_retired, row};
}

static bool read_list(struct looking *looking, struct fault *fault)
{
    struct cache *cache = NULL;
    const char *text = NULL;
    bool done =
        cache_open(&cache, looking->project->cache_path, fault) &&
        cache_get(cache, looking->arena, KEY, &text, &looking->radar->read_at_ms, fault);
    if (cache != NULL)
        cache_close(cache);
    return done && (text == NULL || json_read(looking->arena, text, strlen(text),
                                              &looking->list, fault));
}

bool radar_look(const struct project *project, const struct state_rows *recorded,
                struct arena *arena, struct radar *radar, struct fault *fault)
{
    struct looking looking = {project, arena, radar, NULL};
    *radar = (struct radar){0};
    radar->rows = arena_alloc(arena, (2 * recorded->count + 1) * sizeof *radar->rows);
    if (access(project->cache_path, R_OK | W_OK) != 0)
        return true;
    if (!read_list(&looking, fault))
        return fault_while(fault, "reading the price radar");
    for (size_t i = 0; looking.list != NULL && i < recorded->count; i++) {
        const struct record *record = &recorded->rows[i];
        const char *type = value_find_text(record->attributes, "type", NULL);
        const char *location = value_find_text(record->attributes, "location", NULL);
        if (strcmp(record->type, "hetzner.server") != 0 || !type || !location)
            continue;
        add(&looking, record,
            find_row(value_find(looking.list, "retired"), type, location), true);
        add(&looking, record, find_row(value_find(looking.list, "moved"), type, location),
            false);
    }
    return true;
}
