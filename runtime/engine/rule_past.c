// SPDX-License-Identifier: MIT
#include "engine/rule_past.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/rule_look.h"

static const struct {
    const char *name;
    size_t offset;
} moments[] = {
    {"changed", offsetof(struct rule_past, changed_ms)},
    {"opened", offsetof(struct rule_past, opened_ms)},
    {"release_seen", offsetof(struct rule_past, release_seen_ms)},
    {"release_since", offsetof(struct rule_past, release_since_ms)},
    {"true_seen", offsetof(struct rule_past, true_seen_ms)},
    {"true_since", offsetof(struct rule_past, true_since_ms)},
};
#define MOMENTS (sizeof moments / sizeof *moments)

static int64_t moment_of(const struct rule_past *past, size_t index)
{
    int64_t moment;
    memcpy(&moment, (const char *) past + moments[index].offset, sizeof moment);
    return moment;
}

static const struct value *rates_value(struct arena *arena, const struct rule_past *past)
{
    const struct value *rates[RULE_RATES];
    for (size_t i = 0; i < past->rate_count; i++) {
        const struct value_entry entries[] = {
            {"from", value_text(arena, past->rates[i].from)},
            {"rate", value_integer(arena, past->rates[i].rate)},
            {"to", value_text(arena, past->rates[i].to)},
        };
        rates[i] = value_map(arena, entries, 3);
    }
    return value_list(arena, rates, past->rate_count);
}

const struct value *rule_past_value(struct arena *arena, const struct rule_past *past)
{
    struct value_entry entries[MOMENTS + 5];
    for (size_t i = 0; i < MOMENTS; i++)
        entries[i] = (struct value_entry){moments[i].name,
                                          value_integer(arena, moment_of(past, i))};
    entries[MOMENTS] = (struct value_entry){"accepted", value_bool(past->is_accepted)};
    entries[MOMENTS + 1] = (struct value_entry){"open", value_bool(past->is_open)};
    entries[MOMENTS + 2] = (struct value_entry){"rates", rates_value(arena, past)};
    entries[MOMENTS + 3] =
        (struct value_entry){"opens_by", value_integer(arena, past->opens_by)};
    entries[MOMENTS + 4] =
        (struct value_entry){"closes_by", value_integer(arena, past->closes_by)};
    return value_map(arena, entries, MOMENTS + 5);
}

static bool read_code(const struct value *rate, const char *name, char code[4])
{
    const char *text = value_find_text(rate, name, "");
    if (strlen(text) != 3)
        return false;
    memcpy(code, text, 4);
    return true;
}

static void read_rates(const struct value *rates, struct rule_past *past)
{
    if (rates == NULL || rates->kind != VALUE_LIST)
        return;
    for (size_t i = 0; i < rates->list.count && past->rate_count < RULE_RATES; i++) {
        const struct value *item = rates->list.items[i];
        struct rule_rate *rate = &past->rates[past->rate_count];
        rate->rate = value_find_integer(item, "rate", 0);
        if (rate->rate > 0 && read_code(item, "from", rate->from) &&
            read_code(item, "to", rate->to))
            past->rate_count++;
    }
}

void rule_past_read(const struct value *value, struct rule_past *past)
{
    *past = (struct rule_past){0};
    for (size_t i = 0; i < MOMENTS; i++) {
        int64_t moment = value_find_integer(value, moments[i].name, 0);
        if (moment < 0 || moment >= CALENDAR_END_MS)
            moment = 0;
        memcpy((char *) past + moments[i].offset, &moment, sizeof moment);
    }
    past->is_accepted = value_find_bool(value, "accepted", false);
    past->is_open = value_find_bool(value, "open", false);
    read_rates(value_find(value, "rates"), past);
    past->opens_by = value_find_integer(value, "opens_by", 0);
    past->closes_by = value_find_integer(value, "closes_by", 0);
}

// FNV-1a, with the end of the text.
static uint64_t add_text(uint64_t digest, const char *text)
{
    for (size_t i = 0, length = strlen(text) + 1; i < length; i++)
        digest = (digest ^ (unsigned char) text[i]) * UINT64_C(0x100000001b3);
    return digest;
}

static uint64_t add_condition(uint64_t digest, const struct rule_condition *condition)
{
    for (size_t i = 0; i < condition->count; i++) {
        digest = add_text(digest, "or");
        for (size_t k = 0; k < condition->any[i].count; k++) {
            digest = add_text(digest, condition->any[i].items[k].figure);
            digest = add_text(digest, condition->any[i].items[k].text);
        }
    }
    return add_text(digest, "");
}

// Of 52 bits: whoever reads the row as a number loses none.
static int64_t digest_of(const struct rule_condition *one,
                         const struct rule_condition *other)
{
    uint64_t digest = add_condition(UINT64_C(0xcbf29ce484222325), one);
    return (int64_t) (add_condition(digest, other) >> 12) | 1;
}

void rule_past_adapt(const struct rule *rule, struct rule_past *past)
{
    static const struct rule_condition none = {0};
    int64_t opens_by = digest_of(&rule->when, &rule->evidence);
    int64_t closes_by = digest_of(&rule->release, &none);
    bool opens_anew = past->opens_by != 0 && past->opens_by != opens_by;
    bool closes_anew = past->closes_by != 0 && past->closes_by != closes_by;
    if (opens_anew) {
        past->true_since_ms = past->true_seen_ms = 0;
        if (!past->is_accepted)
            past->is_open = false;
    }
    if (closes_anew || (opens_anew && rule->release.count == 0))
        past->release_since_ms = past->release_seen_ms = 0;
    if (opens_anew || closes_anew)
        past->rate_count = 0;
    past->opens_by = opens_by;
    past->closes_by = closes_by;
}

static const struct value *exact(struct arena *arena, int64_t units)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact((struct money){units, ""}, text));
}

static const struct value *figure_value(struct arena *arena,
                                        const struct rule_figure *figure)
{
    if (!figure->is_known) {
        const char *why = figure->unknown != NULL ? figure->unknown : "nothing tells it";
        const struct value_entry unknown = {"unknown", value_text(arena, why)};
        return value_map(arena, &unknown, 1);
    }
    const struct value_entry entries[] = {
        {"as_of", value_integer(arena, figure->as_of_ms)},
        {"currency",
         *figure->currency != '\0' ? value_text(arena, figure->currency) : NULL},
        {"highest", exact(arena, figure->highest)},
        {"lowest", exact(arena, figure->lowest)},
        {"value", exact(arena, figure->value)},
    };
    return value_map(arena, entries, 5);
}

const struct value *rule_past_figures(struct arena *arena, const struct rule *rule,
                                      const struct rule_input *input)
{
    struct value_entry *entries =
        arena_alloc(arena, (input->figure_count + 1) * sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < input->figure_count; i++)
        if (rule_look_uses(rule, input->figures[i].name))
            entries[count++] = (struct value_entry){
                input->figures[i].name, figure_value(arena, &input->figures[i])};
    return value_map(arena, entries, count);
}
