// SPDX-License-Identifier: MIT
#include "engine/takings.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "engine/cost.h"
#include "value/reading.h"

static bool join_sources(struct arena *arena, const struct takings_part *parts,
                         size_t count, const char **joined)
{
    struct text text;
    text_init(&text, 0);
    for (size_t i = 0; i < count; i++) {
        bool told = false;
        for (size_t j = 0; j < i; j++)
            told = told || strcmp(parts[j].source, parts[i].source) == 0;
        if (!told)
            text_format(&text, "%s%s", i > 0 ? " + " : "", parts[i].source);
    }
    *joined = arena_text(arena, text.bytes);
    text_clear(&text);
    return true;
}

static bool is_one_currency(const struct takings_part *parts, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(parts[i].gross.currency, parts[0].gross.currency) != 0)
            return false;
    return true;
}

static bool add_amount(const struct engine *engine, struct money *sum,
                       struct money amount, struct fault *fault)
{
    struct money converted;
    if (cost_convert(engine, amount, sum->currency, &converted))
        return money_add(sum, converted, fault);
    fault_set(fault, FAULT_ERROR, "there is no exchange rate from %s to %s",
              amount.currency, sum->currency);
    fault_why(fault, "the sources of the revenue tell it in several currencies");
    return fault_next(fault, "in pipster.lua: exchange = { date = \"…\", %s_%s = \"…\" }",
                      sum->currency, amount.currency);
}

// What every source says of itself, with its name where there are several.
static const struct value *list_warnings(struct arena *arena,
                                         const struct takings_part *parts, size_t count)
{
    size_t most = 1, found = 0;
    for (size_t i = 0; i < count; i++)
        most += parts[i].warnings != NULL ? parts[i].warnings->list.count : 0;
    const struct value **texts = arena_alloc(arena, (most + count) * sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        const struct value *own = parts[i].warnings;
        for (size_t j = 0; own != NULL && j < own->list.count; j++) {
            if (own->list.items[j]->kind != VALUE_STRING)
                continue;
            const char *text = own->list.items[j]->string.bytes;
            texts[found++] = value_text(
                arena,
                count > 1 ? arena_format(arena, "%s: %s", parts[i].source, text) : text);
        }
        if (count > 1 && parts[i].customers < 0)
            texts[found++] = value_text(
                arena, arena_format(arena,
                                    "%s tells no customers: how many there are "
                                    "is not known",
                                    parts[i].source));
    }
    return found > 0 ? value_list(arena, texts, found) : NULL;
}

static void add_count(int64_t *sum, int64_t count)
{
    *sum = *sum < 0 || count < 0 ? -1 : *sum + count;
}

bool takings_add_up(const struct engine *engine, struct arena *arena,
                    const struct takings_part *parts, size_t count, int64_t now_ms,
                    struct record_revenue *sum, struct fault *fault)
{
    const char *currency = count > 0 && is_one_currency(parts, count)
                               ? parts[0].gross.currency
                               : engine->currency;
    const struct value **told = arena_alloc(arena, (count + 1) * sizeof *told);
    *sum = (struct record_revenue){.read_at_ms = now_ms,
                                   .as_of_ms = INT64_MAX,
                                   .fresh_until_ms = INT64_MAX,
                                   .gross = money_zero(currency),
                                   .cautious = money_zero(currency),
                                   .at_risk = money_zero(currency)};
    for (size_t i = 0; i < count; i++) {
        const struct takings_part *part = &parts[i];
        // Of a month that is not over it is known until now.
        int64_t as_of_ms = part->as_of_ms < now_ms ? part->as_of_ms : now_ms;
        int64_t until = as_of_ms + part->max_age_ms;
        if (!add_amount(engine, &sum->gross, part->gross, fault) ||
            !add_amount(engine, &sum->cautious, part->cautious, fault) ||
            !add_amount(engine, &sum->at_risk, part->at_risk, fault))
            return false;
        if (as_of_ms < sum->as_of_ms)
            sum->as_of_ms = as_of_ms;
        if (until < sum->fresh_until_ms)
            sum->fresh_until_ms = until;
        add_count(&sum->customers, part->customers);
        told[i] = takings_part_value(arena, part);
    }
    sum->parts = value_list(arena, told, count);
    sum->warnings = list_warnings(arena, parts, count);
    return join_sources(arena, parts, count, &sum->source);
}

static bool is_same_money(struct money left, struct money right)
{
    return left.units == right.units && strcmp(left.currency, right.currency) == 0;
}

static bool is_same_part(const struct takings_part *left,
                         const struct takings_part *right)
{
    return strcmp(left->of, right->of) == 0 && left->customers == right->customers &&
           left->churned == right->churned && left->as_of_ms == right->as_of_ms &&
           left->max_age_ms == right->max_age_ms &&
           is_same_money(left->gross, right->gross) &&
           is_same_money(left->cautious, right->cautious) &&
           is_same_money(left->at_risk, right->at_risk);
}

bool takings_is_same(struct arena *arena, const struct record_revenue *left,
                     const struct record_revenue *right)
{
    size_t count, other_count;
    const struct takings_part *parts = takings_part_list(arena, left, &count);
    const struct takings_part *others = takings_part_list(arena, right, &other_count);
    bool same = count == other_count && is_same_money(left->gross, right->gross) &&
                is_same_money(left->cautious, right->cautious);
    for (size_t i = 0; same && i < count; i++)
        same = is_same_part(&parts[i], &others[i]);
    return same;
}

void takings_confirm(struct arena *arena, const struct record_revenue *stale,
                     int64_t now_ms, struct record_revenue *row)
{
    size_t count;
    struct takings_part *parts = takings_part_list(arena, stale, &count);
    const struct value **told = arena_alloc(arena, (count + 1) * sizeof *told);
    int64_t span = stale->fresh_until_ms - stale->as_of_ms;
    *row = *stale;
    row->fresh_until_ms = now_ms + (span > 0 ? span : 0);
    row->accepted = true;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].is_undated)
            parts[i].as_of_ms = now_ms;
        told[i] = takings_part_value(arena, &parts[i]);
    }
    row->parts = count > 0 ? value_list(arena, told, count) : stale->parts;
}

static const char *day_of(int64_t unix_ms, char buffer[CALENDAR_TEXT_SIZE])
{
    return calendar_format(calendar_date_of(unix_ms), buffer);
}

static const char *say_waiting(struct arena *arena, const struct record_revenue *newest,
                               const struct record_revenue *accepted)
{
    char now[MONEY_TEXT_SIZE], was[MONEY_TEXT_SIZE], day[CALENDAR_TEXT_SIZE];
    return arena_format(
        arena,
        "the newest revenue, %s of %s, is too far from the %s before to be relied on; "
        "if it is right: pipster revenue accept",
        money_format(newest->cautious, now), day_of(newest->as_of_ms, day),
        accepted != NULL ? money_format(accepted->cautious, was) : "one");
}

void takings_tell(struct arena *arena, const struct record_revenue *newest,
                  const struct record_revenue *accepted, int64_t now_ms,
                  struct engine_revenue *revenue)
{
    char day[CALENDAR_TEXT_SIZE];
    *revenue = (struct engine_revenue){.is_told = true, .customers = -1};
    if (newest != NULL && !newest->accepted)
        revenue->warning = say_waiting(arena, newest, accepted);
    if (accepted == NULL) {
        revenue->unknown = newest != NULL ? "no reading of it was accepted yet"
                                          : "it was not read yet: pipster revenue";
        return;
    }
    revenue->monthly = accepted->cautious;
    revenue->customers = accepted->customers;
    revenue->source = accepted->source;
    revenue->as_of_ms = accepted->as_of_ms;
    if (!reading_is_stale(accepted, now_ms)) {
        revenue->is_known = true;
        return;
    }
    revenue->unknown = arena_format(
        arena, "its figures are of %s, and too old: pipster revenue reads them anew",
        day_of(accepted->as_of_ms, day));
}
