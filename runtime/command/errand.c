// SPDX-License-Identifier: MIT
#include "command/errand.h"

struct errand {
    struct arena *arena;
    const struct value *answer;
    struct fault *fault;
    bool ended;
};

static void take(void *context, const struct value *result, const struct fault *fault)
{
    struct errand *errand = context;
    errand->ended = true;
    if (fault_is_set(fault))
        *errand->fault = *fault;
    else if (result)
        errand->answer = value_copy(errand->arena, result);
}

bool errand_run(struct workbench *bench, const char *module, const char *function,
                const struct value *argument, const struct value **answer,
                struct fault *fault)
{
    struct errand errand = {.arena = &bench->arena, .fault = fault};
    fault_clear(fault);
    script_start(bench->script, module, function, argument, take, &errand);
    while (!errand.ended) {
        if (bench->interrupted)
            return fault_set(fault, FAULT_INTERRUPTED, "interrupted while reading");
        if (!loop_turn(bench->loop))
            return fault_set(fault, FAULT_INTERNAL, "%s.%s never answered", module,
                             function);
    }
    *answer = errand.answer;
    return !fault_is_set(fault);
}
