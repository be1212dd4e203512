// SPDX-License-Identifier: MIT
#include "view/drill_view.h"

#include <inttypes.h>

static void print_passed(struct terminal *terminal, const struct value *found)
{
    terminal_print(terminal, TERMINAL_PLAIN,
                   "    restored in %.1f minutes, %" PRId64 " bytes, %" PRId64
                   " rows by its check query\n",
                   (double) value_find_integer(found, "seconds", 0) / 60,
                   value_find_integer(found, "bytes", 0),
                   value_find_integer(found, "rows", 0));
}

// One that could not be begun says nothing of a backup.
static bool was_tried(const struct value *found)
{
    return value_find_bool(found, "tried", true);
}

static void print_refused(struct terminal *terminal, const struct value *found)
{
    terminal_print(terminal, TERMINAL_PLAIN, "    why: %s\n",
                   value_find_text(found, "why", "nothing was said"));
    if (was_tried(found))
        terminal_print(terminal, TERMINAL_PLAIN, "    last good: %s\n",
                       value_find_text(found, "last_good", "none"));
}

void drill_view_print(struct terminal *terminal, const char *host,
                      const struct value *found)
{
    bool passed = value_find_bool(found, "passed", false);
    const char *file = value_find_text(found, "file", "");
    const char *outcome = !was_tried(found) ? "could not be done"
                          : passed          ? ""
                                            : " refused";
    terminal_print(terminal, passed ? TERMINAL_GREEN : TERMINAL_RED, "  %s ",
                   passed ? "✓" : "✗");
    terminal_print(terminal, TERMINAL_PLAIN, "%s:backup.postgres/%s  %s%s\n", host,
                   value_find_text(found, "name", "?"), file, outcome);
    if (passed)
        print_passed(terminal, found);
    else
        print_refused(terminal, found);
}
