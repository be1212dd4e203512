// SPDX-License-Identifier: MIT
#include "command/figures_measured.h"

#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "engine/rule_term.h"
#include "store/measurement.h"

// Of the time looked back over: with a longer gap it is not known what was within.
#define LONGEST_GAP(window_ms) ((window_ms) / 3)

// The length of the window that ends now.
static int64_t window_of(const struct rule *rule, int64_t now_ms)
{
    return rule_term_after(rule->window, now_ms) - now_ms;
}

static bool is_of_host(const char *address, const char *host, size_t length)
{
    return host == NULL ||
           (strncmp(address, host, length) == 0 && address[length] == ':');
}

// 10^-8; what is out of range is as much as there can be.
static int64_t units_of(double value)
{
    double units = value * (double) MONEY_UNIT;
    if (units >= 9e18 || units <= -9e18)
        return units > 0 ? INT64_MAX : -INT64_MAX;
    return llround(units);
}

static const char *span_text(struct arena *arena, int64_t ms)
{
    int64_t days = ms / CALENDAR_DAY_MS, hours = ms / 3600000;
    if (days >= 2)
        return arena_format(arena, "%lld days", (long long) days);
    if (hours >= 2)
        return arena_format(arena, "%lld hours", (long long) hours);
    return arena_format(arena, "%lld minutes", (long long) (ms / 60000));
}

// What measures a figure on one host, or by one check that is of no host.
struct measurer {
    const char *address;
    size_t length; // of the host's name, or of all
    int64_t last_ms;
};

struct span {
    size_t count;
    int64_t first_ms, last_ms, gap_ms;
    const char *other_unit;     // than the first one's, or NULL
    struct measurer *measurers; // each that was seen
    size_t measurer_count;
};

static void note(struct span *span, const struct record_measurement *row)
{
    const char *colon = strchr(row->address, ':');
    size_t length =
        colon != NULL ? (size_t) (colon - row->address) : strlen(row->address);
    for (size_t i = 0; i < span->measurer_count; i++) {
        struct measurer *measurer = &span->measurers[i];
        if (measurer->length == length &&
            strncmp(measurer->address, row->address, length) == 0) {
            measurer->last_ms = row->at_ms;
            return;
        }
    }
    span->measurers[span->measurer_count++] =
        (struct measurer){row->address, length, row->at_ms};
}

// Others were measured for so long since then that nobody knows how it is there, or NULL.
static const struct measurer *find_silent(const struct span *span, int64_t window_ms)
{
    for (size_t i = 0; i < span->measurer_count; i++)
        if (span->last_ms - span->measurers[i].last_ms > LONGEST_GAP(window_ms))
            return &span->measurers[i];
    return NULL;
}

static void take(struct rule_figure *figure, struct span *span, int64_t from_ms,
                 const struct record_measurement *row)
{
    int64_t units = units_of(row->value);
    int64_t since_ms = span->count == 0 ? from_ms : span->last_ms;
    if (row->at_ms - since_ms > span->gap_ms)
        span->gap_ms = row->at_ms - since_ms;
    if (span->count == 0 || units < figure->lowest)
        figure->lowest = units;
    if (span->count == 0 || units > figure->highest)
        figure->highest = units;
    figure->value = units;
    bool has_unit = row->unit != NULL && *row->unit != '\0';
    if (has_unit && figure->unit == NULL)
        figure->unit = row->unit;
    else if (has_unit && strcmp(row->unit, figure->unit) != 0)
        span->other_unit = row->unit;
    note(span, row);
    span->last_ms = row->at_ms;
    span->count++;
}

static const char *why_not(const struct figures *figures, const struct span *span,
                           int64_t window_ms)
{
    const char *window = span_text(figures->arena, window_ms);
    if (span->count == 0)
        return arena_format(figures->arena,
                            "no check measured it in the last %s: declare one that does "
                            "and run it regularly",
                            window);
    if (span->other_unit != NULL)
        return arena_format(figures->arena,
                            "one check measures it in %s, another one not: name the "
                            "host, [\"app:cpu\"]",
                            span->other_unit);
    const struct measurer *silent = find_silent(span, window_ms);
    char day[CALENDAR_TEXT_SIZE];
    if (silent != NULL)
        return arena_format(figures->arena,
                            "%.*s measured it last on %s, another one since then: "
                            "`pipster run` measures, [\"app:cpu\"] names one host",
                            (int) silent->length, silent->address,
                            calendar_format(calendar_date_of(silent->last_ms), day));
    return arena_format(figures->arena,
                        "it was measured %zu time%s in the last %s, and not for %s "
                        "between: `pipster run` measures",
                        span->count, span->count == 1 ? "" : "s", window,
                        span_text(figures->arena, span->gap_ms));
}

bool figures_measured_read(const struct figures *figures, const struct rule *rule,
                           const char *name, struct rule_figure *figure,
                           struct fault *fault)
{
    const char *colon = strchr(name, ':');
    const char *measured = colon != NULL ? colon + 1 : name;
    int64_t window_ms = window_of(rule, figures->now_ms);
    int64_t from_ms = figures->now_ms - window_ms;
    struct record_measurements found;
    struct span span = {0};
    *figure = (struct rule_figure){.name = name};
    if (!measurement_load_since(figures->database, figures->arena, measured, from_ms,
                                &found, fault))
        return false;
    span.measurers =
        arena_alloc(figures->arena, (found.count + 1) * sizeof *span.measurers);
    for (size_t i = 0; i < found.count; i++)
        if (found.rows[i].at_ms <= figures->now_ms &&
            is_of_host(found.rows[i].address, colon != NULL ? name : NULL,
                       colon != NULL ? (size_t) (colon - name) : 0))
            take(figure, &span, from_ms, &found.rows[i]);
    if (span.count > 0 && figures->now_ms - span.last_ms > span.gap_ms)
        span.gap_ms = figures->now_ms - span.last_ms;
    figure->as_of_ms = span.last_ms;
    figure->is_known = span.count > 0 && span.other_unit == NULL &&
                       span.gap_ms <= LONGEST_GAP(window_ms) &&
                       find_silent(&span, window_ms) == NULL;
    if (!figure->is_known)
        figure->unknown = why_not(figures, &span, window_ms);
    return true;
}
