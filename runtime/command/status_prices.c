// SPDX-License-Identifier: MIT
//
// The status of prices: what is retired or dearer of what one has.
#include "command/status.h"

#include "command/radar.h"

bool status_prices(struct status *status, struct fault *fault)
{
    struct radar radar;
    if (!radar_look(status->project, &status->recorded, status->arena, &radar, fault))
        return false;
    for (size_t i = 0; i < radar.count; i++) {
        const struct radar_row *row = &radar.rows[i];
        status_say(status, "prices", row->is_retired ? STATUS_WARN : STATUS_PLAIN,
                   row->data, "%s: %s", row->address, row->text);
    }
    return true;
}
