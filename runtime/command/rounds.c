// SPDX-License-Identifier: MIT
#include "command/rounds.h"

#include <string.h>

#include "base/text.h"
#include "command/carry_out.h"
#include "value/address.h"
#include "view/json_view.h"

// A round that finds other values missing each time must end too.
#define MOST_ROUNDS 32

// Which stages wait for what: the same after a round means that it brought nothing.
static const char *waiting(struct workbench *bench)
{
    struct text text;
    text_init(&text, 0);
    for (size_t i = 0; i < bench->wanted.deferral_count; i++)
        text_format(&text, "%s %s\n", bench->wanted.deferrals[i].stage,
                    bench->wanted.deferrals[i].waits_for);
    const char *copy = arena_text(&bench->arena, text.bytes);
    text_clear(&text);
    return copy;
}

static bool is_stuck(const struct workbench *bench, size_t done_in_round,
                     const char *before, const char *now)
{
    return done_in_round == 0 || strcmp(before, now) == 0 || bench->round >= MOST_ROUNDS;
}

static bool refuse_stuck(struct workbench *bench, struct fault *fault)
{
    const struct resource_deferral *deferral = &bench->wanted.deferrals[0];
    const char *dot = strrchr(deferral->waits_for, '.');
    struct address address;
    struct fault ignored;
    fault_set(fault, bench->done_count > 0 ? FAULT_PARTIAL : FAULT_ERROR,
              "stage \"%s\" cannot be evaluated: %s is still not known", deferral->stage,
              deferral->waits_for);
    fault_where(fault, "%s", deferral->where);
    fault_why(fault, "everything before it was carried out, and did not give it");
    const char *thing = arena_copy(&bench->arena, deferral->waits_for,
                                   dot != NULL ? (size_t) (dot - deferral->waits_for)
                                               : strlen(deferral->waits_for));
    if (address_parse(&bench->arena, thing, &address, &ignored))
        fault_next(fault, "ask for something that it gives: pipster types %s",
                   address.type);
    return false;
}

// What an earlier round did stays done, and the exit code says so.
static bool tell_round(const struct workbench *bench, struct fault *fault)
{
    bool nothing = fault->kind == FAULT_ERROR || fault->kind == FAULT_UNREACHABLE;
    if (nothing && bench->done_count > 0)
        fault->kind = FAULT_PARTIAL;
    return bench->round == 1 ||
           fault_while(fault, "carrying out round %zu", bench->round);
}

static bool begin_round(struct workbench *bench, struct fault *fault)
{
    bench->round++;
    if (bench->round == 1)
        return true;
    if (bench->interrupted) {
        fault_set(fault, fault_kind_of_signal(bench->interrupted),
                  "interrupted before round %zu", bench->round);
        return fault_next(fault, "run it again: it goes on with what was deferred");
    }
    if (bench->options->json)
        json_view_round(stdout, bench->round);
    else
        terminal_print(&bench->out, TERMINAL_BOLD,
                       "\nRound %zu, with what is known now:\n", bench->round);
    return workbench_read_rows(bench, fault);
}

bool rounds_run(struct workbench *bench, const struct engine_options *asked,
                struct fault *fault)
{
    bool chosen = asked->only_count + asked->except_count > 0;
    const char *before = "";
    for (;;) {
        size_t done = bench->done_count;
        if (!begin_round(bench, fault))
            return false;
        if (!carry_out(bench, asked, "Carry this plan out?", "yes", fault))
            return tell_round(bench, fault) && false;
        if (bench->wanted.deferral_count == 0 || bench->declined)
            return true;
        const char *now = waiting(bench);
        // What a stage waits for may be left out on purpose.
        if (is_stuck(bench, bench->done_count - done, before, now))
            return chosen || refuse_stuck(bench, fault);
        before = now;
    }
}
