// SPDX-License-Identifier: MIT
#include "engine/apply_stop.h"

#include "engine/apply_batch.h"

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

// Results that are on their way still count.
static void drain(struct apply *apply)
{
    while (apply->transactions > 0)
        database_wait(apply->engine->database);
}

bool apply_stop_now(struct apply *apply, struct fault *fault)
{
    apply->given_up = true;
    if (apply->engine->database == NULL)
        return true;
    drain(apply);
    struct transaction *transaction = transaction_new(apply->engine->database);
    for (size_t i = 0; i < apply->batches.count; i++)
        apply_batch_leave(apply->batches.items[i], transaction);
    return transaction_commit(transaction, fault) ||
           fault_while(fault, "journalling what still runs");
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
