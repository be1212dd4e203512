// SPDX-License-Identifier: MIT
#include "engine/planfile_encode.h"

#include <string.h>

#include "base/redact.h"
#include "engine/planfile_digest.h"
#include "store/secret.h"
#include "value/json.h"

#define LONGEST_KEPT 200
#define MOST_ENTRIES 32

// A line under construction.
struct line {
    struct arena arena;
    struct value_entry entries[MOST_ENTRIES];
    size_t count;
};

static void put(struct line *line, const char *key, const struct value *value)
{
    if (value != NULL && line->count < MOST_ENTRIES)
        line->entries[line->count++] = (struct value_entry){key, value};
}

static void put_text(struct line *line, const char *key, const char *text)
{
    if (text != NULL)
        put(line, key, value_text(&line->arena, text));
}

static void put_integer(struct line *line, const char *key, int64_t integer)
{
    put(line, key, value_integer(&line->arena, integer));
}

static void put_flag(struct line *line, const char *key, bool set)
{
    if (set)
        put(line, key, value_bool(true));
}

static void put_texts(struct line *line, const char *key, const char *const *texts,
                      size_t count)
{
    struct arena *arena = &line->arena;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(arena, texts[i]);
    if (count > 0)
        put(line, key, value_list(arena, items, count));
}

static void put_marks(struct line *line, const char *key,
                      const struct planfile_marks *marks)
{
    struct arena *arena = &line->arena;
    struct value_entry *entries =
        arena_alloc(arena, (marks->count + 1) * sizeof *entries);
    for (size_t i = 0; i < marks->count; i++) {
        const char *digest = marks->items[i].digest;
        entries[i].key = marks->items[i].name;
        entries[i].value = digest != NULL ? value_text(arena, digest) : value_null();
    }
    if (marks->count > 0)
        put(line, key, value_map(arena, entries, marks->count));
}

static void begin(struct line *line, const char *type)
{
    arena_init(&line->arena, 0);
    line->count = 0;
    put_text(line, "type", type);
}

static void end(struct line *line, struct text *out)
{
    json_write(out, value_map(&line->arena, line->entries, line->count), NULL, NULL);
    text_add_char(out, '\n');
    arena_clear(&line->arena);
}

enum keeping {
    KEEP_SHORT,   // what is short and plain
    KEEP_SIZE,    // of a file's content
    KEEP_NOTHING, // of something secret: that there is something
};

static const struct value *keep(struct arena *arena, const struct value *value,
                                enum keeping what);

static const struct value *keep_string(struct arena *arena, const struct value *value,
                                       enum keeping what)
{
    size_t length = value->string.length;
    bool is_short =
        length <= LONGEST_KEPT && memchr(value->string.bytes, '\n', length) == NULL;
    if (what == KEEP_SHORT && is_short)
        return value;
    const struct value_entry size = {"$content", value_integer(arena, (int64_t) length)};
    return value_map(arena, &size, 1);
}

static const struct value *keep_list(struct arena *arena, const struct value *value,
                                     enum keeping what)
{
    size_t count = value->list.count;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = keep(arena, value->list.items[i], what);
    return value_list(arena, items, count);
}

static const struct value *keep_map(struct arena *arena, const struct value *value,
                                    enum keeping what)
{
    size_t count = value->map.count;
    struct value_entry *entries = arena_alloc(arena, (count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        entries[i].key = value->map.entries[i].key;
        entries[i].value = keep(arena, value->map.entries[i].value, what);
    }
    return value_map(arena, entries, count);
}

static const struct value *keep(struct arena *arena, const struct value *value,
                                enum keeping what)
{
    switch (value->kind) {
    case VALUE_LIST:
        return keep_list(arena, value, what);
    case VALUE_MAP:
        return keep_map(arena, value, what);
    case VALUE_UNKNOWN:
        return value;
    case VALUE_REFERENCE:
    case VALUE_TEMPLATE:
        return value_unknown(arena, "", "", what == KEEP_NOTHING);
    case VALUE_SECRET:
        return value_text(arena, REDACT_SHOWN);
    default:
        break;
    }
    if (what == KEEP_NOTHING)
        return value_text(arena, REDACT_SHOWN);
    return value->kind == VALUE_STRING ? keep_string(arena, value, what) : value;
}

static const struct value *shown(struct arena *arena, const struct change_field *field,
                                 const struct value *value)
{
    if (value == NULL)
        return NULL;
    if (field->secret && value_is_known(value))
        return value_text(arena, REDACT_SHOWN);
    return keep(arena, value,
                field->secret       ? KEEP_NOTHING
                : field->is_content ? KEEP_SIZE
                                    : KEEP_SHORT);
}

static const struct value *field_value(struct arena *arena,
                                       const struct change_field *field,
                                       const struct planfile_field *digests)
{
    const struct value *before =
        digests->before != NULL ? value_text(arena, digests->before) : NULL;
    const struct value *after =
        digests->after != NULL ? value_text(arena, digests->after) : NULL;
    const struct value_entry entries[] = {
        {"name", value_text(arena, field->name)},
        {"before", shown(arena, field, field->before)},
        {"after", shown(arena, field, field->after)},
        {"before_digest", before},
        {"after_digest", after},
        {"later", digests->later ? value_bool(true) : NULL},
        {"forces_replacement", field->forces_replacement ? value_bool(true) : NULL},
        {"secret", field->secret ? value_bool(true) : NULL},
        {"default", field->is_default ? value_bool(true) : NULL},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static void put_fields(struct line *line, const struct planfile_change *kept)
{
    const struct change *change = kept->change;
    const struct value **items =
        arena_alloc(&line->arena, (change->field_count + 1) * sizeof *items);
    for (size_t i = 0; i < change->field_count; i++)
        items[i] = field_value(&line->arena, &change->fields[i], &kept->fields[i]);
    if (change->field_count > 0)
        put(line, "fields", value_list(&line->arena, items, change->field_count));
}

static void put_money(struct line *line, const char *key, struct money amount)
{
    char exact[MONEY_TEXT_SIZE];
    put_text(line, key,
             arena_format(&line->arena, "%s %s", money_format_exact(amount, exact),
                          amount.currency));
}

static void put_prices(struct line *line, const char *key,
                       const struct price_line *prices, size_t count)
{
    struct arena *arena = &line->arena;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        char exact[MONEY_TEXT_SIZE];
        const char *amount =
            arena_format(arena, "%s %s", money_format_exact(prices[i].monthly, exact),
                         prices[i].monthly.currency);
        const struct value_entry entries[] = {
            {"what", value_text(arena, prices[i].what)},
            {"monthly", prices[i].known ? value_text(arena, amount) : NULL},
        };
        items[i] = value_map(arena, entries, 2);
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
    put_flag(line, "create_first", change->create_first);
    put_flag(line, "rebuilds", change->rebuilds);
    put_flag(line, "stays", change->stays);
    put_flag(line, "is_half", change->is_half);
    put_text(line, "moved_from", change->moved_from);
    put_text(line, "heir", change->heir);
}

static void encode_change(struct text *out, const struct planfile_change *kept)
{
    const struct change *change = kept->change;
    struct line line;
    begin(&line, "change");
    put_text(&line, "address", change->address);
    put_text(&line, "resource_type", change->type);
    put_text(&line, "name", change->name);
    put_text(&line, "host", change->host);
    put_text(&line, "action", plan_action_name(change->action));
    put_text(&line, "verdict", change->verdict == VERDICT_MAY ? "may" : "will");
    put_text(&line, "reason", change->reason);
    put_text(&line, "because", change->because);
    put_text(&line, "where", change->where);
    put_text(&line, "skipped", change->skipped);
    if (change->skipped != NULL)
        put_text(&line, "skipped_action", plan_action_name(change->skipped_action));
    put_text(&line, "deferred", change->deferred);
    put_flag(&line, "protected", change->blocked_by_protection);
    put_life(&line, change);
    put_fields(&line, kept);
    put_marks(&line, "facts", &kept->facts);
    if (change->preview != NULL)
        put_preview(&line, change->preview);
    end(&line, out);
}

static void encode_handler(struct text *out, const struct plan *plan,
                           const struct plan_handler *handler, const char *digest)
{
    struct line line;
    begin(&line, "handler");
    const char **causes =
        arena_alloc(&line.arena, (handler->cause_count + 1) * sizeof *causes);
    for (size_t i = 0; i < handler->cause_count; i++)
        causes[i] = plan->changes[handler->causes[i]].address;
    put_text(&line, "host", handler->host);
    put_text(&line, "name", handler->name);
    put_text(&line, "digest", digest);
    put_texts(&line, "causes", causes, handler->cause_count);
    if (handler->owed_since_run > 0)
        put_integer(&line, "owed_since_run", handler->owed_since_run);
    end(&line, out);
}

static void encode_deferral(struct text *out, const struct resource_deferral *deferral)
{
    struct line line;
    begin(&line, "deferral");
    put_text(&line, "stage", deferral->stage);
    put_text(&line, "waits_for", deferral->waits_for);
    put_text(&line, "where", deferral->where);
    end(&line, out);
}

static void put_counts(struct line *line, const struct plan *plan)
{
    put_integer(line, "add", (int64_t) plan->add_count);
    put_integer(line, "change", (int64_t) plan->change_count_in_place);
    put_integer(line, "destroy", (int64_t) plan->destroy_count);
    put_integer(line, "may", (int64_t) plan->may_count);
    put_integer(line, "checks", (int64_t) plan->check_count);
    put_integer(line, "skipped", (int64_t) plan->skipped_count);
    put_integer(line, "moved", (int64_t) plan->moved_count);
    put_integer(line, "forgotten", (int64_t) plan->forgotten_count);
}

static void encode_plan(struct text *out, const struct plan *plan)
{
    struct line line;
    begin(&line, "summary");
    const char **unpriced =
        arena_alloc(&line.arena, (plan->unpriced_count + 1) * sizeof *unpriced);
    for (size_t i = 0; i < plan->unpriced_count; i++)
        unpriced[i] = plan->unpriced[i].what;
    put_counts(&line, plan);
    put_integer(&line, "phase", plan->phase);
    put_text(&line, "phase_title", plan->phase_title);
    put_money(&line, "cost_before", plan->cost_before);
    put_money(&line, "cost_after", plan->cost_after);
    put_flag(&line, "cost_is_known", plan->cost_is_known);
    put_texts(&line, "not_priced", unpriced, plan->unpriced_count);
    put_texts(&line, "settled", plan->settled, plan->settled_count);
    put_texts(&line, "warnings", plan->warnings, plan->warning_count);
    end(&line, out);
}

static void put_losses(struct line *line, const struct planfile *file)
{
    struct arena *arena = &line->arena;
    const struct value **items =
        arena_alloc(arena, (file->loss_count + 1) * sizeof *items);
    for (size_t i = 0; i < file->loss_count; i++) {
        const struct value_entry entries[] = {
            {"address", value_text(arena, file->losses[i].address)},
            {"what", value_text(arena, file->losses[i].what)},
        };
        items[i] = value_map(arena, entries, 2);
    }
    if (file->loss_count > 0)
        put(line, "lost", value_list(arena, items, file->loss_count));
}

static void encode_head(struct text *out, const struct planfile *file)
{
    struct line line;
    begin(&line, "plan");
    put_text(&line, "id", file->id);
    put_integer(&line, "made_at_ms", file->made_at_ms);
    put_text(&line, "who", file->who);
    put_text(&line, "project", file->project);
    put_text(&line, "project_id", file->project_id);
    put_text(&line, "environment", file->environment);
    put_text(&line, "playbook", file->playbook);
    put_flag(&line, "destroys", file->plan->is_destroy);
    if (file->plan->undoes != 0)
        put_integer(&line, "undoes", file->plan->undoes);
    put_losses(&line, file);
    put_integer(&line, "serial", file->serial);
    put_integer(&line, "last_run", file->last_run);
    put(&line, "options", file->options);
    put_marks(&line, "code", &file->code);
    put_marks(&line, "inputs", &file->inputs);
    end(&line, out);
}

void planfile_encode(struct text *out, const struct planfile *file)
{
    struct line line;
    const struct plan *plan = file->plan;
    begin(&line, "version");
    put_integer(&line, "pipster_plan", PLANFILE_VERSION);
    put_text(&line, "pipster", file->pipster);
    end(&line, out);
    encode_head(out, file);
    encode_plan(out, plan);
    for (size_t i = 0; i < plan->deferral_count; i++)
        encode_deferral(out, &plan->deferrals[i]);
    for (size_t i = 0; i < file->change_count; i++)
        encode_change(out, &file->changes[i]);
    for (size_t i = 0; i < plan->handler_count; i++)
        encode_handler(out, plan, &plan->handlers[i], file->handlers.items[i].digest);
    // Reasons and notes are words of others.
    redact_text(out);
}

void planfile_encode_end(struct text *out, const struct planfile *file,
                         const struct vault *vault)
{
    struct line line;
    char checksum[SECRET_SHA256_SIZE];
    secret_sha256(out->bytes, out->length, checksum);
    begin(&line, "end");
    put_text(&line, "checksum", checksum);
    if (vault != NULL && file->project_id != NULL)
        put_text(&line, "seal",
                 planfile_digest_bytes(&line.arena, vault,
                                       arena_format(&line.arena, "seal:%s", checksum),
                                       strlen("seal:") + strlen(checksum)));
    end(&line, out);
}
