// SPDX-License-Identifier: MIT
//
// What comes in a month, of one source or of several: what a source tells is checked,
// what all tell is added up, and what may be relied on is told to a plan. Who asks the
// sources is in command/.
#pragma once

#include "engine/engine.h"

// What one source told.
struct takings_part {
    const char *source; // "csv"
    const char *of;     // what tells its declaration from another
    struct money gross, cautious, at_risk;
    bool tells_risk;            // false: at_risk is none, for want of knowing
    int64_t customers, churned; // -1: not told
    int64_t read_at_ms;
    int64_t as_of_ms; // the end of its day or month, which may be to come; 0: not told
    bool is_undated;  // it told no day: as_of_ms is when it was read first, or accepted
    int64_t max_age_ms;
    int64_t requests;             // that it took
    const struct value *warnings; // a list of texts, or NULL
};

// A map as stdlib/revenue gives it, or takings_part_value gave it. Amounts are texts of
// decimals, in `currency` where it tells none; `as_of` is Unix milliseconds or
// "2026-11-29" or "2026-11": then its end. What is below zero or of no currency is
// refused.
bool takings_part_read(const struct value *told, const char *currency,
                       struct takings_part *part, struct fault *fault) FAULT_CHECKED;
const struct value *takings_part_value(struct arena *arena,
                                       const struct takings_part *part);
// The parts of a row; what is none is left out.
struct takings_part *takings_part_list(struct arena *arena,
                                       const struct record_revenue *row, size_t *count);

// One reading of all parts: in their currency where it is the same in all, else in the
// project's. As old as the oldest, customers only where every source tells them.
bool takings_add_up(const struct engine *engine, struct arena *arena,
                    const struct takings_part *parts, size_t count, int64_t now_ms,
                    struct record_revenue *sum, struct fault *fault) FAULT_CHECKED;
// The same figures of the same moment from the same sources.
bool takings_is_same(struct arena *arena, const struct record_revenue *left,
                     const struct record_revenue *right);

// What is too old is right all the same, a person says: good for as long again as it was
// at first.
void takings_confirm(struct arena *arena, const struct record_revenue *stale,
                     int64_t now_ms, struct record_revenue *row);

// What a plan goes by: the newest that was accepted, while it is not stale; a newer one
// that waits for a person's word is in the warning. Both may be NULL.
void takings_tell(struct arena *arena, const struct record_revenue *newest,
                  const struct record_revenue *accepted, int64_t now_ms,
                  struct engine_revenue *revenue);
