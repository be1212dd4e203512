// SPDX-License-Identifier: MIT
#include "view/report.h"

#include "base/clock.h"
#include "view/html.h"
#include "view/time_view.h"

struct section {
    const char *id;
    const char *title;
    void (*write)(struct text *out, const struct report *report);
};

static const struct section sections[] = {
    {"attention", "To be looked at", report_notices_write},
    {"graph", "What exists", report_graph_write},
    {"cost", "Cost by phase", report_cost_write},
    {"money", "Cost against revenue", report_money_write},
    {"rules", "Rules", report_rules_write},
    {"drift", "Drift", report_drift_write},
    {"runs", "Last runs", report_runs_write},
    {"secrets", "Secrets", report_secrets_write},
    {"backups", "Backups", report_backups_write},
    {"criteria", "Success criteria", report_criteria_write},
};
#define SECTION_COUNT (sizeof sections / sizeof *sections)

const char *report_tone_class(enum report_tone tone)
{
    static const char *const classes[] = {
        [REPORT_FINE] = "fine",
        [REPORT_PLAIN] = "plain",
        [REPORT_WARN] = "warn",
        [REPORT_BAD] = "bad",
    };
    return classes[tone];
}

// Nothing is fetched, and nothing on the page can run or send anything.
static void write_head(struct text *out, const struct report *report)
{
    html_add(out,
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" "
             "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
             "<title>%s, %s: report</title>\n<style>\n",
             report->project, report->environment);
    text_add(out, report_style());
    text_add(out, "</style>\n</head>\n");
}

static void write_header(struct text *out, const struct report *report)
{
    char when[TIME_VIEW_SIZE], exact[CLOCK_TEXT_SIZE];
    html_add(out,
             "<header>\n<h1>%s</h1>\n<p>environment %s, as of "
             "<time datetime=\"%s\">%s</time></p>\n",
             report->project, report->environment, clock_format(report->now_ms, exact),
             time_view_local(report->now_ms, when));
    report_summary_write(out, report);
    text_add(out, "<nav>");
    for (size_t i = 0; i < SECTION_COUNT; i++)
        html_add(out, "<a href=\"#%s\">%s</a>\n", sections[i].id, sections[i].title);
    text_add(out, "</nav>\n</header>\n");
}

void report_write(struct text *out, const struct report *report)
{
    write_head(out, report);
    text_add(out, "<body>\n");
    write_header(out, report);
    text_add(out, "<main>\n");
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        html_add(out, "<section id=\"%s\">\n<h2>%s</h2>\n", sections[i].id,
                 sections[i].title);
        sections[i].write(out, report);
        text_add(out, "</section>\n");
    }
    html_add(out, "</main>\n<footer>Made by pipster %s.</footer>\n</body>\n</html>\n",
             report->version);
}
