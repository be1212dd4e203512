// SPDX-License-Identifier: MIT
//
// The journal: an intent is committed before a step's first side effect, its result in
// one transaction with the resource's row and the handlers it owes. An open intent at
// start means that an earlier process was cut off there.
#pragma once

#include "store/database.h"
#include "value/record.h"

struct vault;

// Takes playbook, verb, who, plan, options, and begun_at_ms (0: now); commits it with
// outcome "open" and gives it its id. The plan it names is then used; one that was used
// before is a fault, unless the run resumes it.
bool journal_begin_run(struct database *database, struct record_run *run,
                       struct fault *fault) FAULT_CHECKED;
// *run is 0 when the saved plan of this id was never carried out.
bool journal_find_plan(struct database *database, const char *id, int64_t *run,
                       int64_t *used_at_ms, struct fault *fault) FAULT_CHECKED;
// outcome: "done", "partial", "failed", "interrupted". Strings and summary may be NULL.
void journal_end_run(struct transaction *transaction, const struct record_run *run);

// Takes run, address, type, host, action, label, and what was before and is after; gives
// the step its id (unique for good). Secrets inside become digests under the vault.
void journal_intend(struct transaction *transaction, const struct vault *vault,
                    struct record_step *step);
void journal_note(struct transaction *transaction, int64_t step,
                  const struct value *note);
// Another address of it, or in what it remembers: secrets in it are digests already.
void journal_rewrite(struct transaction *transaction, const struct record_step *step);
// `failure` NULL unless failed.
void journal_finish(struct transaction *transaction, int64_t step,
                    enum record_outcome outcome, const char *failure);

// Owed once per host and name: a later cause takes the place of an earlier one.
void journal_owe(struct transaction *transaction, const struct record_handler *handler);
void journal_clear(struct transaction *transaction, const char *host, const char *name);

struct journal_open {
    struct record_step *steps; // open or uncertain intents, oldest first
    size_t step_count;
    struct record_handler *handlers;
    size_t handler_count;
};
// `database` may be NULL: nothing is open.
bool journal_load_open(struct database *database, struct arena *arena,
                       struct journal_open *open, struct fault *fault) FAULT_CHECKED;

// Newest first, `limit` 0 for all; and the steps of one run, of all later ones, or of one
// resource, in order.
bool journal_load_runs(struct database *database, struct arena *arena, int limit,
                       struct record_run **runs, size_t *count,
                       struct fault *fault) FAULT_CHECKED;
// When the very first began; 0: there was none.
bool journal_load_first(struct database *database, struct arena *arena, int64_t *begun_ms,
                        struct fault *fault) FAULT_CHECKED;
bool journal_load_steps(struct database *database, struct arena *arena, int64_t run,
                        struct record_step **steps, size_t *count,
                        struct fault *fault) FAULT_CHECKED;
bool journal_load_steps_after(struct database *database, struct arena *arena, int64_t run,
                              struct record_step **steps, size_t *count,
                              struct fault *fault) FAULT_CHECKED;
bool journal_load_steps_of(struct database *database, struct arena *arena,
                           const char *address, struct record_step **steps,
                           size_t *count, struct fault *fault) FAULT_CHECKED;
