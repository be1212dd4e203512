// SPDX-License-Identifier: MIT
#include "view/forecast_view.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/share.h"
#include "view/json_view.h"

static const struct value *exact(struct arena *arena, int64_t units)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact((struct money){units, ""}, text));
}

static const struct value *date_of(struct arena *arena, int64_t unix_ms)
{
    char text[CALENDAR_TEXT_SIZE];
    return value_text(arena, calendar_format(calendar_date_of(unix_ms), text));
}

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text != NULL ? value_text(arena, text) : value_null();
}

static const struct value *figure_or_null(struct arena *arena,
                                          const struct rule_figure *figure)
{
    return figure != NULL ? exact(arena, figure->value) : value_null();
}

static const struct value *share_or_null(struct arena *arena, bool has_share,
                                         struct money cost, struct money monthly)
{
    char text[SHARE_TEXT_SIZE];
    return text_or_null(arena, has_share ? share_number(cost, monthly, text) : NULL);
}

static void write_row(FILE *stream, struct arena *arena, const struct forecast_row *row)
{
    const char *currency = row->revenue != NULL ? row->revenue->currency : NULL;
    const struct value_entry entries[] = {
        {"from", date_of(arena, row->from_ms)},
        {"revenue", figure_or_null(arena, row->revenue)},
        {"revenue_currency", text_or_null(arena, currency)},
        {"customers", figure_or_null(arena, row->customers)},
        {"cost", exact(arena, row->cost.monthly.units)},
        {"cost_currency", value_text(arena, row->cost.monthly.currency)},
        {"complete", value_bool(row->cost.is_whole)},
        {"share", share_or_null(arena, row->has_share, row->cost.monthly, row->monthly)},
    };
    json_view_line(stream, "forecast_month",
                   value_map(arena, entries, sizeof entries / sizeof *entries));
}

static void write_event(FILE *stream, struct arena *arena,
                        const struct forecast_event *event)
{
    static const char *const words[] = {"accepted", "blocked", "released", "told"};
    const struct value_entry entries[] = {
        {"date", date_of(arena, event->at_ms)},
        {"rule", value_text(arena, event->rule->name)},
        {"what", value_text(arena, words[event->what])},
        {"proposal", value_text(arena, forecast_view_proposal(arena, event->rule))},
        {"before", exact(arena, event->before.monthly.units)},
        {"after", exact(arena, event->after.monthly.units)},
        {"currency", value_text(arena, event->after.monthly.currency)},
        {"complete", value_bool(event->after.is_whole)},
        {"share",
         share_or_null(arena, event->has_share, event->after.monthly, event->monthly)},
        {"why", text_or_null(arena, event->why)},
    };
    json_view_line(stream, "rule_event",
                   value_map(arena, entries, sizeof entries / sizeof *entries));
}

static void write_rule(FILE *stream, struct arena *arena, const struct rule *rule,
                       const struct rule_verdict *verdict)
{
    const struct value_entry entries[] = {
        {"name", value_text(arena, rule->name)},
        {"where", text_or_null(arena, rule->where)},
        {"state", value_text(arena, rule_state_word(verdict->state))},
        {"obstacle", text_or_null(arena, forecast_view_obstacle(verdict))},
    };
    json_view_line(stream, "rule",
                   value_map(arena, entries, sizeof entries / sizeof *entries));
}

void forecast_view_json(FILE *stream, const struct forecast_shown *shown)
{
    const struct forecast *forecast = shown->forecast;
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < forecast->row_count; i++)
        write_row(stream, &arena, &forecast->rows[i]);
    for (size_t i = 0; i < forecast->event_count; i++)
        write_event(stream, &arena, &forecast->events[i]);
    for (size_t i = 0; i < shown->rule_count; i++)
        write_rule(stream, &arena, &shown->rules[i], &forecast->verdicts[i]);
    const struct value **notes =
        arena_alloc(&arena, (shown->note_count + 1) * sizeof *notes);
    for (size_t i = 0; i < shown->note_count; i++)
        notes[i] = value_text(&arena, shown->notes[i]);
    const struct value_entry entries[] = {
        {"title", value_text(&arena, shown->title)},
        {"cost", exact(&arena, forecast->first.monthly.units)},
        {"currency", value_text(&arena, forecast->first.monthly.currency)},
        {"complete", value_bool(forecast->first.is_whole)},
        {"notes", value_list(&arena, notes, shown->note_count)},
    };
    json_view_line(stream, "forecast",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}
