// SPDX-License-Identifier: MIT
//
// What a thing was made for. A vendor's new price need not hold for what one already has,
// and no API tells what one pays: the journal keeps the price of the step that made it,
// or gave it another size; a person may correct that.
#pragma once

#include "engine/engine.h"

// A thing whose kept price is not that of the list.
struct paid {
    const char *address;
    struct money monthly; // what was asked when it was made, or what was said by hand
    struct money listed;  // what is asked today for the same
    int64_t since_ms;
    int64_t run; // 0: said by hand
};

struct paid_list {
    struct paid *items;
    size_t count;
    struct money now; // what everything costs now, with these as they are paid
};

// Of what is there, in the plan's order and arena.
bool paid_look(const struct engine *engine, struct plan *plan, struct paid_list *list,
               struct fault *fault) FAULT_CHECKED;

// What a person said of it, as text that paid_take keeps again; NULL: nothing.
bool paid_said(struct database *database, struct arena *arena, const char *address,
               const char **text, struct fault *fault) FAULT_CHECKED;
void paid_take(struct transaction *transaction, struct arena *arena, const char *address,
               const char *text);

// Keeps what a person says; `monthly` NULL: what the journal says counts again.
void paid_put(struct transaction *transaction, struct arena *arena, const char *address,
              const struct money *monthly, int64_t now_ms);
