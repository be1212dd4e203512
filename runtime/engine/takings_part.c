// SPDX-License-Identifier: MIT
//
// What one source told, as the stdlib gives it and as a row keeps it.
#include "engine/takings.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "value/reading.h"

static const char *text_of(const struct value *value, char buffer[32])
{
    if (value_is_null(value))
        return NULL;
    if (value->kind == VALUE_STRING)
        return value->string.bytes;
    if (value->kind != VALUE_INTEGER)
        return "";
    snprintf(buffer, 32, "%lld", (long long) value->integer);
    return buffer;
}

// *amount stays as it is where nothing is told.
static bool read_amount(const struct value *told, const char *name,
                        const struct takings_part *part, struct money *amount,
                        struct fault *fault)
{
    char buffer[32];
    const char *text = text_of(value_find(told, name), buffer);
    struct fault why;
    if (text == NULL)
        return true;
    if (money_parse(text, part->gross.currency, amount, &why) && amount->units >= 0)
        return true;
    fault_set(fault, FAULT_ERROR, "what %s tells as %s is no amount: \"%.40s\"",
              part->source, name, text);
    return fault_next(fault, "an amount is a plain decimal, zero or more: \"640.00\"");
}

static bool read_amounts(const struct value *told, struct takings_part *part,
                         struct fault *fault)
{
    if (value_is_null(value_find(told, "gross")))
        return fault_set(fault, FAULT_ERROR, "%s tells no amount", part->source);
    if (!read_amount(told, "gross", part, &part->gross, fault))
        return false;
    part->tells_risk = !value_is_null(value_find(told, "at_risk"));
    part->at_risk = money_zero(part->gross.currency);
    part->cautious = part->gross;
    if (!read_amount(told, "at_risk", part, &part->at_risk, fault) ||
        !read_amount(told, "cautious", part, &part->cautious, fault))
        return false;
    const struct money gross = part->gross;
    if (part->cautious.units <= gross.units && part->at_risk.units <= gross.units)
        return true;
    fault_set(fault, FAULT_ERROR, "%s tells more than all", part->source);
    return fault_why(fault, "the cautious figure and what is at risk are part of the "
                            "gross one");
}

static bool read_currency(const struct value *told, const char *fallback,
                          struct takings_part *part, struct fault *fault)
{
    const char *currency = value_find_text(told, "currency", fallback);
    bool valid = strlen(currency) == 3;
    for (size_t i = 0; valid && i < 3; i++)
        valid = currency[i] >= 'A' && currency[i] <= 'Z';
    if (valid) {
        part->gross = money_zero(currency);
        return true;
    }
    fault_set(fault, FAULT_ERROR,
              "\"%.20s\" is no currency, and %s tells its amounts in "
              "it",
              currency, part->source);
    return fault_next(fault, "write it as \"USD\"");
}

static bool read_count(const struct value *told, const char *name, int64_t *count,
                       const char *source, struct fault *fault)
{
    const struct value *value = value_find(told, name);
    *count = -1;
    if (value_is_null(value))
        return true;
    if (value->kind == VALUE_INTEGER && value->integer >= -1 &&
        value->integer <= READING_MOST_CUSTOMERS) {
        *count = value->integer;
        return true;
    }
    return fault_set(fault, FAULT_ERROR, "what %s tells as %s is no whole number", source,
                     name);
}

// The end of a day, or of a month where no day is told.
static bool read_day(const char *text, int64_t *end_ms)
{
    struct calendar_date date;
    char day[11];
    snprintf(day, sizeof day, "%s", text);
    bool whole = strlen(text) == 7 || strlen(text) == 10 || text[10] == 'T';
    if (!whole || !calendar_parse(day, &date))
        return false;
    *end_ms = strlen(text) == 7 ? calendar_ms(calendar_add_months(date, 1)) - 1
                                : calendar_ms(date) + CALENDAR_DAY_MS - 1;
    return true;
}

static bool is_moment(int64_t ms)
{
    return ms >= 0 && ms < CALENDAR_END_MS;
}

static bool check_times(const struct takings_part *part, struct fault *fault)
{
    return (is_moment(part->read_at_ms) && is_moment(part->max_age_ms)) ||
           fault_set(fault, FAULT_ERROR, "what %s tells of its age is no time",
                     part->source);
}

static bool read_moment(const struct value *told, struct takings_part *part,
                        struct fault *fault)
{
    const struct value *as_of = value_find(told, "as_of");
    part->as_of_ms = 0;
    if (value_is_null(as_of))
        return true;
    bool told_day = as_of->kind == VALUE_STRING && strlen(as_of->string.bytes) >= 7 &&
                    read_day(as_of->string.bytes, &part->as_of_ms);
    if (as_of->kind == VALUE_INTEGER)
        part->as_of_ms = as_of->integer;
    if ((as_of->kind != VALUE_INTEGER && !told_day) || !is_moment(part->as_of_ms)) {
        fault_set(fault, FAULT_ERROR, "what %s tells as its day is none", part->source);
        return fault_next(fault, "write it as \"2026-11-29\"");
    }
    return true;
}

bool takings_part_read(const struct value *told, const char *currency,
                       struct takings_part *part, struct fault *fault)
{
    const struct value *warnings = value_find(told, "warnings");
    *part = (struct takings_part){
        .source = value_find_text(told, "source", "a source"),
        .of = value_find_text(told, "of", ""),
        .read_at_ms = value_find_integer(told, "read_at", 0),
        .max_age_ms = value_find_integer(told, "max_age", 0),
        .is_undated = value_find_bool(told, "undated", false),
        .requests = value_find_integer(told, "requests", 0),
        .warnings = warnings != NULL && warnings->kind == VALUE_LIST ? warnings : NULL,
    };
    return read_currency(told, currency, part, fault) &&
           read_amounts(told, part, fault) &&
           read_count(told, "customers", &part->customers, part->source, fault) &&
           read_count(told, "churned", &part->churned, part->source, fault) &&
           check_times(part, fault) && read_moment(told, part, fault);
}

static const struct value *exact(struct arena *arena, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact(amount, text));
}

const struct value *takings_part_value(struct arena *arena,
                                       const struct takings_part *part)
{
    const struct value_entry entries[] = {
        {"source", value_text(arena, part->source)},
        {"of", value_text(arena, part->of)},
        {"currency", value_text(arena, part->gross.currency)},
        {"gross", exact(arena, part->gross)},
        {"cautious", exact(arena, part->cautious)},
        {"at_risk", part->tells_risk ? exact(arena, part->at_risk) : NULL},
        {"customers",
         part->customers >= 0 ? value_integer(arena, part->customers) : NULL},
        {"churned", part->churned >= 0 ? value_integer(arena, part->churned) : NULL},
        {"read_at", value_integer(arena, part->read_at_ms)},
        {"as_of", value_integer(arena, part->as_of_ms)},
        {"undated", part->is_undated ? value_bool(true) : NULL},
        {"max_age", value_integer(arena, part->max_age_ms)},
        {"requests", value_integer(arena, part->requests)},
        {"warnings", part->warnings},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

struct takings_part *takings_part_list(struct arena *arena,
                                       const struct record_revenue *row, size_t *count)
{
    const struct value *list = row->parts;
    size_t most = list != NULL && list->kind == VALUE_LIST ? list->list.count : 0;
    struct takings_part *parts = arena_alloc(arena, (most + 1) * sizeof *parts);
    struct fault ignored;
    *count = 0;
    for (size_t i = 0; i < most; i++)
        if (takings_part_read(list->list.items[i], row->gross.currency, &parts[*count],
                              &ignored))
            (*count)++;
    return parts;
}
