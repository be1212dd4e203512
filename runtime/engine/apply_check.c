// SPDX-License-Identifier: MIT
#include "engine/apply_check.h"

#include "base/clock.h"
#include "store/journal.h"
#include "store/measurement.h"

void apply_check_count(struct apply *apply, const struct node *node)
{
    apply->result->check_passed_count++;
    if (node->checked != NULL && node->checked->answer.warning_count > 0)
        apply->result->check_warned_count++;
}

// Looked at: other verbs are remembered too, and judge nothing.
#define RUNS 50

// By the newest run that judged any.
static bool told_before(const struct apply *apply, bool *told, struct fault *fault)
{
    struct record_run *runs = NULL;
    size_t count = 0;
    if (!journal_load_runs(apply->engine->database, apply->arena, RUNS, &runs, &count,
                           fault))
        return false;
    size_t at = 0;
    while (at < count && value_find(runs[at].summary, "checks") == NULL)
        at++;
    *told = at < count && (value_find_integer(runs[at].summary, "checks_failed", 0) > 0 ||
                           value_find_integer(runs[at].summary, "checks_warned", 0) > 0);
    return true;
}

bool apply_check_is_telling(const struct apply *apply, bool *telling, struct fault *fault)
{
    bool any = false;
    *telling = false;
    if (apply->engine->database == NULL)
        return true;
    for (size_t i = 0; i < apply->plan->change_count && !*telling; i++) {
        const struct node *node = &apply->nodes[i];
        if (node->checked == NULL)
            continue;
        const struct check_answer *answer = &node->checked->answer;
        any = true;
        *telling = node->state == NODE_FAILED || answer->warning_count > 0 ||
                   answer->measured.count > 0;
    }
    return *telling || !any || told_before(apply, telling, fault);
}

// What was measured before may have been told before, too.
static void record(struct transaction *transaction, struct record_measurement *measured,
                   int64_t now)
{
    if (measured->at_ms > 0) {
        measurement_take(transaction, measured);
        return;
    }
    measured->at_ms = now;
    measurement_put(transaction, measured);
}

void apply_check_record(struct apply *apply, struct transaction *transaction)
{
    int64_t now = clock_now_ms();
    for (size_t i = 0; i < apply->plan->change_count; i++) {
        const struct step *step = apply->nodes[i].checked;
        for (size_t k = 0; step != NULL && k < step->answer.measured.count; k++) {
            struct record_measurement measured = step->answer.measured.rows[k];
            measured.run = apply->run;
            measured.address = step->change->address;
            record(transaction, &measured, now);
        }
    }
}
