// SPDX-License-Identifier: MIT
//
// What everything costs a month, phase by phase, as a table with a bar for each phase.
#include "view/report.h"

#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "view/html.h"

// What is to come has a column of its own where a run would change a price.
static bool will_change(const struct report *report)
{
    return money_compare(report->bill->before, report->bill->after) != 0;
}

static void write_amount(struct text *out, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    html_add(out, "<td class=\"amount\">%s</td>", money_format(amount, text));
}

// Rows of one group that say the same of different things.
struct alike {
    const struct bill_row *first;
    size_t count;
    bool is_whole; // false: a sum out of range is none, each has its row
    struct money before, after;
};

#define ALIKE_FROM  5 // so many become one row …
#define ALIKE_NAMED 3 // … which names the first of them

static void write_amounts(struct text *out, bool known, struct money before,
                          struct money after, bool both)
{
    if (!known)
        html_add(out, "<td class=\"amount warn\" colspan=\"%d\">not priced</td>",
                 both ? 2 : 1);
    else
        write_amount(out, before);
    if (known && both)
        write_amount(out, after);
    text_add(out, "</tr>\n");
}

static void write_row(struct text *out, const struct bill_row *row, bool both)
{
    html_add(out, "<tr><td>%s<small><code>%s</code></small></td>", row->what,
             row->address);
    write_amounts(out, row->known, row->before, row->after, both);
}

static bool is_shown(const struct bill_row *row)
{
    return !row->known || row->before.units != 0 || row->after.units != 0;
}

static int percent_of(struct money part, struct money whole)
{
    if (part.units <= 0 || whole.units <= 0)
        return 0;
    return part.units >= whole.units
               ? 100
               : (int) ((double) part.units * 100 / (double) whole.units);
}

static const char *key_of(const struct report *report, const struct bill_row *row)
{
    return arena_format(report->arena, "%c%s", row->known ? '=' : '?', row->what);
}

static void count_alike(const struct report *report, const struct bill_group *group,
                        struct map *all)
{
    struct fault ignored = {0};
    for (size_t i = 0; i < group->count; i++) {
        const struct bill_row *row = &group->rows[i];
        const char *key = key_of(report, row);
        struct alike *alike = map_find(all, key);
        if (!is_shown(row))
            continue;
        if (alike == NULL) {
            alike = arena_alloc(report->arena, sizeof *alike);
            *alike = (struct alike){.first = row,
                                    .is_whole = true,
                                    .before = money_zero(row->before.currency),
                                    .after = money_zero(row->after.currency)};
            map_put(all, key, alike);
        }
        alike->count++;
        if (!money_add(&alike->before, row->before, &ignored) ||
            !money_add(&alike->after, row->after, &ignored))
            alike->is_whole = false;
    }
}

// One row for all of them, at the place of the first; the addresses of some.
static void write_alike(struct text *out, const struct report *report,
                        const struct bill_group *group, const struct alike *alike,
                        bool both)
{
    const struct bill_row *first = alike->first;
    const char *key = key_of(report, first);
    size_t named = 0;
    html_add(out, "<tr><td>%zu × %s<small>", alike->count, first->what);
    for (const struct bill_row *row = first; named < ALIKE_NAMED; row++) {
        assert(row < group->rows + group->count);
        if (!is_shown(row) || strcmp(key_of(report, row), key) != 0)
            continue;
        html_add(out, "<code>%s</code>, ", row->address);
        named++;
    }
    html_add(out, "and %zu more</small></td>", alike->count - ALIKE_NAMED);
    write_amounts(out, first->known, alike->before, alike->after, both);
}

static void write_rows(struct text *out, const struct report *report,
                       const struct bill_group *group, bool both)
{
    struct map all;
    map_init(&all);
    count_alike(report, group, &all);
    for (size_t i = 0; i < group->count; i++) {
        const struct bill_row *row = &group->rows[i];
        const struct alike *alike = map_find(&all, key_of(report, row));
        if (is_shown(row) && (alike->count < ALIKE_FROM || !alike->is_whole))
            write_row(out, row, both);
        else if (is_shown(row) && alike->first == row)
            write_alike(out, report, group, alike, both);
    }
    map_clear(&all);
}

// The playbook that is planned says what its phase is called.
static const char *name_of(const struct report *report, const struct bill_group *group)
{
    const struct plan *plan = report->plan;
    const char *own = arena_format(report->arena, "phase %d", plan->phase);
    if (group->name == NULL)
        return "of no phase";
    if (plan->phase_title == NULL || strcmp(group->name, own) != 0)
        return group->name;
    return arena_format(report->arena, "%s: %s", own, plan->phase_title);
}

static void write_group(struct text *out, const struct report *report,
                        const struct bill_group *group, bool both)
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++)
        count += is_shown(&group->rows[i]);
    if (count == 0)
        return;
    html_add(out,
             "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\">%s"
             "<span class=\"bar\"><span style=\"width:%d%%\"></span></span></th>",
             name_of(report, group), percent_of(group->before, report->bill->before));
    write_amount(out, group->before);
    if (both)
        write_amount(out, group->after);
    text_add(out, "</tr>\n");
    write_rows(out, report, group, both);
    text_add(out, "</tbody>\n");
}

static void write_table(struct text *out, const struct report *report)
{
    const struct bill *bill = report->bill;
    struct bill_group group;
    bool both = will_change(report);
    size_t at = 0;
    text_add(out, "<table>\n<thead><tr><th scope=\"col\">Net, a month</th>"
                  "<th scope=\"col\" class=\"amount\">now</th>");
    if (both)
        text_add(out, "<th scope=\"col\" class=\"amount\">after the next run</th>");
    text_add(out, "</tr></thead>\n");
    while (bill_next_group(bill, &at, &group))
        write_group(out, report, &group, both);
    html_add(out, "<tfoot><tr><th scope=\"row\">%s</th>",
             bill->is_known ? "all of it" : "all of it, at least");
    write_amount(out, bill->before);
    if (both)
        write_amount(out, bill->after);
    text_add(out, "</tr></tfoot>\n</table>\n");
}

void report_cost_write(struct text *out, const struct report *report)
{
    if (report->bill == NULL)
        html_add(out, "<p class=\"warn\">Not known: %s.</p>\n", report->no_plan);
    else if (report->bill->count == 0)
        text_add(out, "<p>Nothing here has a price.</p>\n");
    else
        write_table(out, report);
}
