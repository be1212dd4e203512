// SPDX-License-Identifier: MIT
//
// Backups, as their checks saw them last, and when each was restored for trial.
#include "view/report.h"

#include <string.h>

#include "base/duration.h"
#include "view/html.h"

static void write_age(struct text *out, const struct value *data, const char *key,
                      const char *none)
{
    char age[DURATION_TEXT_SIZE];
    int64_t seconds = value_find_integer(data, key, -1);
    if (seconds < 0)
        html_add(out, "<td class=\"warn\">%s</td>", none);
    else
        html_add(out, "<td>%s ago</td>", duration_format(seconds * 1000, age));
}

static bool is_backup(const struct report_notice *notice)
{
    return strcmp(notice->part, "backups") == 0 && notice->data != NULL;
}

static size_t count_declared(const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->recorded->count; i++)
        count +=
            strncmp(report->recorded->rows[i].type, "backup.", strlen("backup.")) == 0;
    return count;
}

static void write_table(struct text *out, const struct report *report)
{
    text_add(out, "<table>\n<thead><tr><th scope=\"col\">Backup</th>"
                  "<th scope=\"col\">Newest</th><th scope=\"col\">Last drill</th></tr>"
                  "</thead>\n<tbody>\n");
    for (size_t i = 0; i < report->notice_count; i++) {
        const struct report_notice *notice = &report->notices[i];
        if (!is_backup(notice))
            continue;
        html_add(out, "<tr><td><code>%s</code></td>",
                 value_find_text(notice->data, "address", ""));
        write_age(out, notice->data, "age_seconds", "not known");
        write_age(out, notice->data, "drill_age_seconds", "never restored for trial");
        text_add(out, "</tr>\n");
    }
    text_add(out, "</tbody>\n</table>\n");
}

void report_backups_write(struct text *out, const struct report *report)
{
    size_t seen = 0, declared = count_declared(report);
    for (size_t i = 0; i < report->notice_count; i++)
        seen += is_backup(&report->notices[i]);
    if (seen > 0)
        write_table(out, report);
    else if (declared > 0)
        html_add(out,
                 "<p class=\"warn\">%zu declared, and none was measured yet: "
                 "<code>check.backup</code> does, in a run.</p>\n",
                 declared);
    else
        text_add(out, "<p class=\"warn\">None is declared: "
                      "<code>pipster types backup.postgres</code>.</p>\n");
}
