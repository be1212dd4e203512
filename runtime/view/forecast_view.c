// SPDX-License-Identifier: MIT
#include "view/forecast_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "engine/share.h"

static struct money money_of(const struct rule_figure *figure)
{
    struct money money = {figure->value, ""};
    memcpy(money.currency, figure->currency, sizeof money.currency);
    return money;
}

static void print_right(const struct terminal *terminal, int width, const char *text)
{
    int rest = width - (int) terminal_columns(text);
    terminal_print(terminal, TERMINAL_PLAIN, "%*s%s", rest > 0 ? rest : 0, "", text);
}

const char *forecast_view_proposal(struct arena *arena, const struct rule *rule)
{
    const char *words = NULL;
    if (rule->text != NULL)
        return rule->text;
    for (size_t i = 0; rule->amend != NULL && i < rule->amend->map.count; i++)
        words = arena_format(
            arena, "%s%s", words != NULL ? arena_format(arena, "%s, ", words) : "change ",
            rule->amend->map.entries[i].key);
    if (rule->include == NULL)
        return words != NULL ? words : "nothing is to be changed";
    return arena_format(arena, "%s%sinclude %s", words != NULL ? words : "",
                        words != NULL ? ", " : "", rule->include);
}

static const char *first_of(const struct rule_view *view, enum rule_truth truth)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->saw[i].truth == truth)
            return view->saw[i].text;
    return NULL;
}

const char *forecast_view_obstacle(const struct rule_verdict *verdict)
{
    static const enum rule_truth order[] = {RULE_FALSE, RULE_UNKNOWN};
    if (verdict->state == RULE_ACCEPTED)
        return NULL;
    if (verdict->waits != NULL)
        return verdict->waits;
    for (size_t i = 0; i < 2; i++) {
        const char *text = first_of(&verdict->when, order[i]);
        if (text == NULL)
            text = first_of(&verdict->evidence, order[i]);
        if (text != NULL)
            return text;
    }
    return verdict->state == RULE_HOLDING   ? "it does not hold for long enough yet"
           : verdict->state == RULE_COOLING ? "it changed too short a time ago"
                                            : NULL;
}

static const char *cost_text(const struct forecast_price *price, char text[64])
{
    char amount[MONEY_TEXT_SIZE];
    snprintf(text, 64, "%s%s", price->is_whole ? "" : "≥ ",
             money_format(price->monthly, amount));
    return text;
}

static void print_marks(const struct terminal *terminal,
                        const struct forecast_shown *shown, size_t row)
{
    static const char *const signs[] = {"+", "!", "-", "*"};
    static const enum terminal_style styles[] = {TERMINAL_GREEN, TERMINAL_YELLOW,
                                                 TERMINAL_CYAN, TERMINAL_CYAN};
    for (size_t i = 0; i < shown->forecast->event_count; i++) {
        const struct forecast_event *event = &shown->forecast->events[i];
        if (event->row == row)
            terminal_print(terminal, styles[event->what], "  %s %s", signs[event->what],
                           event->rule->name);
    }
}

// The month where it begins with it, else the day.
static char *row_text(const struct forecast_row *row, char text[CALENDAR_TEXT_SIZE])
{
    struct calendar_date from = calendar_date_of(row->from_ms);
    return from.day == 1 ? calendar_format_month(from, text)
                         : calendar_format(from, text);
}

static void print_row(const struct terminal *terminal, const struct forecast_shown *shown,
                      size_t number)
{
    const struct forecast_row *row = &shown->forecast->rows[number];
    char text[64], date[CALENDAR_TEXT_SIZE];
    terminal_print(terminal, TERMINAL_PLAIN, "%-10s", row_text(row, date));
    print_right(terminal, 16,
                row->revenue != NULL ? money_format(money_of(row->revenue), text)
                                     : "not known");
    snprintf(text, sizeof text, "%" PRId64,
             row->customers != NULL ? row->customers->value / MONEY_UNIT : 0);
    print_right(terminal, 11, row->customers != NULL ? text : "not known");
    print_right(terminal, 13, cost_text(&row->cost, text));
    const char *share = row->has_share
                            ? share_format(row->cost.monthly, row->monthly, text)
                            : "not known";
    if (terminal_columns(share) >= 11) // it stands apart from the cost all the same
        terminal_print(terminal, TERMINAL_PLAIN, " ");
    print_right(terminal, 11, share);
    print_marks(terminal, shown, number);
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

static void print_table(const struct terminal *terminal,
                        const struct forecast_shown *shown)
{
    terminal_print(terminal, TERMINAL_BOLD, "%-10s%16s%11s%13s%11s\n", "from", "revenue",
                   "customers", "cost", "share");
    for (size_t i = 0; i < shown->forecast->row_count; i++)
        print_row(terminal, shown, i);
}

static const char *share_words(struct arena *arena, const struct forecast_event *event,
                               const struct forecast_price *price)
{
    char text[SHARE_TEXT_SIZE];
    if (!event->has_share)
        return "";
    return arena_format(arena, ", %s of the revenue",
                        share_format(price->monthly, event->monthly, text));
}

static void print_event(const struct terminal *terminal, struct arena *arena,
                        const struct forecast_event *event)
{
    static const char *const words[] = {"", "would propose: ", "goes back: ", ""};
    char date[CALENDAR_TEXT_SIZE], before[64], after[64];
    terminal_print(terminal, TERMINAL_PLAIN, "  %s  %s: %s%s\n",
                   calendar_format(calendar_date_of(event->at_ms), date),
                   event->rule->name, words[event->what],
                   forecast_view_proposal(arena, event->rule));
    if (event->what != FORECAST_TOLD)
        terminal_print(terminal, TERMINAL_PLAIN, "              %s → %s/month%s\n",
                       cost_text(&event->before, before), cost_text(&event->after, after),
                       share_words(arena, event, &event->after));
    if (event->why != NULL)
        terminal_print(terminal, TERMINAL_YELLOW, "              %s\n", event->why);
}

static void print_events(const struct terminal *terminal, struct arena *arena,
                         const struct forecast_shown *shown)
{
    const struct forecast *forecast = shown->forecast;
    if (shown->rule_count == 0) {
        terminal_print(terminal, TERMINAL_PLAIN,
                       "\nThe playbook has no rules: the costs stay as they are.\n");
        return;
    }
    if (forecast->event_count == 0)
        terminal_print(terminal, TERMINAL_PLAIN, "\nNo rule would propose anything.\n");
    else
        terminal_print(terminal, TERMINAL_BOLD, "\nWhat the rules would do\n");
    for (size_t i = 0; i < forecast->event_count; i++)
        print_event(terminal, arena, &forecast->events[i]);
}

// Those that do nothing in all that time, and why.
static void print_others(const struct terminal *terminal,
                         const struct forecast_shown *shown)
{
    bool is_first = true;
    for (size_t i = 0; i < shown->rule_count; i++) {
        const char *obstacle = forecast_view_obstacle(&shown->forecast->verdicts[i]);
        if (obstacle == NULL)
            continue;
        if (is_first)
            terminal_print(terminal, TERMINAL_BOLD, "\nNot in force at the end\n");
        is_first = false;
        terminal_print(terminal, TERMINAL_PLAIN, "  %s: %s\n", shown->rules[i].name,
                       obstacle);
    }
}

void forecast_view_print(const struct terminal *terminal,
                         const struct forecast_shown *shown)
{
    struct arena arena;
    arena_init(&arena, 0);
    terminal_print(terminal, TERMINAL_BOLD, "%s\n\n", shown->title);
    print_table(terminal, shown);
    print_events(terminal, &arena, shown);
    print_others(terminal, shown);
    for (size_t i = 0; i < shown->note_count; i++)
        terminal_print(terminal, TERMINAL_DIM, "%s%s\n", i == 0 ? "\n" : "",
                       shown->notes[i]);
    if (shown->hint != NULL)
        terminal_print(terminal, TERMINAL_DIM, "%s\n", shown->hint);
    arena_clear(&arena);
}
