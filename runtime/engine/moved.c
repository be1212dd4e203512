// SPDX-License-Identifier: MIT
#include "engine/moved.h"

#include <string.h>

#include "store/rename.h"

static const struct moved nothing_moved[1];

static const struct resource_move *find_from(const struct resource_set *set,
                                             const char *address)
{
    for (size_t i = 0; i < set->move_count; i++)
        if (strcmp(set->moves[i].from, address) == 0)
            return &set->moves[i];
    return NULL;
}

static bool complain(struct fault *fault, const struct resource_move *move,
                     const char *what)
{
    fault_set(fault, FAULT_ERROR, "moved: %s %s", move->from, what);
    return fault_where(fault, "%s", move->where);
}

// Where it ends, from move to move; NULL: nowhere, they go in a circle.
static const char *last_of(const struct resource_set *set,
                           const struct resource_move *move)
{
    size_t hops = 0;
    for (const struct resource_move *next = find_from(set, move->to); next != NULL;
         next = find_from(set, move->to)) {
        move = next;
        if (++hops > set->move_count)
            return NULL;
    }
    return move->to;
}

static bool complain_of_circle(const struct planner *planner,
                               const struct resource_move *move, struct fault *fault)
{
    const struct resource_set *set = planner->wanted;
    const struct resource_move *next = find_from(set, move->to);
    complain(fault, move, "comes back to itself");
    fault_why(fault, "it becomes %s, which %s moves on", move->to,
              next != NULL && next != move ? next->where : "itself");
    return fault_next(fault, "take one of these moves out");
}

static bool complain_of_declared(struct fault *fault, const struct resource_move *move,
                                 const struct resource *declared)
{
    complain(fault, move, "is still declared");
    fault_why(fault, "it is declared at %s:%d", declared->playbook, declared->line);
    return fault_next(fault, "rename that declaration to %s, or take the move out",
                      move->to);
}

static bool check(const struct planner *planner, const struct resource_move *move,
                  struct fault *fault)
{
    const struct resource_set *set = planner->wanted;
    const struct resource_move *first = find_from(set, move->from);
    const struct resource *declared = resource_find(set, move->from);
    if (strcmp(first->to, move->to) != 0) {
        complain(fault, move, "is moved twice");
        fault_why(fault, "to %s here, and to %s at %s", move->to, first->to,
                  first->where);
        return fault_next(fault, "take one of them out");
    }
    if (last_of(set, move) == NULL)
        return complain_of_circle(planner, move, fault);
    if (declared != NULL)
        return complain_of_declared(fault, move, declared);
    return true;
}

static void rename_open(struct planner *planner, const char *from, const char *to)
{
    struct journal_open *open = &planner->open;
    for (size_t i = 0; i < open->step_count; i++) {
        struct record_step *step = &open->steps[i];
        step->address = rename_address(planner->arena, step->address, from, to);
        step->host = rename_address(planner->arena, step->host, from, to);
    }
    for (size_t i = 0; i < open->handler_count; i++) {
        struct record_handler *handler = &open->handlers[i];
        handler->host = rename_address(planner->arena, handler->host, from, to);
        handler->cause = rename_address(planner->arena, handler->cause, from, to);
    }
}

// A stage that is deferred may declare it.
static bool may_be_declared(const struct resource_set *set, const char *address)
{
    return set->deferral_count > 0 && resource_find(set, address) == NULL;
}

static bool take(struct planner *planner, const struct resource_move *move,
                 struct moved *moved, struct fault *fault)
{
    const char *to = last_of(planner->wanted, move);
    struct state_rows renamed;
    if (state_find(&planner->rows, to) != NULL) {
        complain(fault, move, arena_format(planner->arena, "and %s are both there", to));
        fault_why(fault, "one thing cannot take the address of another");
        return fault_next(fault,
                          "pipster state show %s; removed { \"%s\" } forgets one of them",
                          to, move->from);
    }
    if (resource_find(planner->wanted, to) == NULL) {
        complain(fault, move,
                 arena_format(planner->arena, "becomes %s, which is not declared", to));
        return fault_next(fault, "declare %s, or take the move out", to);
    }
    if (!rename_rows(planner->arena, &planner->rows, move->from, to, &renamed, fault)) {
        fault->kind = FAULT_ERROR;
        fault_where(fault, "%s", move->where);
        return fault_while(fault, "moving %s", move->from);
    }
    *moved = (struct moved){move->from, to, move->where, planner->rows};
    planner->rows = renamed;
    rename_open(planner, move->from, to);
    return true;
}

bool moved_take(struct planner *planner, struct fault *fault)
{
    const struct resource_set *set = planner->wanted;
    struct moved *moved =
        arena_alloc(planner->arena, (set->move_count + 1) * sizeof *moved);
    size_t count = 0;
    for (size_t i = 0; i < set->move_count; i++)
        if (!check(planner, &set->moves[i], fault))
            return false;
    for (size_t i = 0; i < set->move_count; i++) {
        const struct resource_move *move = &set->moves[i];
        if (state_find(&planner->rows, move->from) == NULL ||
            may_be_declared(set, last_of(set, move)))
            continue; // long done, never there, or not yet
        if (!take(planner, move, &moved[count++], fault))
            return false;
    }
    planner->moved = moved;
    return true;
}

static const struct moved *list_of(const struct planner *planner)
{
    return planner->moved != NULL ? planner->moved : nothing_moved;
}

const char *moved_origin(const struct planner *planner, const char *address)
{
    const struct moved *first = list_of(planner), *last = first;
    while (last->from != NULL)
        last++;
    while (last-- > first)
        address = rename_address(planner->arena, address, last->to, last->from);
    return address;
}

void moved_tell(struct planner *planner)
{
    for (size_t i = 0; list_of(planner)->from != NULL && i < planner->draft_count; i++) {
        struct change *change = planner->drafts[i].change;
        const char *origin = moved_origin(planner, change->address);
        if (change->record != NULL && strcmp(origin, change->address) != 0)
            change->moved_from = origin;
    }
}

static bool write_all(const struct planner *planner, struct transaction *transaction,
                      struct fault *fault)
{
    const struct moved *moved = list_of(planner);
    const struct vault *vault = planner->engine->vault;
    size_t count = 0;
    while (moved[count].from != NULL)
        count++;
    struct rename_move *moves = arena_alloc(planner->arena, count * sizeof *moves);
    for (size_t i = 0; i < count; i++) {
        moves[i] = (struct rename_move){moved[i].from, moved[i].to};
        if (!rename_write(transaction, vault, &moved[i].rows, moved[i].from, moved[i].to,
                          fault))
            return fault_where(fault, "%s", moved[i].where);
    }
    return rename_steps(transaction, moves, count, fault);
}

bool moved_write(struct planner *planner, struct fault *fault)
{
    if (list_of(planner)->from == NULL)
        return true;
    struct transaction *transaction = transaction_new(planner->engine->database);
    if (!write_all(planner, transaction, fault)) {
        transaction_free(transaction);
        return false;
    }
    planner->moved = NULL; // written: the database has it under its new address
    return transaction_commit(transaction, fault) ||
           fault_while(fault, "beginning a run");
}
