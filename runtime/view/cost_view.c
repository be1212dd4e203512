// SPDX-License-Identifier: MIT
#include "view/cost_view.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/share.h"
#include "view/json_view.h"

static bool is_shown(const struct cost_shown *shown, const struct bill_row *row)
{
    if (!row->known)
        return true;
    if (shown->diff)
        return money_compare(row->before, row->after) != 0;
    return row->after.units != 0;
}

static int widest(const struct cost_shown *shown, bool of_what)
{
    size_t most = 0;
    for (size_t i = 0; i < shown->bill->count; i++) {
        const struct bill_row *row = &shown->bill->rows[i];
        size_t width = terminal_columns(of_what ? row->what : row->address);
        if (is_shown(shown, row) && width > most)
            most = width;
    }
    return most < 60 ? (int) most : 60;
}

static void print_padded(const struct terminal *terminal, const char *text, int width)
{
    int rest = width - (int) terminal_columns(text);
    terminal_print(terminal, TERMINAL_PLAIN, "%s%*s  ", text, rest > 0 ? rest : 0, "");
}

// To the left, filled up to as many columns: a currency's sign takes several bytes.
static void print_amount(const struct terminal *terminal, enum terminal_style style,
                         const char *amount)
{
    int rest = 12 - (int) terminal_columns(amount);
    terminal_print(terminal, style, "%*s%s", rest > 0 ? rest : 0, "", amount);
}

static void print_money(const struct terminal *terminal, const struct cost_shown *shown,
                        struct money before, struct money after)
{
    char text[MONEY_TEXT_SIZE];
    struct money difference = after;
    struct fault ignored = {0};
    if (!shown->diff) {
        print_amount(terminal, TERMINAL_PLAIN, money_format(after, text));
        return;
    }
    print_amount(terminal, TERMINAL_PLAIN, money_format(before, text));
    terminal_print(terminal, TERMINAL_DIM, " →");
    print_amount(terminal, TERMINAL_PLAIN, money_format(after, text));
    if (money_subtract(&difference, before, &ignored))
        print_amount(terminal, difference.units > 0 ? TERMINAL_YELLOW : TERMINAL_GREEN,
                     money_format_signed(difference, text));
}

static void print_row(const struct terminal *terminal, const struct cost_shown *shown,
                      const struct bill_row *row, const int widths[2])
{
    if (shown->by != BILL_BY_NOTHING)
        terminal_print(terminal, TERMINAL_PLAIN, "  ");
    print_padded(terminal, row->address, widths[0]);
    print_padded(terminal, row->what, widths[1]);
    if (row->known)
        print_money(terminal, shown, row->before, row->after);
    else
        terminal_print(terminal, TERMINAL_YELLOW, "  not priced");
    if (shown->diff && row->was != NULL)
        terminal_print(terminal, TERMINAL_DIM, "  (was: %s)", row->was);
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

static const char *name_of(enum bill_by by, const char *group)
{
    static const char *const none[] = {
        [BILL_BY_NOTHING] = "",        [BILL_BY_PHASE] = "of no phase",
        [BILL_BY_TYPE] = "of no type", [BILL_BY_TAG] = "without a tag",
        [BILL_BY_HOST] = "on no host",
    };
    return group != NULL ? group : none[by];
}

static void print_group(const struct terminal *terminal, const struct cost_shown *shown,
                        const struct bill_group *group, const int widths[2])
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++)
        count += is_shown(shown, &group->rows[i]);
    if (count == 0)
        return;
    if (shown->by != BILL_BY_NOTHING) {
        const char *name = name_of(shown->by, group->name);
        int rest = widths[0] + widths[1] + 6 - (int) terminal_columns(name);
        terminal_print(terminal, TERMINAL_BOLD, "%s%*s", name, rest > 0 ? rest : 0, "");
        print_money(terminal, shown, group->before, group->after);
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    }
    for (size_t i = 0; i < group->count; i++)
        if (is_shown(shown, &group->rows[i]))
            print_row(terminal, shown, &group->rows[i], widths);
}

static void print_paid(const struct terminal *terminal, const struct paid_list *paid)
{
    char amount[MONEY_TEXT_SIZE], listed[MONEY_TEXT_SIZE], day[CALENDAR_TEXT_SIZE];
    for (size_t i = 0; i < paid->count; i++) {
        const struct paid *one = &paid->items[i];
        calendar_format(calendar_date_of(one->since_ms), day);
        terminal_print(terminal, TERMINAL_DIM, "%s: %s %s/month %s %s, %s by the list\n",
                       one->address, one->run != 0 ? "made for" : "paid,",
                       money_format(one->monthly, amount),
                       one->run != 0 ? "on" : "as said on", day,
                       money_format(one->listed, listed));
    }
    if (paid->count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "Paid now, at those prices: %s/month\n",
                       money_format(paid->now, amount));
}

// NULL: none is known, or not all is priced, so that it would be too small.
static const char *share_of_revenue(const struct cost_shown *shown,
                                    char buffer[SHARE_TEXT_SIZE])
{
    if (shown->revenue == NULL || !shown->revenue->is_known || !shown->bill->is_known ||
        shown->hours > 0)
        return NULL;
    return share_number(shown->bill->after, shown->revenue->monthly, buffer);
}

// With VAT, from the exact net sum; false: there is none to be told.
static bool gross_of(const struct cost_shown *shown, struct money *gross)
{
    struct money tax;
    struct fault ignored;
    *gross = shown->bill->after;
    return shown->vat != NULL && share_of(shown->vat, shown->bill->after, &tax) &&
           money_add(gross, tax, &ignored);
}

static void print_gross(const struct terminal *terminal, const struct cost_shown *shown)
{
    char text[MONEY_TEXT_SIZE];
    struct money gross;
    if (gross_of(shown, &gross))
        terminal_print(terminal, TERMINAL_PLAIN, ", %s gross with %s VAT",
                       money_format(gross, text), shown->vat);
}

static void print_sum(const struct terminal *terminal, const struct cost_shown *shown)
{
    const struct bill *bill = shown->bill;
    char before[MONEY_TEXT_SIZE], after[MONEY_TEXT_SIZE], share[SHARE_TEXT_SIZE];
    money_format(bill->before, before);
    money_format(bill->after, after);
    terminal_print(terminal, TERMINAL_BOLD, "%s%s%s net",
                   bill->is_known ? "" : "at least ", after,
                   shown->hours > 0 ? "" : "/month");
    if (shown->hours > 0)
        terminal_print(terminal, TERMINAL_BOLD, " for %d hours", shown->hours);
    print_gross(terminal, shown);
    if (shown->prices == NULL && money_compare(bill->before, bill->after) != 0)
        terminal_print(terminal, TERMINAL_PLAIN, " when it is applied; now %s%s", before,
                       shown->hours > 0 ? "" : "/month");
    if (share_of_revenue(shown, share) != NULL)
        terminal_print(terminal, TERMINAL_PLAIN, ", %s%% of revenue", share);
    if (shown->rate != NULL)
        terminal_print(terminal, TERMINAL_DIM, ", at %s", shown->rate);
    if (shown->prices != NULL)
        terminal_print(terminal, TERMINAL_DIM, "\nPrices: %s", shown->prices);
    if (shown->stale != NULL)
        terminal_print(terminal, TERMINAL_YELLOW, "\nwarning: %s", shown->stale);
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

void cost_view_print(const struct terminal *terminal, const struct cost_shown *shown)
{
    const int widths[] = {widest(shown, false), widest(shown, true)};
    struct bill_group group;
    size_t at = 0;
    while (bill_next_group(shown->bill, &at, &group))
        print_group(terminal, shown, &group, widths);
    if (widths[0] > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    else if (shown->diff)
        terminal_print(terminal, TERMINAL_PLAIN, "Nothing gets dearer or cheaper.\n");
    print_sum(terminal, shown);
    print_paid(terminal, &shown->paid);
}

static const struct value *exact(struct arena *arena, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact(amount, text));
}

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text != NULL ? value_text(arena, text) : value_null();
}

static void print_line(FILE *stream, const struct bill_row *row)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"address", value_text(&arena, row->address)},
        {"what", value_text(&arena, row->what)},
        {"group", text_or_null(&arena, row->group)},
        {"was", text_or_null(&arena, row->was)},
        {"priced", value_bool(row->known)},
        {"before", exact(&arena, row->before)},
        {"after", exact(&arena, row->after)},
        {"currency", value_text(&arena, row->after.currency)},
    };
    json_view_line(stream, "cost_line",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

static void write_paid(FILE *stream, const struct paid *paid)
{
    struct arena arena;
    char day[CALENDAR_TEXT_SIZE];
    arena_init(&arena, 0);
    calendar_format(calendar_date_of(paid->since_ms), day);
    const struct value_entry entries[] = {
        {"address", value_text(&arena, paid->address)},
        {"paid", exact(&arena, paid->monthly)},
        {"listed", exact(&arena, paid->listed)},
        {"currency", value_text(&arena, paid->monthly.currency)},
        {"since", value_text(&arena, day)},
        {"run", paid->run != 0 ? value_integer(&arena, paid->run) : value_null()},
    };
    json_view_line(stream, "cost_paid",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

void cost_view_json(FILE *stream, const struct cost_shown *shown)
{
    const struct bill *bill = shown->bill;
    char share[SHARE_TEXT_SIZE];
    struct arena arena;
    struct money gross;
    bool has_gross = gross_of(shown, &gross);
    for (size_t i = 0; i < bill->count; i++)
        if (is_shown(shown, &bill->rows[i]))
            print_line(stream, &bill->rows[i]);
    for (size_t i = 0; i < shown->paid.count; i++)
        write_paid(stream, &shown->paid.items[i]);
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"before", exact(&arena, bill->before)},
        {"after", exact(&arena, bill->after)},
        {"paid_now", exact(&arena, shown->paid.now)},
        {"currency", value_text(&arena, bill->after.currency)},
        {"hours", shown->hours > 0 ? value_integer(&arena, shown->hours) : value_null()},
        {"gross", has_gross ? exact(&arena, gross) : value_null()},
        {"vat", text_or_null(&arena, shown->vat)},
        {"complete", value_bool(bill->is_known)},
        {"rate", text_or_null(&arena, shown->rate)},
        {"prices", text_or_null(&arena, shown->prices)},
        {"stale", text_or_null(&arena, shown->stale)},
        {"share_of_revenue", text_or_null(&arena, share_of_revenue(shown, share))},
    };
    json_view_line(stream, "cost",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}
