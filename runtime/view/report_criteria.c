// SPDX-License-Identifier: MIT
//
// The checklist, part by part: met, missed or not known, with what was seen.
#include "view/report.h"

#include <string.h>

#include "view/html.h"

static void write_line(struct text *out, const struct review_line *line,
                       const struct review_found *found)
{
    static const enum report_tone tones[] = {[RULE_FALSE] = REPORT_BAD,
                                             [RULE_TRUE] = REPORT_FINE,
                                             [RULE_UNKNOWN] = REPORT_PLAIN};
    html_add(out, "<tr><td>%s<small>%s</small></td><td class=\"%s\">%s</td></tr>\n",
             line->text, found->text, report_tone_class(tones[found->truth]),
             review_word(found->truth));
}

static void write_sum(struct text *out, const struct report *report)
{
    size_t counts[] = {[RULE_FALSE] = 0, [RULE_TRUE] = 0, [RULE_UNKNOWN] = 0};
    for (size_t i = 0; i < report->reviews.count; i++)
        counts[report->review_found[i].truth]++;
    html_add(out,
             "<p>%zu met, %zu missed, %zu not known: <code>pipster review</code>.</p>\n",
             counts[RULE_TRUE], counts[RULE_FALSE], counts[RULE_UNKNOWN]);
}

void report_criteria_write(struct text *out, const struct report *report)
{
    const char *part = NULL;
    if (report->no_review != NULL) {
        html_add(out, "<p class=\"warn\">Not known: %s.</p>\n", report->no_review);
        return;
    }
    text_add(out, "<table class=\"criteria\">\n");
    for (size_t i = 0; i < report->reviews.count; i++) {
        const struct review_line *line = &report->reviews.items[i];
        if (part == NULL || strcmp(part, line->part) != 0)
            html_add(out,
                     "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" "
                     "colspan=\"2\">%s</th></tr>\n",
                     line->part);
        write_line(out, line, &report->review_found[i]);
        part = line->part;
        if (i + 1 == report->reviews.count ||
            strcmp(part, report->reviews.items[i + 1].part) != 0)
            text_add(out, "</tbody>\n");
    }
    text_add(out, "</table>\n");
    write_sum(out, report);
}
