// SPDX-License-Identifier: MIT
#include <string.h>
#include <sys/stat.h>

#include "base/redact.h"
#include "command/command.h"
#include "command/reporting.h"
#include "command/written_file.h"

static bool check_asked(const struct options *options, struct fault *fault)
{
    const char *path = options->html;
    struct stat status;
    if (path == NULL || *path == '\0') {
        fault_set(fault, FAULT_USAGE, "pipster report wants to know where to write");
        return fault_next(fault, "pipster report --html report.html");
    }
    if (options->word_count > 0) {
        fault_set(fault, FAULT_USAGE, "pipster report takes no \"%s\"",
                  options->words[0]);
        return fault_next(fault, "pipster report --html %s", path);
    }
    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return true;
    fault_set(fault, FAULT_USAGE, "%s is a folder", path);
    return fault_next(fault, "pipster report --html %s%sreport.html", path,
                      path[strlen(path) - 1] == '/' ? "" : "/");
}

static bool write_page(struct workbench *bench, const struct report *report,
                       struct fault *fault)
{
    const char *path = bench->options->html;
    struct text page;
    bool written = true;
    text_init(&page, 0);
    report_write(&page, report);
    redact_text(&page);
    if (page.overflow) {
        written = fault_set(fault, FAULT_ERROR, "the report is too long");
    } else if (strcmp(path, "-") == 0) {
        redact_write(stdout, page.bytes, page.length);
    } else {
        written = written_file_put(&page, path, &bench->arena, fault);
        if (written)
            terminal_print(&bench->err, TERMINAL_PLAIN, "Written: %s\n", path);
    }
    text_clear(&page);
    return written;
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    struct reporting reporting = {0};
    if (!check_asked(options, fault))
        return 0;
    if (workbench_open(&bench, options, WORKBENCH_READ, fault) &&
        reporting_gather(&reporting, &bench, fault) &&
        write_page(&bench, &reporting.report, fault))
        workbench_print_timing(&bench);
    reporting_clear(&reporting);
    workbench_close(&bench);
    return 0;
}

const struct command cmd_report = {
    .name = "report",
    .summary = "one page to show: what exists, cost, revenue, rules, drift, backups",
    .usage =
        "pipster report --html FILE [--var NAME=VALUE …]\n"
        "\n"
        "A page that needs nothing else: no network, no script. It reads what is\n"
        "recorded and what exists, and changes nothing. What could not be read is said\n"
        "on the page, with the reason.\n"
        "\n"
        "  --html FILE  where to write it, in place of what is there; - for stdout\n",
    .reads_export = true,
    .run = run,
};
