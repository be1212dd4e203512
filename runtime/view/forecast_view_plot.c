// SPDX-License-Identifier: MIT
#include "view/forecast_view.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/share.h"
#include "view/plot.h"

struct lines {
    const char **months;
    int64_t *revenue, *cost, *first, *share;
};

static int64_t *allocate(struct arena *arena, size_t count)
{
    return arena_alloc(arena, (count + 1) * sizeof(int64_t));
}

static void take_row(struct lines *lines, struct arena *arena,
                     const struct forecast_shown *shown, size_t at)
{
    const struct forecast_row *row = &shown->forecast->rows[at];
    char date[CALENDAR_TEXT_SIZE];
    lines->months[at] =
        arena_text(arena, calendar_format_month(calendar_date_of(row->from_ms), date));
    lines->revenue[at] = row->revenue != NULL ? row->revenue->value : PLOT_UNKNOWN;
    lines->cost[at] = row->cost.monthly.units;
    lines->first[at] = shown->forecast->first.monthly.units;
    lines->share[at] = PLOT_UNKNOWN;
    if (row->has_share && row->monthly.units > 0)
        lines->share[at] =
            money_scale(row->cost.monthly, 100 * MONEY_UNIT, row->monthly.units).units;
}

static const char *words_of(struct arena *arena, const struct forecast_event *event)
{
    static const char *const words[] = {"", " would be too dear", " goes back", ""};
    char before[MONEY_TEXT_SIZE], after[MONEY_TEXT_SIZE];
    if (event->what == FORECAST_TOLD)
        return arena_format(arena, "%s: %s", event->rule->name,
                            forecast_view_proposal(arena, event->rule));
    return arena_format(arena, "%s%s: %s → %s", event->rule->name, words[event->what],
                        money_format(event->before.monthly, before),
                        money_format(event->after.monthly, after));
}

static struct plot_mark *mark_events(struct arena *arena, const struct forecast *forecast)
{
    struct plot_mark *marks =
        arena_alloc(arena, (forecast->event_count + 1) * sizeof *marks);
    for (size_t i = 0; i < forecast->event_count; i++)
        marks[i] = (struct plot_mark){forecast->events[i].row,
                                      words_of(arena, &forecast->events[i])};
    return marks;
}

// "€" of "1.00 €", "CHF" of "1.00 CHF".
static const char *sign_of(struct arena *arena, const char *currency)
{
    char text[MONEY_TEXT_SIZE];
    struct money one = {MONEY_UNIT, ""};
    memcpy(one.currency, currency, strnlen(currency, 3));
    const char *blank = strrchr(money_format(one, text), ' ');
    return blank != NULL ? arena_text(arena, blank + 1) : "";
}

static const char *currency_of(const struct forecast *forecast)
{
    for (size_t i = 0; i < forecast->row_count; i++)
        if (forecast->rows[i].revenue != NULL)
            return forecast->rows[i].revenue->currency;
    return "";
}

void forecast_view_plot(struct text *out, const struct forecast_shown *shown)
{
    const struct forecast *forecast = shown->forecast;
    size_t count = forecast->row_count;
    struct arena arena;
    arena_init(&arena, 0);
    struct lines lines = {arena_alloc(&arena, (count + 1) * sizeof(char *)),
                          allocate(&arena, count), allocate(&arena, count),
                          allocate(&arena, count), allocate(&arena, count)};
    for (size_t i = 0; i < count; i++)
        take_row(&lines, &arena, shown, i);
    const struct plot_line revenue[] = {{"revenue", lines.revenue}};
    const struct plot_line cost[] = {{"with the rules", lines.cost},
                                     {"as it is", lines.first}};
    const struct plot_line share[] = {{"share", lines.share}};
    const struct plot_panel panels[] = {
        {"Revenue a month", sign_of(&arena, currency_of(forecast)), revenue, 1},
        {"Cost a month", sign_of(&arena, forecast->first.monthly.currency), cost, 2},
        {"Share of the revenue", "%", share, 1},
    };
    const struct plot plot = {
        .id = "forecast",
        .title = shown->title,
        .description = arena_format(&arena,
                                    "Revenue, cost and its share over %zu months, with "
                                    "%zu changes by rules.",
                                    count, forecast->event_count),
        .labels = lines.months,
        .count = count,
        .panels = panels,
        .panel_count = 3,
        .marks = mark_events(&arena, forecast),
        .mark_count = forecast->event_count,
    };
    plot_write(out, &plot);
    arena_clear(&arena);
}
