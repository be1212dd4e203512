// SPDX-License-Identifier: MIT
//
// What everything costs a month, phase by phase, as a table with a bar for each phase.
#include "view/report.h"

#include <string.h>

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

static void write_row(struct text *out, const struct bill_row *row, bool both)
{
    html_add(out, "<tr><td>%s<small><code>%s</code></small></td>", row->what,
             row->address);
    if (!row->known)
        html_add(out, "<td class=\"amount warn\" colspan=\"%d\">not priced</td>",
                 both ? 2 : 1);
    else
        write_amount(out, row->before);
    if (row->known && both)
        write_amount(out, row->after);
    text_add(out, "</tr>\n");
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
             group->name != NULL ? group->name : "of no phase",
             percent_of(group->before, report->bill->before));
    write_amount(out, group->before);
    if (both)
        write_amount(out, group->after);
    text_add(out, "</tr>\n");
    for (size_t i = 0; i < group->count; i++)
        if (is_shown(&group->rows[i]))
            write_row(out, &group->rows[i], both);
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
