// SPDX-License-Identifier: MIT
#include "view/planfile_view.h"

#include "base/clock.h"
#include "base/redact.h"
#include "value/json.h"
#include "view/json_view.h"
#include "view/plan_view.h"
#include "view/undo_view.h"

void planfile_view_print(const struct terminal *terminal, const struct planfile *file,
                         bool verbose)
{
    char when[CLOCK_TEXT_SIZE];
    terminal_print(terminal, TERMINAL_BOLD, "Plan %s", file->id);
    if (file->plan->undoes != 0)
        terminal_print(terminal, TERMINAL_BOLD, ": undo of run %lld",
                       (long long) file->plan->undoes);
    else if (file->plan->is_destroy)
        terminal_print(terminal, TERMINAL_BOLD, ": destroy");
    else
        terminal_print(terminal, TERMINAL_BOLD, " of %s", file->playbook);
    terminal_print(terminal, TERMINAL_DIM, "  %s, %s; made %s by %s with pipster %s\n\n",
                   file->project, file->environment, clock_format(file->made_at_ms, when),
                   file->who ? file->who : "?", file->pipster);
    undo_view_losses(terminal, file->losses, file->loss_count);
    if (file->loss_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    plan_view_print(terminal, file->plan, verbose);
}

static const struct value *text_value(struct arena *arena, const char *text)
{
    return text ? value_text(arena, text) : NULL;
}

void planfile_view_json_head(FILE *stream, const struct planfile *file, const char *path)
{
    struct arena arena;
    struct text out;
    char when[CLOCK_TEXT_SIZE];
    arena_init(&arena, 0);
    text_init(&out, 0);
    const struct value_entry entries[] = {
        {"type", value_text(&arena, "saved_plan")},
        {"id", text_value(&arena, file->id)},
        {"path", text_value(&arena, path)},
        {"made_at", value_text(&arena, clock_format(file->made_at_ms, when))},
        {"who", text_value(&arena, file->who)},
        {"pipster", text_value(&arena, file->pipster)},
        {"project", text_value(&arena, file->project)},
        {"environment", text_value(&arena, file->environment)},
        {"playbook", text_value(&arena, file->playbook)},
        {"destroys", file->plan->is_destroy ? value_bool(true) : NULL},
        {"undoes", file->plan->undoes ? value_integer(&arena, file->plan->undoes) : NULL},
        {"lost", file->plan->undoes
                     ? undo_view_losses_value(&arena, file->losses, file->loss_count)
                     : NULL},
        {"serial", value_integer(&arena, file->serial)},
        {"options", file->options},
    };
    json_write(&out, value_map(&arena, entries, sizeof entries / sizeof *entries), NULL,
               NULL);
    text_add_char(&out, '\n');
    redact_write(stream, out.bytes, out.length);
    fflush(stream);
    text_clear(&out);
    arena_clear(&arena);
}

void planfile_view_json(FILE *stream, const struct planfile *file)
{
    planfile_view_json_head(stream, file, NULL);
    json_view_plan(stream, file->plan);
}
