// SPDX-License-Identifier: MIT
//
// The status of the revenue: the newest reading that is stored, and whether it is relied
// on. No source is asked.
#include "command/status.h"

#include <inttypes.h>

#include "base/calendar.h"
#include "command/revenue_source.h"
#include "store/revenue.h"
#include "value/reading.h"

// A source that is named and was never read.
static bool say_unread(struct status *status, struct fault *fault)
{
    struct revenue_sources sources;
    if (!revenue_source_list(status->project, NULL, status->arena, &sources, fault))
        return false;
    if (sources.count > 0)
        status_say(status, "revenue", STATUS_WARN, NULL,
                   "revenue.%s is named, and was not read yet: pipster revenue",
                   sources.items[0].kind);
    return true;
}

static const struct value *describe(struct status *status,
                                    const struct record_revenue *row, bool stale)
{
    char text[MONEY_TEXT_SIZE];
    const struct value_entry entries[] = {
        {"revenue", value_text(status->arena, money_format_exact(row->cautious, text))},
        {"currency", value_text(status->arena, row->cautious.currency)},
        {"customers", row->customers >= 0 ? value_integer(status->arena, row->customers)
                                          : value_null()},
        {"accepted", value_bool(row->accepted)},
        {"stale", value_bool(stale)},
    };
    return value_map(status->arena, entries, sizeof entries / sizeof *entries);
}

bool status_revenue(struct status *status, struct fault *fault)
{
    struct record_revenues rows;
    char money[MONEY_TEXT_SIZE], day[CALENDAR_TEXT_SIZE];
    if (!revenue_load_newest(status->database, status->arena, 1, &rows, fault))
        return false;
    if (rows.count == 0)
        return say_unread(status, fault);
    const struct record_revenue *row = rows.rows;
    bool stale = reading_is_stale(row, status->now_ms);
    const char *customers =
        row->customers >= 0
            ? arena_format(status->arena, ", %" PRId64 " customers", row->customers)
            : "";
    const char *verdict = !row->accepted ? ": too far from the last; if it is right: "
                                           "pipster revenue accept"
                          : stale        ? ": too old; pipster revenue"
                                         : "";
    status_say(status, "revenue", stale || !row->accepted ? STATUS_WARN : STATUS_PLAIN,
               describe(status, row, stale), "%s a month%s, %s, of %s%s",
               money_format(row->cautious, money), customers, row->source,
               calendar_format(calendar_date_of(row->as_of_ms), day), verdict);
    return true;
}
