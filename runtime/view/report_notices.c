// SPDX-License-Identifier: MIT
//
// What somebody is to look at, as `pipster status` tells it.
#include "view/report.h"

#include "view/html.h"

static bool is_shown(const struct report_notice *notice)
{
    return notice->tone == REPORT_WARN || notice->tone == REPORT_BAD;
}

void report_notices_write(struct text *out, const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->notice_count; i++)
        count += is_shown(&report->notices[i]);
    if (count == 0) {
        text_add(out, "<p class=\"fine\">Nothing: no check failed or warned, nothing is "
                      "open, owed or overdue.</p>\n");
        return;
    }
    text_add(out, "<ul class=\"notices\">\n");
    for (size_t i = 0; i < report->notice_count; i++) {
        const struct report_notice *notice = &report->notices[i];
        if (is_shown(notice))
            html_add(out, "<li class=\"%s\"><b>%s</b> %s</li>\n",
                     report_tone_class(notice->tone), notice->part, notice->text);
    }
    text_add(out, "</ul>\n");
}
