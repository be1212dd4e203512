// SPDX-License-Identifier: MIT
#include "view/report_marks.h"

#include "store/rule.h"

#include <stdlib.h>
#include <string.h>

struct event {
    int64_t at_ms;
    const char *rule;
    const char *what;
};

static int compare_events(const void *left, const void *right)
{
    const struct event *a = left, *b = right;
    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    return strcmp(a->rule, b->rule);
}

// The rows of a rule stand together, newest first: it begins to propose where the one
// before did not.
static bool begins(const struct record_evaluations *all, size_t at)
{
    const struct record_evaluation *row = &all->rows[at];
    bool has_before = at + 1 < all->count && rule_is_same(&all->rows[at + 1], row);
    return row->is_proposed && !(has_before && all->rows[at + 1].is_proposed);
}

static size_t list_events(const struct report *report, struct event *events)
{
    size_t count = 0;
    for (size_t i = 0; i < report->evaluations.count; i++)
        if (begins(&report->evaluations, i))
            events[count++] =
                (struct event){report->evaluations.rows[i].at_ms,
                               report->evaluations.rows[i].rule, "proposes"};
    for (size_t i = 0; i < report->amendments.count; i++) {
        const struct record_amendment *row = &report->amendments.rows[i];
        events[count++] = (struct event){row->accepted_ms, row->rule, "accepted"};
        if (row->withdrawn_ms != 0)
            events[count++] = (struct event){row->withdrawn_ms, row->rule, "withdrawn"};
    }
    qsort(events, count, sizeof *events, compare_events);
    return count;
}

size_t report_marks_list(const struct report *report, const int64_t *ends_ms,
                         size_t month_count, struct plot_mark marks[PLOT_MARKS])
{
    size_t most = report->evaluations.count + 2 * report->amendments.count;
    struct event *events = arena_alloc(report->arena, (most + 1) * sizeof *events);
    size_t event_count = list_events(report, events), count = 0;
    size_t first = event_count > PLOT_MARKS ? event_count - PLOT_MARKS : 0;
    for (size_t i = first; i < event_count; i++) {
        size_t at = 0;
        while (at < month_count && ends_ms[at] <= events[i].at_ms)
            at++;
        // Whatever was before the first month that is drawn is not drawn.
        if (at == month_count ||
            (at == 0 && events[i].at_ms < ends_ms[0] - INT64_C(31) * 86400000))
            continue;
        marks[count++] = (struct plot_mark){
            at, arena_format(report->arena, "%s %s", events[i].rule, events[i].what)};
    }
    return count;
}
