// SPDX-License-Identifier: MIT
//
// What was changed outside since it was last applied, and what could not be seen.
#include "view/report.h"

#include "view/html.h"
#include "view/step_view.h"
#include "view/value_view.h"

static void write_side(struct text *out, const struct report *report,
                       const struct drift_item *item, const struct value *value)
{
    struct text text;
    text_init(&text, 0);
    if (item->secret && value != NULL)
        text_add(&text, "(secret)");
    else
        value_view_write(&text, step_view_hide(report->arena, value));
    html_add(out, "<code>%s</code>", text.bytes);
    text_clear(&text);
}

static void write_item(struct text *out, const struct report *report,
                       const struct drift_item *item)
{
    html_add(out, "<tr><td><code>%s</code></td><td>", item->address);
    if (item->field == NULL) {
        text_add(out, "<span class=\"bad\">deleted outside</span>");
    } else {
        html_add(out, "%s: ", item->field);
        write_side(out, report, item, item->before);
        text_add(out, " → ");
        write_side(out, report, item, item->after);
    }
    text_add(out, "</td></tr>\n");
}

static void write_table(struct text *out, const struct report *report)
{
    const struct drift *drift = report->drift;
    text_add(out, "<table>\n<thead><tr><th scope=\"col\">Thing</th>"
                  "<th scope=\"col\">Recorded → found</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < drift->item_count; i++)
        write_item(out, report, &drift->items[i]);
    for (size_t i = 0; i < drift->gap_count; i++)
        html_add(out,
                 "<tr><td><code>%s</code></td><td><span class=\"warn\">not known</span>: "
                 "%s</td></tr>\n",
                 drift->gaps[i].address, drift->gaps[i].why);
    text_add(out,
             "</tbody>\n</table>\n<p>The next <code>pipster run</code> puts back what "
             "is declared; what is to stay as found is <code>ignore</code>d.</p>\n");
}

void report_drift_write(struct text *out, const struct report *report)
{
    const struct drift *drift = report->drift;
    if (drift == NULL)
        html_add(out, "<p class=\"warn\">Not known: %s.</p>\n", report->no_drift);
    else if (drift->item_count + drift->gap_count > 0)
        write_table(out, report);
    else
        html_add(out, "<p class=\"fine\">None: %zu thing%s found as last applied.</p>\n",
                 drift->judged_count, drift->judged_count == 1 ? " was" : "s were");
}
