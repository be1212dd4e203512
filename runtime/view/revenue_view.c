// SPDX-License-Identifier: MIT
#include "view/revenue_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "value/reading.h"
#include "view/json_view.h"
#include "view/time_view.h"

static void print_label(const struct terminal *terminal, const char *label)
{
    terminal_print(terminal, TERMINAL_DIM, "%-10s ", label);
}

static void print_padded(const struct terminal *terminal, enum terminal_style style,
                         const char *text, int width)
{
    int rest = width - (int) terminal_columns(text);
    terminal_print(terminal, style, "%*s%s", rest > 0 ? rest : 0, "", text);
}

static void print_amount(const struct terminal *terminal, const char *label,
                         enum terminal_style style, struct money amount, const char *note)
{
    char text[MONEY_TEXT_SIZE];
    print_label(terminal, label);
    print_padded(terminal, style, money_format(amount, text), 14);
    terminal_print(terminal, TERMINAL_DIM, "%s%s\n", *note ? "  " : "", note);
}

static void print_customers(const struct terminal *terminal,
                            const struct revenue_shown *shown)
{
    char text[MONEY_TEXT_SIZE];
    const struct record_revenue *row = shown->row;
    print_label(terminal, "customers");
    if (row->customers < 0) {
        terminal_print(terminal, TERMINAL_YELLOW, "%14s\n", "not known");
        return;
    }
    terminal_print(terminal, TERMINAL_PLAIN, "%14" PRId64, row->customers);
    if (row->customers > 0)
        terminal_print(terminal, TERMINAL_DIM, "  %s each",
                       money_format(money_scale(row->cautious, 1, row->customers), text));
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

static void print_churn(const struct terminal *terminal,
                        const struct revenue_shown *shown)
{
    const struct churn *churn = shown->churn;
    char percent[CHURN_TEXT_SIZE], day[CALENDAR_TEXT_SIZE];
    print_label(terminal, "churn");
    if (churn == NULL) {
        terminal_print(terminal, TERMINAL_PLAIN, "%14s", "not known");
        terminal_print(terminal, TERMINAL_DIM,
                       "  it wants the customers of two readings a month apart\n");
        return;
    }
    terminal_print(terminal, TERMINAL_PLAIN, "%13s%%", churn_percent(churn, percent));
    if (churn->is_told)
        terminal_print(terminal, TERMINAL_DIM, "  %" PRId64 " of %" PRId64 " left\n",
                       churn->lost, churn->of);
    else
        terminal_print(terminal, TERMINAL_DIM,
                       "  at least %" PRId64 " of %" PRId64 " left since %s\n",
                       churn->lost, churn->of,
                       calendar_format(calendar_date_of(churn->from_ms), day));
}

static void print_source(const struct terminal *terminal,
                         const struct revenue_shown *shown)
{
    const struct record_revenue *row = shown->row;
    char as_of[CALENDAR_TEXT_SIZE], ago[TIME_VIEW_SIZE], until[TIME_VIEW_SIZE];
    bool stale = reading_is_stale(row, shown->now_ms);
    print_label(terminal, "as of");
    terminal_print(terminal, TERMINAL_PLAIN, "%14s  ",
                   calendar_format(calendar_date_of(row->as_of_ms), as_of));
    terminal_print(terminal, TERMINAL_DIM, "%s, read %s; ", row->source,
                   time_view_ago(row->read_at_ms, shown->now_ms, ago));
    terminal_print(terminal, stale ? TERMINAL_YELLOW : TERMINAL_DIM, "%s %s\n",
                   stale ? "too old since" : "good until",
                   time_view_local(row->fresh_until_ms, until));
}

static void print_odd(const struct terminal *terminal, const struct revenue_shown *shown)
{
    char was[MONEY_TEXT_SIZE];
    const struct record_revenue *row = shown->row, *last = shown->last;
    if (!row->accepted && last != NULL &&
        strcmp(row->cautious.currency, last->cautious.currency) == 0)
        terminal_print(terminal, TERMINAL_YELLOW,
                       "\nThat is %d%% %s than the last accepted, %s: rules and budgets "
                       "do not go by it.\n",
                       abs(reading_change_percent(row, last)),
                       reading_change_percent(row, last) < 0 ? "less" : "more",
                       money_format(last->cautious, was));
    else if (!row->accepted)
        terminal_print(terminal, TERMINAL_YELLOW,
                       "\nThat cannot be compared with the last accepted: rules and "
                       "budgets do not go by it.\n");
    else if (reading_is_stale(row, shown->now_ms))
        terminal_print(terminal, TERMINAL_YELLOW,
                       "\nThat is too old: rules and budgets do not go by it.\n");
    else
        return;
    terminal_print(terminal, TERMINAL_PLAIN, "If it is right: pipster revenue accept\n");
}

static void print_warnings(const struct terminal *terminal, const struct value *warnings)
{
    for (size_t i = 0; warnings != NULL && i < warnings->list.count; i++)
        terminal_print(terminal, TERMINAL_YELLOW, "warning: %s\n",
                       warnings->list.items[i]->string.bytes);
}

void revenue_view_print(const struct terminal *terminal,
                        const struct revenue_shown *shown)
{
    const struct record_revenue *row = shown->row;
    print_amount(terminal, "revenue", TERMINAL_BOLD, row->cautious,
                 "a month, cautiously: what rules and budgets go by");
    print_amount(terminal, "gross", TERMINAL_PLAIN, row->gross, "");
    if (shown->tells_risk)
        print_amount(terminal, "at risk", TERMINAL_PLAIN, row->at_risk,
                     "payment is overdue");
    print_customers(terminal, shown);
    print_churn(terminal, shown);
    print_source(terminal, shown);
    print_warnings(terminal, row->warnings);
    print_odd(terminal, shown);
}

void revenue_view_row(const struct terminal *terminal, const struct record_revenue *row)
{
    char text[MONEY_TEXT_SIZE], day[CALENDAR_TEXT_SIZE];
    terminal_print(terminal, TERMINAL_PLAIN, "%s",
                   calendar_format(calendar_date_of(row->as_of_ms), day));
    print_padded(terminal, TERMINAL_BOLD, money_format(row->cautious, text), 14);
    print_padded(terminal, TERMINAL_PLAIN, money_format(row->gross, text), 14);
    if (row->customers >= 0)
        terminal_print(terminal, TERMINAL_PLAIN, "%8" PRId64, row->customers);
    else
        terminal_print(terminal, TERMINAL_PLAIN, "%8s", "?");
    terminal_print(terminal, TERMINAL_DIM, "  %s", row->source);
    terminal_print(terminal, TERMINAL_YELLOW, "%s\n",
                   row->accepted ? "" : "  not accepted");
}

static const struct value *exact(struct arena *arena, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact(amount, text));
}

static const struct value *moment(struct arena *arena, int64_t unix_ms)
{
    char text[CLOCK_TEXT_SIZE];
    return value_text(arena, clock_format(unix_ms, text));
}

static const struct value *churn_value(struct arena *arena, const struct churn *churn)
{
    char percent[CHURN_TEXT_SIZE];
    if (churn == NULL)
        return value_null();
    const struct value_entry entries[] = {
        {"lost", value_integer(arena, churn->lost)},
        {"of", value_integer(arena, churn->of)},
        {"percent", value_text(arena, churn_percent(churn, percent))},
        {"told", value_bool(churn->is_told)},
        {"since", churn->is_told ? NULL : moment(arena, churn->from_ms)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

void revenue_view_json(FILE *stream, const struct revenue_shown *shown)
{
    const struct record_revenue *row = shown->row;
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"revenue", exact(&arena, row->cautious)},
        {"gross", exact(&arena, row->gross)},
        {"cautious", exact(&arena, row->cautious)},
        {"at_risk", shown->tells_risk ? exact(&arena, row->at_risk) : value_null()},
        {"currency", value_text(&arena, row->gross.currency)},
        {"customers",
         row->customers >= 0 ? value_integer(&arena, row->customers) : value_null()},
        {"churn", churn_value(&arena, shown->churn)},
        {"source", value_text(&arena, row->source)},
        {"as_of", moment(&arena, row->as_of_ms)},
        {"read_at", moment(&arena, row->read_at_ms)},
        {"fresh_until", moment(&arena, row->fresh_until_ms)},
        {"stale", value_bool(reading_is_stale(row, shown->now_ms))},
        {"accepted", value_bool(row->accepted)},
        {"warnings", row->warnings != NULL ? row->warnings : value_list(&arena, NULL, 0)},
        {"parts", row->parts != NULL ? row->parts : value_list(&arena, NULL, 0)},
    };
    json_view_line(stream, "revenue",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}
