// SPDX-License-Identifier: MIT
#include "view/runway_view.h"

#include <inttypes.h>

#include "base/calendar.h"
#include "view/json_view.h"

#define CASH_MAX_AGE_MS (35 * CALENDAR_DAY_MS)

static bool tells_customers(const struct runway_shown *shown)
{
    return shown->revenue->is_known && shown->revenue->customers > 0;
}

static struct money each(const struct runway_shown *shown)
{
    return money_scale(shown->cost, 1, shown->revenue->customers);
}

static void print_customers(const struct terminal *terminal,
                            const struct runway_shown *shown)
{
    char cost[MONEY_TEXT_SIZE], revenue[MONEY_TEXT_SIZE];
    if (!tells_customers(shown))
        return;
    struct money comes =
        money_scale(shown->revenue->monthly, 1, shown->revenue->customers);
    terminal_print(terminal, TERMINAL_PLAIN,
                   "For each of %" PRId64 " customers: %s of %s a month\n",
                   shown->revenue->customers, money_format(each(shown), cost),
                   money_format(comes, revenue));
}

static void print_runway(const struct terminal *terminal, const struct runway *runway)
{
    char cash[MONEY_TEXT_SIZE], of[CALENDAR_TEXT_SIZE], until[CALENDAR_TEXT_SIZE];
    struct calendar_date date = calendar_date_of(runway->as_of_ms);
    money_format(runway->cash, cash);
    calendar_format(date, of);
    if (runway->is_covered) {
        terminal_print(terminal, TERMINAL_PLAIN,
                       "Cash: %s of %s; what comes in covers what is declared here\n",
                       cash, of);
        return;
    }
    int months = (int) runway->months;
    calendar_format_month(calendar_add_months(date, months), until);
    terminal_print(terminal, TERMINAL_PLAIN,
                   "Cash: %s of %s lasts %s%d month%s, until %s, by what is declared "
                   "here%s\n",
                   cash, of, months == RUNWAY_MOST_MONTHS ? "over " : "", months,
                   months == 1 ? "" : "s", until,
                   runway->knows_revenue ? "" : " and if nothing comes in");
}

void runway_view_print(const struct terminal *terminal, const struct runway_shown *shown)
{
    char of[CALENDAR_TEXT_SIZE];
    print_customers(terminal, shown);
    if (shown->runway == NULL)
        return;
    print_runway(terminal, shown->runway);
    if (shown->now_ms - shown->runway->as_of_ms > CASH_MAX_AGE_MS)
        terminal_print(terminal, TERMINAL_YELLOW,
                       "warning: the cash is of %s: put today's into pipster.lua\n",
                       calendar_format(calendar_date_of(shown->runway->as_of_ms), of));
}

static const struct value *exact(struct arena *arena, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact(amount, text));
}

void runway_view_json(FILE *stream, const struct runway_shown *shown)
{
    const struct runway *runway = shown->runway;
    bool customers = tells_customers(shown);
    char of[CALENDAR_TEXT_SIZE] = "";
    struct arena arena;
    if (!customers && runway == NULL)
        return;
    if (runway != NULL)
        calendar_format(calendar_date_of(runway->as_of_ms), of);
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"currency", value_text(&arena, shown->cost.currency)},
        {"customers",
         customers ? value_integer(&arena, shown->revenue->customers) : value_null()},
        {"per_customer", customers ? exact(&arena, each(shown)) : value_null()},
        {"cash", runway != NULL ? exact(&arena, runway->cash) : value_null()},
        {"cash_as_of", runway != NULL ? value_text(&arena, of) : value_null()},
        {"covered", runway != NULL ? value_bool(runway->is_covered) : value_null()},
        {"runway_months", runway != NULL && !runway->is_covered
                              ? value_integer(&arena, runway->months)
                              : value_null()},
    };
    json_view_line(stream, "cost_basis",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}
