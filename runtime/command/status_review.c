// SPDX-License-Identifier: MIT
//
// The status of the review: told only when it is due, or an answer counts no more.
#include "command/status.h"

#include <string.h>

#include "base/calendar.h"
#include "command/review_due.h"

static void say_expired(struct status *status, const struct record_answer *answer)
{
    char given[CALENDAR_TEXT_SIZE];
    const struct value_entry entries[] = {
        {"name", value_text(status->arena, answer->name)},
        {"value", value_text(status->arena, answer->value)},
    };
    calendar_format(calendar_date_of(answer->answered_ms), given);
    status_say(status, "review", STATUS_WARN, value_map(status->arena, entries, 2),
               "the answer to %s is of %s and counts no more: pipster review answer %s …",
               answer->name, given, answer->name);
}

bool status_review(struct status *status, struct fault *fault)
{
    struct review_due due;
    struct record_answers answers;
    if (!review_due_read(status->database, status->arena, status->now_ms, &due, fault) ||
        !answer_load(status->database, status->arena, status->now_ms, &answers, fault))
        return false;
    const char *text = review_due_text(&due, status->arena);
    if (text != NULL)
        status_say(status, "review", STATUS_WARN, NULL, "%s", text);
    for (size_t i = 0; i < answers.count; i++)
        if (!answer_counts(&answers.rows[i], status->now_ms) &&
            strcmp(answers.rows[i].name, REVIEW_ALL) != 0)
            say_expired(status, &answers.rows[i]);
    return true;
}
