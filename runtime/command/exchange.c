// SPDX-License-Identifier: MIT
#include "command/exchange.h"

#include <string.h>

#include "base/calendar.h"
#include "base/duration.h"
#include "command/exchange_file.h"

#define MAX_AGE_MS (180 * CALENDAR_DAY_MS)

void exchange_add(struct project *project, struct arena *arena, const char *from,
                  const char *to, int64_t rate, const char *date)
{
    const char *one = arena_text(arena, from), *other = arena_text(arena, to);
    struct money back = money_scale((struct money){MONEY_UNIT, ""}, MONEY_UNIT, rate);
    project->rates[project->rate_count++] = (struct engine_rate){one, other, rate, date};
    if (back.units > 0) // else it is smaller than a rate can be
        project->rates[project->rate_count++] =
            (struct engine_rate){other, one, back.units, date};
}

static bool is_word(const char *key)
{
    static const char *const words[] = {"date", "source", "max_age"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(key, words[i]) == 0)
            return true;
    return false;
}

static bool is_pair(const char *key)
{
    return strlen(key) == 7 && key[3] == '_' &&
           strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == 7;
}

static bool refuse_pair(const char *key, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "exchange.%s in pipster.lua is no rate", key);
    return fault_next(fault, "exchange = { date = \"2026-11-20\", EUR_USD = \"1.085\" }");
}

static bool take_pairs(struct project *project, struct arena *arena,
                       const struct value *exchange, struct fault *fault)
{
    const char *date = value_find_text(exchange, "date", "");
    project->rates = arena_alloc(arena, 2 * exchange->map.count * sizeof *project->rates);
    for (size_t i = 0; i < exchange->map.count; i++) {
        const char *pair = exchange->map.entries[i].key;
        const char *text = value_find_text(exchange, pair, NULL);
        struct money one;
        if (is_word(pair))
            continue;
        if (!is_pair(pair) || !text)
            return refuse_pair(pair, fault);
        if (!money_parse(text, pair + 4, &one, fault))
            return fault_while(fault, "reading exchange.%s of pipster.lua", pair);
        if (one.units <= 0)
            return fault_set(fault, FAULT_ERROR, "exchange.%s must be above zero", pair);
        exchange_add(project, arena, arena_copy(arena, pair, 3), pair + 4, one.units,
                     date);
    }
    return true;
}

static bool read_max_age(const struct value *exchange, int64_t *ms, struct fault *fault)
{
    const char *text = value_find_text(exchange, "max_age", NULL);
    *ms = MAX_AGE_MS;
    return text == NULL || duration_parse(text, ms, fault) ||
           fault_while(fault, "reading exchange.max_age of pipster.lua");
}

static const char *stale_of(struct arena *arena, const char *date, int64_t max_age_ms,
                            int64_t now_ms)
{
    struct calendar_date day;
    if (!calendar_parse(date, &day))
        return "the exchange rates have no date: how old they are nobody knows";
    int64_t age_ms = now_ms - calendar_ms(day);
    if (age_ms <= max_age_ms)
        return NULL;
    return arena_format(arena,
                        "the exchange rates are of %s, %lld days old: bring `exchange` "
                        "of pipster.lua up to date",
                        date, (long long) (age_ms / CALENDAR_DAY_MS));
}

bool exchange_read(struct project *project, struct arena *arena, int64_t now_ms,
                   struct fault *fault)
{
    const struct value *exchange = value_find(project->settings, "exchange");
    int64_t max_age_ms;
    if (!exchange || exchange->kind != VALUE_MAP)
        return true;
    const char *file = value_find_text(exchange, "file", NULL);
    if (!read_max_age(exchange, &max_age_ms, fault))
        return false;
    if (file != NULL && !exchange_file_read(project, arena, file, fault))
        return fault_while(fault, "reading exchange.file of pipster.lua");
    if (file == NULL && !take_pairs(project, arena, exchange, fault))
        return false;
    if (project->rate_count > 0)
        project->rates_stale =
            stale_of(arena, project->rates[0].date, max_age_ms, now_ms);
    return true;
}
