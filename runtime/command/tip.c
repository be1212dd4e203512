// SPDX-License-Identifier: MIT
#include "command/tip.h"

#include <string.h>

bool tip_load(struct workbench *bench, struct fault *fault)
{
    struct database *database = bench->database;
    if (database == NULL)
        return true;
    if (!state_setting(database, &bench->arena, "tip", &bench->tip, fault) ||
        !state_setting(database, &bench->arena, "tip_base", &bench->tip_base, fault))
        return false;
    if (bench->tip_base == NULL)
        bench->tip_base = bench->tip;
    return true;
}

static bool includes(const struct resource_set *set, const char *playbook)
{
    for (size_t i = 0; i < set->playbook_count; i++)
        if (strcmp(set->playbooks[i], playbook) == 0)
            return true;
    return strcmp(set->playbook, playbook) == 0;
}

static size_t count_others(const struct workbench *bench)
{
    size_t count = 0;
    for (size_t i = 0; i < bench->recorded.count; i++) {
        const char *playbook = bench->recorded.rows[i].playbook;
        count += playbook != NULL && !includes(&bench->wanted, playbook);
    }
    return count;
}

bool tip_allows(const struct workbench *bench, struct fault *fault)
{
    const struct resource_set *set = &bench->wanted;
    if (bench->tip == NULL || bench->recorded.count == 0 || includes(set, bench->tip))
        return true;
    bool stacked = strcmp(bench->tip, bench->tip_base) != 0; // the tip calls tip() too
    if (stacked && set->calls_tip && includes(set, bench->tip_base))
        return true;
    size_t others = count_others(bench);
    fault_set(fault, FAULT_USAGE, "%s does not include %s, which was applied last",
              set->playbook, bench->tip);
    fault_why(fault,
              "%zu recorded thing%s would be left alone, and what %s changed of "
              "others would be undone",
              others, others == 1 ? "" : "s", bench->tip);
    return fault_next(fault,
                      "include(\"%s\") in it; or pipster run %s; or, if that is meant, "
                      "pipster run %s --move-tip",
                      bench->tip, bench->tip, set->playbook);
}

bool tip_move(struct workbench *bench, struct fault *fault)
{
    const struct resource_set *set = &bench->wanted;
    if (set->playbook == NULL)
        return true;
    struct transaction *transaction = transaction_new(bench->database);
    state_note_setting(transaction, "tip", set->playbook);
    if (!set->calls_tip)
        state_note_setting(transaction, "tip_base", set->playbook);
    else if (bench->tip_base != NULL)
        state_note_setting(transaction, "tip_base", bench->tip_base);
    return transaction_commit(transaction, fault);
}
