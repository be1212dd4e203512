// SPDX-License-Identifier: MIT
//
// A later run that is undone does not count, nor does the one that undid it: what both
// touched is as it was. An undo that was cut off counts as part of the one that finished
// its work.
#include "engine/undo_history.h"

#include <string.h>

static bool may_have_changed(const struct record_step *step)
{
    return step->outcome != RECORD_FAILED || step->failure == NULL ||
           strncmp(step->failure, "not begun", 9) != 0;
}

static int64_t target_of(const struct record_run *run)
{
    return value_find_integer(run->options, "undoes", 0);
}

static bool is_done(const struct record_run *run)
{
    return strcmp(run->outcome, "done") == 0;
}

// Its place among the runs, which lie newest first; their count when it is not there.
static size_t place_of(const struct undo_history *history, int64_t id)
{
    size_t first = 0, last = history->run_count;
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        if (history->runs[middle].id == id)
            return middle;
        if (history->runs[middle].id > id)
            first = middle + 1;
        else
            last = middle;
    }
    return history->run_count;
}

// From the newest back, so that an undo which is undone itself undoes nothing.
static void find_undone(struct undo_history *history)
{
    for (size_t i = 0; i < history->run_count; i++) {
        const struct record_run *run = &history->runs[i];
        int64_t target = target_of(run);
        if (target == 0 || history->undone[i])
            continue;
        if (target == history->run->id && !is_done(run))
            history->undone[i] = true; // cut off: this undo goes on with it
        size_t place = place_of(history, target);
        if (target <= history->run->id || !is_done(run) || place == history->run_count)
            continue;
        history->undone[place] = true;
        for (size_t k = i; k < place; k++)
            if (target_of(&history->runs[k]) == target)
                history->undone[k] = true;
    }
}

static bool find_run(struct undo_history *history, int64_t id, struct fault *fault)
{
    size_t place = place_of(history, id);
    if (place < history->run_count) {
        history->run = &history->runs[place];
        return true;
    }
    fault_set(fault, FAULT_USAGE, "there is no run %lld", (long long) id);
    if (history->run_count > 0)
        fault_why(fault, "the newest one is run %lld", (long long) history->runs[0].id);
    return fault_next(fault, "pipster history");
}

static void take_own(struct undo_history *history, const struct record_step *steps,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!may_have_changed(&steps[i]))
            continue;
        history->steps[history->step_count++] = &steps[i];
        if (!map_has(&history->first, steps[i].address))
            map_put(&history->first, steps[i].address, (void *) &steps[i]);
        map_put(&history->last, steps[i].address, (void *) &steps[i]);
    }
}

static void take_later(struct undo_history *history, const struct record_step *steps,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t place = place_of(history, steps[i].run);
        bool counts = place < history->run_count && !history->undone[place];
        if (!may_have_changed(&steps[i]))
            continue;
        map_put(&history->since, steps[i].address, (void *) &steps[i]);
        if (counts)
            map_put(&history->later, steps[i].address, (void *) &steps[i]);
    }
}

bool undo_history_load(struct arena *arena, struct database *database, int64_t run,
                       struct undo_history *history, struct fault *fault)
{
    struct record_run *runs = NULL;
    struct record_step *steps = NULL, *later = NULL;
    size_t count = 0, later_count = 0;
    *history = (struct undo_history){0};
    map_init(&history->first);
    map_init(&history->last);
    map_init(&history->later);
    map_init(&history->since);
    if (!journal_load_runs(database, arena, 0, &runs, &history->run_count, fault))
        return false;
    history->runs = runs;
    if (!find_run(history, run, fault) ||
        !journal_load_steps(database, arena, run, &steps, &count, fault) ||
        !journal_load_steps_after(database, arena, run, &later, &later_count, fault))
        return false;
    history->undone =
        arena_alloc(arena, (history->run_count + 1) * sizeof *history->undone);
    history->steps = arena_alloc(arena, (count + 1) * sizeof(void *));
    find_undone(history);
    take_own(history, steps, count);
    take_later(history, later, later_count);
    return true;
}

void undo_history_clear(struct undo_history *history)
{
    map_clear(&history->since);
    map_clear(&history->later);
    map_clear(&history->last);
    map_clear(&history->first);
}

static bool refuse_later(const struct undo_history *history,
                         const struct record_step *later, struct fault *fault)
{
    const struct record_run *run = &history->runs[place_of(history, later->run)];
    long long id = (long long) history->run->id, by = (long long) run->id;
    if (target_of(run) == history->run->id) {
        fault_set(fault, FAULT_BLOCKED, "run %lld is undone already", id);
        fault_why(fault, "run %lld did it", by);
        return fault_next(fault, "to have it back: pipster undo %lld", by);
    }
    fault_set(fault, FAULT_BLOCKED,
              "run %lld cannot be undone alone: run %lld changed %s "
              "since",
              id, by, later->address);
    fault_why(fault,
              "what it was between the two could not be had without losing what "
              "run %lld did",
              by);
    return fault_next(fault, "undo run %lld first: pipster undo %lld", by, by);
}

// Before it was kept, the journal had nothing to say of what was there.
static bool remembers(const struct record_step *step)
{
    return strcmp(step->action, "create") == 0 || step->before != NULL ||
           step->wanted_before != NULL || step->row_before != NULL;
}

static bool refuse(const struct undo_history *history, const struct record_step *step,
                   const char *why, struct fault *fault)
{
    fault_set(fault, FAULT_BLOCKED, "run %lld cannot be undone",
              (long long) history->run->id);
    fault_where(fault, "%s", step->address);
    fault_why(fault, "%s", why);
    return fault_next(fault, "change the playbook instead, and run it");
}

// What the run left there is in the state no more, and no run took it away.
static bool is_lost(const struct undo_history *history, const struct state_rows *rows,
                    const struct record_step *step)
{
    bool made =
        strcmp(step->action, "create") == 0 || strcmp(step->action, "update") == 0;
    return made && step->outcome == RECORD_DONE &&
           map_find(&history->last, step->address) == step &&
           !map_has(&history->since, step->address) &&
           state_find(rows, step->address) == NULL;
}

bool undo_history_judge(const struct undo_history *history, const struct state_rows *rows,
                        struct fault *fault)
{
    const struct record_step *newest = NULL;
    for (size_t i = 0; i < history->step_count; i++) {
        const struct record_step *step = history->steps[i];
        const struct record_step *later = map_find(&history->later, step->address);
        if (later != NULL && (newest == NULL || later->run > newest->run))
            newest = later;
        if (!remembers(step))
            return refuse(history, step,
                          "the pipster that made it did not keep what was there before",
                          fault);
        if (is_lost(history, rows, step))
            return refuse(history, step,
                          "it is in the state no more: it was given another address, or "
                          "taken out by hand",
                          fault);
    }
    return newest == NULL || refuse_later(history, newest, fault);
}

const struct record_step *undo_history_first(const struct undo_history *history,
                                             const char *address)
{
    return map_find(&history->first, address);
}

const struct record_step *undo_history_last(const struct undo_history *history,
                                            const char *address)
{
    return map_find(&history->last, address);
}

int64_t undo_history_later(const struct undo_history *history, const char *address)
{
    const struct record_step *step = map_find(&history->later, address);
    return step != NULL ? step->run : 0;
}
