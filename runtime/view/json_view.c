// SPDX-License-Identifier: MIT
#include "view/json_view.h"

#include "base/clock.h"
#include "base/redact.h"
#include "engine/share.h"
#include "value/json.h"

#define MOST_ENTRIES 40

// A line under construction: entries of one flat map.
struct line {
    struct arena arena;
    struct value_entry entries[MOST_ENTRIES];
    size_t count;
};

static void begin(struct line *line, const char *type)
{
    arena_init(&line->arena, 0);
    line->count = 0;
    line->entries[line->count++] =
        (struct value_entry){"type", value_text(&line->arena, type)};
}

static void put(struct line *line, const char *key, const struct value *value)
{
    if (value && line->count < MOST_ENTRIES)
        line->entries[line->count++] = (struct value_entry){key, value};
}

static void put_text(struct line *line, const char *key, const char *text)
{
    if (text && *text)
        put(line, key, value_text(&line->arena, text));
}

static void put_count(struct line *line, const char *key, int64_t count)
{
    put(line, key, value_integer(&line->arena, count));
}

static void put_texts(struct line *line, const char *key, const char *const *texts,
                      size_t count)
{
    if (count == 0)
        return;
    const struct value **items = arena_alloc(&line->arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(&line->arena, texts[i]);
    put(line, key, value_list(&line->arena, items, count));
}

static void put_money(struct line *line, const char *key, struct money amount)
{
    char exact[MONEY_TEXT_SIZE];
    put_text(line, key, money_format_exact(amount, exact));
}

static void end(struct line *line, FILE *stream)
{
    struct text out;
    text_init(&out, 0);
    json_write(&out, value_map(&line->arena, line->entries, line->count), NULL, NULL);
    redact_write(stream, out.bytes, out.length);
    fputc('\n', stream);
    fflush(stream);
    text_clear(&out);
    arena_clear(&line->arena);
}

void json_view_line(FILE *stream, const char *type, const struct value *map)
{
    struct line line;
    begin(&line, type);
    for (size_t i = 0; map && map->kind == VALUE_MAP && i < map->map.count; i++)
        put(&line, map->map.entries[i].key, map->map.entries[i].value);
    end(&line, stream);
}

void json_view_version(FILE *stream)
{
    struct line line;
    begin(&line, "version");
    put_text(&line, "ui", JSON_VIEW_VERSION);
    put_text(&line, "pipster", PIPSTER_VERSION);
    end(&line, stream);
}

void json_view_round(FILE *stream, size_t round)
{
    struct line line;
    begin(&line, "round");
    put_count(&line, "round", (int64_t) round);
    end(&line, stream);
}

static const struct value *field_value(struct line *line,
                                       const struct change_field *field,
                                       const struct value *value)
{
    if (!value || !field->secret || !value_is_known(value))
        return value ? value : value_null();
    return value_text(&line->arena, "(secret)");
}

static const struct value *fields_of(struct line *line, const struct change *change)
{
    struct arena *arena = &line->arena;
    const struct value **items =
        arena_alloc(arena, (change->field_count + 1) * sizeof *items);
    for (size_t i = 0; i < change->field_count; i++) {
        const struct change_field *field = &change->fields[i];
        struct value_entry entries[] = {
            {"name", value_text(arena, field->name)},
            {"before", field_value(line, field, field->before)},
            {"after", field_value(line, field, field->after)},
            {"forces_replacement", value_bool(field->forces_replacement)},
        };
        items[i] = value_map(arena, entries, 4);
    }
    return value_list(arena, items, change->field_count);
}

static void put_prices(struct line *line, const char *key,
                       const struct price_line *prices, size_t count)
{
    struct arena *arena = &line->arena;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    char exact[MONEY_TEXT_SIZE];
    for (size_t i = 0; i < count; i++) {
        struct money monthly = prices[i].monthly;
        const struct value_entry entries[] = {
            {"what", value_text(arena, prices[i].what)},
            {"monthly", prices[i].known
                            ? value_text(arena, money_format_exact(monthly, exact))
                            : value_null()},
            {"currency",
             prices[i].known ? value_text(arena, monthly.currency) : value_null()},
        };
        items[i] = value_map(arena, entries, sizeof entries / sizeof *entries);
    }
    if (count > 0)
        put(line, key, value_list(arena, items, count));
}

static void put_preview(struct line *line, const struct preview *preview)
{
    put_texts(line, "notes", preview->notes, preview->note_count);
    put_texts(line, "actions", preview->actions, preview->action_count);
    put_text(line, "downtime", preview->downtime);
    put_text(line, "data_at_risk", preview->data_at_risk);
    put_texts(line, "lost", preview->lost, preview->lost_count);
    put_texts(line, "survives", preview->survives, preview->survives_count);
    put_prices(line, "prices", preview->prices, preview->price_count);
    put_prices(line, "prices_before", preview->prices_before,
               preview->price_before_count);
}

static void put_life(struct line *line, const struct change *change)
{
    if (change->action == CHANGE_REPLACE)
        put_text(line, "order",
                 change->create_first ? "create before destroy" : "destroy, then create");
    if (change->rebuilds)
        put(line, "rebuilds", value_bool(true));
    if (change->stays)
        put(line, "stays", value_bool(true));
    if (change->is_half)
        put(line, "part_of_replacement", value_bool(true));
    put_text(line, "heir", change->heir);
    put_text(line, "moved_from", change->moved_from);
}

static void print_change(FILE *stream, const struct change *change)
{
    struct line line;
    begin(&line, "planned_change");
    put_text(&line, "address", change->address);
    put_text(&line, "resource_type", change->type);
    put_text(&line, "host", change->host);
    put_text(&line, "action", plan_action_name(change->action));
    put_text(&line, "verdict", change->verdict == VERDICT_MAY ? "may" : "will");
    put_text(&line, "reason", change->reason);
    put_text(&line, "because", change->because);
    put_text(&line, "where", change->where);
    if (change->field_count > 0)
        put(&line, "fields", fields_of(&line, change));
    if (change->preview)
        put_preview(&line, change->preview);
    put_life(&line, change);
    if (change->blocked_by_protection)
        put(&line, "protected", value_bool(true));
    end(&line, stream);
}

static void print_skipped(FILE *stream, const struct change *change)
{
    struct line line;
    begin(&line, "skipped_change");
    put_text(&line, "address", change->address);
    put_text(&line, "resource_type", change->type);
    put_text(&line, "action", plan_action_name(change->skipped_action));
    put_text(&line, "because", change->skipped);
    end(&line, stream);
}

static void print_deferral(FILE *stream, const struct plan *plan,
                           const struct resource_deferral *deferral)
{
    struct line line;
    begin(&line, "deferred_stage");
    put_text(&line, "stage", deferral->stage);
    put_text(&line, "waits_for", deferral->waits_for);
    put_text(&line, "where", deferral->where);
    const char **things =
        arena_alloc(&line.arena, (plan->change_count + 1) * sizeof *things);
    size_t count = 0;
    for (size_t i = 0; i < plan->change_count; i++)
        if (plan->changes[i].deferred == deferral->stage)
            things[count++] = plan->changes[i].address;
    put_texts(&line, "things", things, count);
    end(&line, stream);
}

static void print_handler(FILE *stream, const struct plan_handler *handler)
{
    struct line line;
    begin(&line, "handler");
    put_text(&line, "host", handler->host);
    put_text(&line, "name", handler->name);
    if (handler->owed_since_run > 0)
        put_count(&line, "owed_since_run", handler->owed_since_run);
    end(&line, stream);
}

static void put_share(struct line *line, const struct plan *plan)
{
    const struct plan_revenue *revenue = &plan->revenue;
    char share[SHARE_TEXT_SIZE];
    if (!revenue->is_told)
        return;
    put(line, "revenue_known", value_bool(revenue->is_known));
    if (!revenue->is_known) {
        put_text(line, "revenue_unknown", revenue->unknown);
        return;
    }
    put_money(line, "revenue", revenue->monthly);
    put_text(line, "share_percent",
             share_number(plan->cost_after, revenue->monthly, share));
}

static void print_cost(FILE *stream, const struct plan *plan)
{
    struct line line;
    begin(&line, "cost");
    put_text(&line, "currency", plan->cost_after.currency);
    put_money(&line, "before", plan->cost_before);
    put_money(&line, "after", plan->cost_after);
    put(&line, "complete", value_bool(plan->cost_is_known));
    const char **unpriced =
        arena_alloc(&line.arena, (plan->unpriced_count + 1) * sizeof *unpriced);
    for (size_t i = 0; i < plan->unpriced_count; i++)
        unpriced[i] = plan->unpriced[i].what;
    put_texts(&line, "not_priced", unpriced, plan->unpriced_count);
    put_share(&line, plan);
    end(&line, stream);
}

void json_view_plan(FILE *stream, const struct plan *plan)
{
    for (size_t i = 0; i < plan->change_count; i++)
        if (plan->changes[i].skipped != NULL)
            print_skipped(stream, &plan->changes[i]);
        else if (plan->changes[i].moved_from != NULL ||
                 plan->changes[i].action != CHANGE_NONE)
            print_change(stream, &plan->changes[i]);
    for (size_t i = 0; i < plan->deferral_count; i++)
        print_deferral(stream, plan, &plan->deferrals[i]);
    for (size_t i = 0; i < plan->handler_count; i++)
        print_handler(stream, &plan->handlers[i]);
    struct line line;
    begin(&line, "change_summary");
    put_count(&line, "add", (int64_t) plan->add_count);
    put_count(&line, "change", (int64_t) plan->change_count_in_place);
    put_count(&line, "destroy", (int64_t) plan->destroy_count);
    put_count(&line, "may", (int64_t) plan->may_count);
    put_count(&line, "checks", (int64_t) plan->check_count);
    put_count(&line, "moved", (int64_t) plan->moved_count);
    put_count(&line, "forgotten", (int64_t) plan->forgotten_count);
    put_count(&line, "deferred", (int64_t) plan->deferral_count);
    put_count(&line, "skipped", (int64_t) plan->skipped_count);
    put(&line, "empty", value_bool(plan_is_empty(plan)));
    put_texts(&line, "settled", plan->settled, plan->settled_count);
    put_texts(&line, "warnings", plan->warnings, plan->warning_count);
    end(&line, stream);
    print_cost(stream, plan);
}

static void print_step(FILE *stream, const char *type, const struct change *change,
                       const struct fault *fault)
{
    struct line line;
    begin(&line, type);
    put_text(&line, "address", change->address);
    put_text(&line, "action", plan_action_name(change->action));
    if (fault && fault_is_set(fault)) {
        put_text(&line, "what", fault->what);
        put_text(&line, "why", fault->why);
        put_text(&line, "next", fault->next);
    }
    end(&line, stream);
}

static void on_begun(void *context, const struct change *change)
{
    print_step(context, "apply_start", change, NULL);
}

static void on_needless(void *context, const struct change *change)
{
    print_step(context, "apply_needless", change, NULL);
}

static void on_line(void *context, const struct change *change, const char *text)
{
    struct line line;
    begin(&line, "apply_progress");
    put_text(&line, "address", change->address);
    put_text(&line, "line", text);
    end(&line, context);
}

static void print_measured(FILE *stream, const struct change *change,
                           const struct record_measurement *measured)
{
    struct line line;
    char at[CLOCK_TEXT_SIZE];
    begin(&line, "measurement");
    put_text(&line, "address", change->address);
    put_text(&line, "name", measured->name);
    put(&line, "value", value_number(&line.arena, measured->value));
    put_text(&line, "unit", measured->unit);
    if (measured->at_ms > 0)
        put_text(&line, "at", clock_format(measured->at_ms, at));
    end(&line, stream);
}

static void print_told(FILE *stream, const char *type, const char *key,
                       const struct change *change, const char *text)
{
    struct line line;
    begin(&line, type);
    put_text(&line, "address", change->address);
    put_text(&line, key, text);
    end(&line, stream);
}

static void on_ended(void *context, const struct change *change, const struct step *step,
                     int64_t ms)
{
    (void) ms;
    bool done = step->outcome == STEP_DONE;
    const char *type = done                            ? "apply_complete"
                       : step->outcome == STEP_SKIPPED ? "apply_skipped"
                                                       : "apply_errored";
    print_step(context, type, change, done ? NULL : &step->fault);
    if (done && step->answer.note != NULL)
        print_told(context, "check_note", "note", change, step->answer.note);
    for (size_t i = 0; done && i < step->answer.measured.count; i++)
        print_measured(context, change, &step->answer.measured.rows[i]);
    for (size_t i = 0; done && i < step->answer.warning_count; i++)
        print_told(context, "check_warning", "warning", change,
                   step->answer.warnings[i]);
}

static void on_handler(void *context, const char *host, const char *name,
                       const struct fault *fault)
{
    struct line line;
    begin(&line, "handler_ended");
    put_text(&line, "host", host);
    put_text(&line, "name", name);
    if (fault && fault_is_set(fault))
        put_text(&line, "what", fault->what);
    end(&line, context);
}

static void on_stopping(void *context, bool briefly)
{
    struct line line;
    begin(&line, "stopping");
    put(&line, "briefly", value_bool(briefly));
    end(&line, context);
}

struct engine_watch json_view_watch(FILE *stream)
{
    return (struct engine_watch){
        .context = stream,
        .step_begun = on_begun,
        .step_line = on_line,
        .step_ended = on_ended,
        .needless = on_needless,
        .handler_ended = on_handler,
        .stopping = on_stopping,
    };
}

void json_view_result(FILE *stream, const struct engine_result *result, int64_t ms)
{
    struct line line;
    begin(&line, "run_summary");
    put_count(&line, "run", result->run);
    put_count(&line, "done", (int64_t) result->done_count);
    put_count(&line, "needless", (int64_t) result->needless_count);
    put_count(&line, "failed", (int64_t) result->failed_count);
    put_count(&line, "skipped", (int64_t) result->skipped_count);
    put_count(&line, "left_running", (int64_t) result->unsettled_count);
    put_count(&line, "checks_passed", (int64_t) result->check_passed_count);
    put_count(&line, "checks_failed", (int64_t) result->check_failed_count);
    put_count(&line, "checks_warned", (int64_t) result->check_warned_count);
    put_count(&line, "ms", ms);
    end(&line, stream);
}

void json_view_fault(FILE *stream, const struct fault *fault)
{
    struct line line;
    begin(&line, "diagnostic");
    put_text(&line, "severity", "error");
    put_text(&line, "exit", fault_word(fault->kind));
    put_text(&line, "what", fault->what);
    put_text(&line, "where", fault->where);
    put_text(&line, "why", fault->why);
    put_text(&line, "next", fault->next);
    end(&line, stream);
}

void json_view_outputs(FILE *stream, const struct resource_output *outputs, size_t count)
{
    if (count == 0)
        return;
    struct line line;
    begin(&line, "outputs");
    struct value_entry *entries = arena_alloc(&line.arena, count * sizeof *entries);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct value_entry){
            outputs[i].name, outputs[i].value ? outputs[i].value : value_null()};
    put(&line, "values", value_map(&line.arena, entries, count));
    end(&line, stream);
}
