// SPDX-License-Identifier: MIT
#include "view/undo_view.h"

#include "base/clock.h"
#include "view/json_view.h"
#include "view/time_view.h"

void undo_view_losses(const struct terminal *terminal, const struct undo_loss *losses,
                      size_t count)
{
    if (count > 0)
        terminal_print(terminal, TERMINAL_RED, "Cannot be undone:\n");
    for (size_t i = 0; i < count; i++) {
        terminal_print(terminal, TERMINAL_PLAIN, "  %s", losses[i].address);
        terminal_print(terminal, TERMINAL_RED, "  %s\n", losses[i].what);
    }
}

void undo_view_begin(const struct terminal *terminal, const struct undo *undo)
{
    char when[TIME_VIEW_SIZE], ago[TIME_VIEW_SIZE];
    const struct record_run *run = &undo->run;
    terminal_print(terminal, TERMINAL_BOLD, "Undoing run %lld", (long long) run->id);
    terminal_print(terminal, TERMINAL_DIM, ": %s%s%s, %s (%s)\n", run->verb,
                   run->playbook ? " of " : "", run->playbook ? run->playbook : "",
                   time_view_local(run->begun_at_ms, when),
                   time_view_ago(run->begun_at_ms, clock_now_ms(), ago));
    if (undo->address_count == 0)
        terminal_print(terminal, TERMINAL_GREEN,
                       "Nothing of what it did is there to be undone.\n");
    if (undo->loss_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    undo_view_losses(terminal, undo->losses, undo->loss_count);
    if (undo->address_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

void undo_view_end(const struct terminal *terminal, const struct undo *undo, int64_t by,
                   const char *tip)
{
    terminal_print(terminal, TERMINAL_GREEN, "Run %lld is undone",
                   (long long) undo->run.id);
    if (by > 0)
        terminal_print(terminal, TERMINAL_PLAIN,
                       "; `pipster undo %lld` would bring it back", (long long) by);
    terminal_print(terminal, TERMINAL_PLAIN, ".\n");
    if (tip)
        terminal_print(
            terminal, TERMINAL_PLAIN,
            "%s was not changed: `pipster plan` shows where it wants something "
            "else than this.\n",
            tip);
}

const struct value *undo_view_losses_value(struct arena *arena,
                                           const struct undo_loss *losses, size_t count)
{
    const struct value **lost = arena_alloc(arena, (count + 1) * sizeof *lost);
    for (size_t i = 0; i < count; i++) {
        const struct value_entry entries[] = {
            {"address", value_text(arena, losses[i].address)},
            {"what", value_text(arena, losses[i].what)},
        };
        lost[i] = value_map(arena, entries, 2);
    }
    return value_list(arena, lost, count);
}

void undo_view_json_begin(FILE *stream, const struct undo *undo)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"run", value_integer(&arena, undo->run.id)},
        {"lost", undo_view_losses_value(&arena, undo->losses, undo->loss_count)},
        {"things", value_integer(&arena, (int64_t) undo->address_count)},
    };
    json_view_line(stream, "undo", value_map(&arena, entries, 3));
    arena_clear(&arena);
}

void undo_view_json_end(FILE *stream, const struct undo *undo, int64_t by,
                        const char *tip)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"run", value_integer(&arena, undo->run.id)},
        {"by", by > 0 ? value_integer(&arena, by) : NULL},
        {"tip", tip ? value_text(&arena, tip) : NULL},
    };
    json_view_line(stream, "undone", value_map(&arena, entries, 3));
    arena_clear(&arena);
}
