// SPDX-License-Identifier: MIT
#include "engine/apply_stop.h"

#include "engine/apply_batch.h"
#include "store/rescue.h"

bool apply_stop_is_due(struct apply *apply)
{
    const struct engine *engine = apply->engine;
    if (engine->interrupted == NULL || !*engine->interrupted)
        return false;
    if (!apply->told_stopping && engine->watch.stopping != NULL)
        engine->watch.stopping(engine->watch.context, engine->given_up != NULL);
    apply->told_stopping = true;
    return engine->given_up != NULL && *engine->given_up;
}

void apply_stop_drain(struct apply *apply)
{
    while (apply->transactions > 0)
        database_wait(apply->engine->database);
}

void apply_stop_now(struct apply *apply)
{
    apply->given_up = true;
    if (apply->engine->database == NULL)
        return;
    apply_stop_drain(apply); // results that are on their way still count
    struct transaction *transaction = transaction_new(apply->engine->database);
    for (size_t i = 0; i < apply->batches.count; i++)
        apply_batch_leave(apply->batches.items[i], transaction);
    apply_commit((struct apply_commit){.apply = apply}, transaction);
    apply_stop_drain(apply);
}

bool apply_stop_keep(struct apply *apply, struct fault *fault)
{
    const struct fault *cause = &apply->lost_fault;
    struct fault problem;
    const char *kept = NULL;
    bool done = rescue_keep(apply->engine->database, apply->arena, &kept, &problem);
    fault_set(fault, FAULT_PARTIAL, "the state was lost during the run: %s", cause->what);
    fault_where(fault, "%s", cause->where);
    fault_why(fault, "%s", cause->why);
    if (!done)
        return fault_next(fault,
                          "%s; then run again: it asks the world what was done, "
                          "for it could not be kept (%s: %s)",
                          cause->next, problem.what, problem.why);
    if (kept == NULL)
        return fault_next(fault, "%s", cause->next);
    return fault_next(fault,
                      "%s; what was done since is kept in %s, and the next run takes "
                      "it in",
                      cause->next, kept);
}

bool apply_stop_tell(const struct apply *apply, struct fault *fault)
{
    size_t left = apply->result->unsettled_count;
    enum fault_kind kind = fault_kind_of_signal(*apply->engine->interrupted);
    if (left == 0) {
        fault_set(fault, kind, "interrupted: what was begun was finished");
        return fault_next(fault, "run it again: it goes on where it stopped");
    }
    fault_set(fault, kind, "interrupted: %zu step%s still running %s not waited for",
              left, left == 1 ? "" : "s", left == 1 ? "was" : "were");
    return fault_next(fault, "run it again: it asks what became of %s, then goes on",
                      left == 1 ? "it" : "them");
}
