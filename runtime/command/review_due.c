// SPDX-License-Identifier: MIT
#include "command/review_due.h"

#include "base/calendar.h"
#include "engine/review.h"
#include "engine/rule_term.h"
#include "store/journal.h"

int64_t review_due_after(int64_t from_ms)
{
    return rule_term_after((struct rule_span){.months = REVIEW_MONTHS}, from_ms);
}

bool review_due_read(struct database *database, struct arena *arena, int64_t now_ms,
                     struct review_due *due, struct fault *fault)
{
    struct record_answers answers;
    int64_t first_ms;
    *due = (struct review_due){0};
    if (!answer_load(database, arena, now_ms, &answers, fault) ||
        !journal_load_first(database, arena, &first_ms, fault))
        return fault_while(fault, "reading when the review is due");
    const struct record_answer *last = answer_find(&answers, REVIEW_ALL);
    due->last_ms = last != NULL ? last->answered_ms : 0;
    if (last != NULL)
        due->due_ms = last->expires_ms;
    else if (first_ms != 0)
        due->due_ms = review_due_after(first_ms);
    due->is_due = due->due_ms != 0 && now_ms >= due->due_ms;
    return true;
}

const char *review_due_text(const struct review_due *due, struct arena *arena)
{
    char day[CALENDAR_TEXT_SIZE];
    if (!due->is_due)
        return NULL;
    calendar_format(calendar_date_of(due->due_ms), day);
    return arena_format(arena, "the review is due since %s: pipster review", day);
}
