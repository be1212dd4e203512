// SPDX-License-Identifier: MIT
#include "command/accepted.h"

#include "base/calendar.h"
#include "store/rule.h"

size_t accepted_room(const struct record_amendment *row)
{
    return 1 + (row->amend != NULL && row->amend->kind == VALUE_MAP
                    ? row->amend->map.count
                    : 0);
}

void accepted_add(struct workbench *bench, const struct record_amendment *row,
                  struct script_amendment *amendments, size_t *count)
{
    char day[CALENDAR_TEXT_SIZE];
    calendar_format(calendar_date_of(row->accepted_ms), day);
    const char *where =
        arena_format(&bench->arena, "rule \"%s\", accepted on %s", row->rule, day);
    amendments[(*count)++] = (struct script_amendment){.include = row->include,
                                                       .where = where,
                                                       .accepted = row->rule,
                                                       .accepted_in = row->playbook};
    for (size_t i = 0; i + 1 < accepted_room(row); i++)
        amendments[(*count)++] =
            (struct script_amendment){.address = row->amend->map.entries[i].key,
                                      .attributes = row->amend->map.entries[i].value,
                                      .where = where,
                                      .accepted = row->rule,
                                      .accepted_in = row->playbook};
}

void accepted_lay(struct workbench *bench)
{
    const struct record_amendments *accepted = &bench->accepted;
    size_t room = 1, count = 0;
    for (size_t i = 0; i < accepted->count; i++)
        room += accepted_room(&accepted->rows[i]);
    struct script_amendment *amendments =
        arena_alloc(&bench->arena, room * sizeof *amendments);
    for (size_t i = 0; i < accepted->count; i++)
        accepted_add(bench, &accepted->rows[i], amendments, &count);
    script_set_amendments(bench->script, amendments, count);
}

bool accepted_load(struct workbench *bench, struct fault *fault)
{
    if (!rule_load_amendments(bench->database, &bench->arena, false, &bench->accepted,
                              fault))
        return false;
    accepted_lay(bench);
    return true;
}

bool accepted_blame(const struct workbench *bench, struct fault *fault)
{
    const struct record_amendments *accepted = &bench->accepted;
    if (accepted->count == 0 || fault->next[0] != '\0')
        return false;
    return fault_next(fault,
                      "if it comes of what was accepted: pipster rules withdraw %s",
                      accepted->rows[accepted->count - 1].rule);
}
