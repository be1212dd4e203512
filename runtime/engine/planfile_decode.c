// SPDX-License-Identifier: MIT
#include "engine/planfile_decode.h"

#include <stdint.h>
#include <string.h>

#include "base/map.h"
#include "store/secret.h"
#include "value/json.h"

struct decoding {
    struct arena *arena;
    struct planfile *file;
    struct plan *plan;
    struct map addresses; // → index + 1 of the change
    size_t line;
    struct resource_deferral *deferrals; // of the plan
    bool has_head, has_summary;
    struct fault *fault;
};

static bool refuse_line(struct decoding *of, const char *why)
{
    fault_set(of->fault, FAULT_ERROR, "the plan is damaged");
    fault_why(of->fault, "line %zu: %s", of->line, why);
    return fault_next(of->fault, "fetch it again, or make another: pipster plan --out "
                                 "FILE");
}

static const char *text_of(const struct value *line, const char *key)
{
    return value_find_text(line, key, NULL);
}

static size_t count_of(const struct value *line, const char *key)
{
    int64_t count = value_find_integer(line, key, 0);
    return count > 0 ? (size_t) count : 0;
}

static const char **texts_of(struct arena *arena, const struct value *line,
                             const char *key, size_t *count)
{
    const struct value *list = value_find(line, key);
    *count = 0;
    if (list == NULL || list->kind != VALUE_LIST)
        return NULL;
    const char **texts = arena_alloc(arena, (list->list.count + 1) * sizeof *texts);
    for (size_t i = 0; i < list->list.count; i++)
        if (list->list.items[i]->kind == VALUE_STRING)
            texts[(*count)++] = list->list.items[i]->string.bytes;
    return texts;
}

static struct planfile_marks marks_of(struct arena *arena, const struct value *line,
                                      const char *key)
{
    const struct value *map = value_find(line, key);
    struct planfile_marks marks = {0};
    if (map == NULL || map->kind != VALUE_MAP)
        return marks;
    marks.items = arena_alloc(arena, (map->map.count + 1) * sizeof *marks.items);
    for (size_t i = 0; i < map->map.count; i++) {
        const struct value_entry *entry = &map->map.entries[i];
        bool is_text = entry->value->kind == VALUE_STRING;
        marks.items[marks.count++] = (struct planfile_mark){
            entry->key, is_text ? entry->value->string.bytes : NULL};
    }
    planfile_sort_marks(&marks);
    return marks;
}

// "5.99 EUR"
static bool money_of(struct arena *arena, const char *text, struct money *money)
{
    struct fault ignored;
    const char *blank = text != NULL ? strchr(text, ' ') : NULL;
    if (blank == NULL)
        return false;
    return money_parse(arena_copy(arena, text, (size_t) (blank - text)), blank + 1, money,
                       &ignored);
}

static bool action_of(const char *word, enum change_action *action)
{
    for (int i = CHANGE_NONE; i <= CHANGE_CHECK; i++) {
        *action = (enum change_action) i;
        if (word != NULL && strcmp(word, plan_action_name(*action)) == 0)
            return true;
    }
    return false;
}

static void decode_losses(struct decoding *of, const struct value *line)
{
    const struct value *list = value_find(line, "lost");
    size_t count = list != NULL && list->kind == VALUE_LIST ? list->list.count : 0;
    struct undo_loss *losses = arena_alloc(of->arena, (count + 1) * sizeof *losses);
    for (size_t i = 0; i < count; i++)
        losses[i] = (struct undo_loss){
            value_find_text(list->list.items[i], "address", "?"),
            value_find_text(list->list.items[i], "what", "?"),
        };
    of->file->losses = losses;
    of->file->loss_count = count;
}

static bool decode_head(struct decoding *of, const struct value *line)
{
    struct planfile *file = of->file;
    file->id = text_of(line, "id");
    file->made_at_ms = value_find_integer(line, "made_at_ms", 0);
    file->who = text_of(line, "who");
    file->project = text_of(line, "project");
    file->project_id = text_of(line, "project_id");
    file->environment = text_of(line, "environment");
    file->playbook = text_of(line, "playbook");
    file->serial = value_find_integer(line, "serial", -1);
    file->last_run = value_find_integer(line, "last_run", 0);
    file->options = value_find(line, "options");
    file->code = marks_of(of->arena, line, "code");
    file->inputs = marks_of(of->arena, line, "inputs");
    of->plan->playbook = file->playbook;
    of->plan->is_destroy = value_find_bool(line, "destroys", false);
    of->plan->undoes = (int64_t) count_of(line, "undoes");
    decode_losses(of, line);
    bool needs_playbook = !of->plan->is_destroy && of->plan->undoes == 0;
    of->has_head = file->id != NULL && file->environment != NULL &&
                   file->project != NULL && (file->playbook != NULL || !needs_playbook);
    return of->has_head || refuse_line(of, "it does not say what the plan is for");
}

static bool decode_summary(struct decoding *of, const struct value *line)
{
    struct plan *plan = of->plan;
    size_t count;
    plan->add_count = count_of(line, "add");
    plan->change_count_in_place = count_of(line, "change");
    plan->destroy_count = count_of(line, "destroy");
    plan->may_count = count_of(line, "may");
    plan->check_count = count_of(line, "checks");
    plan->skipped_count = count_of(line, "skipped");
    plan->moved_count = count_of(line, "moved");
    plan->forgotten_count = count_of(line, "forgotten");
    plan->phase = (int) (count_of(line, "phase") & 0xffff);
    plan->phase_title = text_of(line, "phase_title");
    plan->cost_is_known = value_find_bool(line, "cost_is_known", false);
    plan->settled = texts_of(of->arena, line, "settled", &plan->settled_count);
    plan->warnings = texts_of(of->arena, line, "warnings", &plan->warning_count);
    const char **unpriced = texts_of(of->arena, line, "not_priced", &count);
    plan->unpriced = arena_alloc(of->arena, (count + 1) * sizeof *plan->unpriced);
    plan->unpriced_count = count;
    for (size_t i = 0; i < count; i++)
        plan->unpriced[i].what = unpriced[i];
    of->has_summary =
        money_of(of->arena, text_of(line, "cost_before"), &plan->cost_before) &&
        money_of(of->arena, text_of(line, "cost_after"), &plan->cost_after);
    return of->has_summary || refuse_line(of, "its cost is none");
}

static struct price_line *prices_of(struct arena *arena, const struct value *line,
                                    const char *key, size_t *count)
{
    const struct value *list = value_find(line, key);
    *count = list != NULL && list->kind == VALUE_LIST ? list->list.count : 0;
    struct price_line *prices = arena_alloc(arena, (*count + 1) * sizeof *prices);
    for (size_t i = 0; i < *count; i++) {
        const struct value *item = list->list.items[i];
        prices[i].what = value_find_text(item, "what", "?");
        prices[i].known =
            money_of(arena, value_find_text(item, "monthly", NULL), &prices[i].monthly);
    }
    return prices;
}

static const struct preview *preview_of(struct arena *arena, const struct value *line)
{
    struct preview *preview = arena_alloc(arena, sizeof *preview);
    preview->notes = texts_of(arena, line, "notes", &preview->note_count);
    preview->actions = texts_of(arena, line, "actions", &preview->action_count);
    preview->downtime = text_of(line, "downtime");
    preview->data_at_risk = text_of(line, "data_at_risk");
    preview->lost = texts_of(arena, line, "lost", &preview->lost_count);
    preview->survives = texts_of(arena, line, "survives", &preview->survives_count);
    preview->prices = prices_of(arena, line, "prices", &preview->price_count);
    preview->prices_before =
        prices_of(arena, line, "prices_before", &preview->price_before_count);
    return preview;
}

static bool decode_fields(struct decoding *of, const struct value *line,
                          struct change *change, struct planfile_change *kept)
{
    const struct value *list = value_find(line, "fields");
    size_t count = list != NULL && list->kind == VALUE_LIST ? list->list.count : 0;
    struct planfile_field *digests =
        arena_alloc(of->arena, (count + 1) * sizeof *digests);
    change->fields = arena_alloc(of->arena, (count + 1) * sizeof *change->fields);
    change->field_count = count;
    kept->fields = digests;
    for (size_t i = 0; i < count; i++) {
        const struct value *item = list->list.items[i];
        struct change_field *field = &change->fields[i];
        field->name = text_of(item, "name");
        field->before = value_find(item, "before");
        field->after = value_find(item, "after");
        field->forces_replacement = value_find_bool(item, "forces_replacement", false);
        field->secret = value_find_bool(item, "secret", false);
        field->is_default = value_find_bool(item, "default", false);
        digests[i].before = text_of(item, "before_digest");
        digests[i].after = text_of(item, "after_digest");
        digests[i].later = value_find_bool(item, "later", false);
        if (field->name == NULL)
            return refuse_line(of, "a field has no name");
    }
    return true;
}

static bool decode_deferral(struct decoding *of, const struct value *line)
{
    struct resource_deferral *deferral = &of->deferrals[of->plan->deferral_count++];
    deferral->stage = text_of(line, "stage");
    deferral->waits_for = text_of(line, "waits_for");
    deferral->where = text_of(line, "where");
    return (deferral->stage != NULL && deferral->waits_for != NULL) ||
           refuse_line(of, "a stage has no name, or waits for nothing");
}

// The stage that it waits for, by the pointer that the deferral has.
static const char *deferred_of(const struct decoding *of, const struct value *line)
{
    const char *stage = text_of(line, "deferred");
    for (size_t i = 0; stage != NULL && i < of->plan->deferral_count; i++)
        if (strcmp(of->deferrals[i].stage, stage) == 0)
            return of->deferrals[i].stage;
    return NULL;
}

static void decode_life(const struct value *line, struct change *change)
{
    change->create_first = value_find_bool(line, "create_first", false);
    change->rebuilds = value_find_bool(line, "rebuilds", false);
    change->stays = value_find_bool(line, "stays", false);
    change->is_half = value_find_bool(line, "is_half", false);
    change->moved_from = text_of(line, "moved_from");
    change->heir = text_of(line, "heir");
}

static bool decode_change(struct decoding *of, const struct value *line)
{
    struct planfile_change *kept = &of->file->changes[of->file->change_count];
    struct change *change = &of->plan->changes[of->plan->change_count];
    change->address = text_of(line, "address");
    change->type = text_of(line, "resource_type");
    change->name = text_of(line, "name");
    change->host = text_of(line, "host");
    change->reason = text_of(line, "reason");
    change->because = text_of(line, "because");
    change->where = text_of(line, "where");
    change->skipped = text_of(line, "skipped");
    change->deferred = deferred_of(of, line);
    change->blocked_by_protection = value_find_bool(line, "protected", false);
    change->verdict =
        value_is_text(value_find(line, "verdict"), "may") ? VERDICT_MAY : VERDICT_WILL;
    change->preview = preview_of(of->arena, line);
    decode_life(line, change);
    kept->change = change;
    kept->facts = marks_of(of->arena, line, "facts");
    if (change->address == NULL || change->type == NULL || change->reason == NULL)
        return refuse_line(of, "it does not say what is changed, or why");
    if (map_has(&of->addresses, change->address))
        return refuse_line(of, "the same thing is changed twice");
    if (!action_of(text_of(line, "action"), &change->action) ||
        (change->skipped != NULL &&
         !action_of(text_of(line, "skipped_action"), &change->skipped_action)))
        return refuse_line(of, "there is no such action");
    of->file->change_count++;
    map_put(&of->addresses, change->address,
            (void *) (uintptr_t) ++of->plan->change_count);
    return decode_fields(of, line, change, kept);
}

static bool decode_handler(struct decoding *of, const struct value *line)
{
    struct plan_handler *handler = &of->plan->handlers[of->plan->handler_count++];
    struct planfile_mark *mark = &of->file->handlers.items[of->file->handlers.count++];
    handler->host = text_of(line, "host");
    handler->name = text_of(line, "name");
    handler->script = "";
    handler->owed_since_run = value_find_integer(line, "owed_since_run", 0);
    if (handler->host == NULL || handler->name == NULL)
        return refuse_line(of, "a handler has no name, or no host");
    mark->name = arena_format(of->arena, "%s on %s", handler->name, handler->host);
    mark->digest = text_of(line, "digest");
    size_t count;
    const char **causes = texts_of(of->arena, line, "causes", &count);
    handler->causes = arena_alloc(of->arena, (count + 1) * sizeof *handler->causes);
    for (size_t i = 0; i < count; i++) {
        uintptr_t index = (uintptr_t) map_find(&of->addresses, causes[i]);
        if (index == 0)
            return refuse_line(of, "a handler has a cause that is not in the plan");
        handler->causes[handler->cause_count++] = index - 1;
    }
    return true;
}

static bool decode_line(struct decoding *of, const struct value *line)
{
    const char *type = value_find_text(line, "type", "");
    if (strcmp(type, "plan") == 0)
        return decode_head(of, line);
    if (strcmp(type, "summary") == 0)
        return decode_summary(of, line);
    if (strcmp(type, "change") == 0)
        return decode_change(of, line);
    if (strcmp(type, "deferral") == 0)
        return decode_deferral(of, line);
    if (strcmp(type, "handler") == 0)
        return decode_handler(of, line);
    return refuse_line(of, "it is of no kind that a plan has");
}

static bool read_line(struct decoding *of, const char *bytes, size_t length,
                      const struct value **line)
{
    struct fault ignored;
    if (json_read(of->arena, bytes, length, line, &ignored) && (*line)->kind == VALUE_MAP)
        return true;
    return refuse_line(of, "it is cut off");
}

static size_t line_length(const char *bytes, size_t left)
{
    const char *end = memchr(bytes, '\n', left);
    return end != NULL ? (size_t) (end - bytes) : left;
}

// The first line tells whether the rest can be read at all.
static bool check_version(struct decoding *of, const char *bytes, size_t length)
{
    const struct value *line = NULL;
    struct fault *fault = of->fault, ignored;
    bool read = json_read(of->arena, bytes, line_length(bytes, length), &line, &ignored);
    int64_t version = read ? value_find_integer(line, "pipster_plan", 0) : 0;
    const char *made_by = read ? value_find_text(line, "pipster", "?") : "?";
    of->file->pipster = made_by;
    if (version == PLANFILE_VERSION)
        return true;
    if (version > PLANFILE_VERSION) {
        fault_set(fault, FAULT_ERROR, "the plan was made by a newer pipster");
        fault_why(fault, "it has version %lld, made by %s; this one, %s, knows %d",
                  (long long) version, made_by, PIPSTER_VERSION, PLANFILE_VERSION);
        return fault_next(fault, "install the pipster that made it");
    }
    fault_set(fault, FAULT_USAGE, "this is no plan of pipster's");
    return fault_next(fault, "pipster plan --out FILE makes one");
}

// Before anything else of it is believed. *length becomes that of what it vouches for.
static bool check_end(struct decoding *of, const char *bytes, size_t *length)
{
    char checksum[SECRET_SHA256_SIZE];
    const struct value *line = NULL;
    struct fault ignored;
    size_t start = *length > 0 && bytes[*length - 1] == '\n' ? *length - 1 : 0;
    while (start > 0 && bytes[start - 1] != '\n')
        start--;
    secret_sha256(bytes, start, checksum);
    bool whole = json_read(of->arena, bytes + start, *length - start, &line, &ignored) &&
                 value_is_text(value_find(line, "type"), "end");
    of->file->checksum = text_of(line, "checksum");
    of->file->seal = text_of(line, "seal");
    if (whole && of->file->checksum != NULL &&
        strcmp(checksum, of->file->checksum) == 0) {
        *length = start;
        return true;
    }
    fault_set(of->fault, FAULT_ERROR, "the plan is damaged");
    fault_why(of->fault, whole
                             ? "its checksum is another: it was changed after it was made"
                             : "it is cut off");
    return fault_next(of->fault, "fetch it again, or make another: pipster plan --out "
                                 "FILE");
}

static void make_room(struct decoding *of, const char *bytes, size_t length)
{
    size_t lines = 1;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    struct arena *arena = of->arena;
    of->file->changes = arena_alloc(arena, lines * sizeof *of->file->changes);
    of->file->handlers.items = arena_alloc(arena, lines * sizeof(struct planfile_mark));
    of->plan->changes = arena_alloc(arena, lines * sizeof *of->plan->changes);
    of->deferrals = arena_alloc(arena, lines * sizeof *of->deferrals);
    of->plan->deferrals = of->deferrals;
    of->plan->handlers = arena_alloc(arena, lines * sizeof *of->plan->handlers);
}

static bool decode_lines(struct decoding *of, const char *bytes, size_t length)
{
    const struct value *line = NULL;
    size_t at = line_length(bytes, length) + 1; // the first was looked at
    for (of->line = 2; at < length; of->line++) {
        size_t used = line_length(bytes + at, length - at);
        if (!read_line(of, bytes + at, used, &line) || !decode_line(of, line))
            return false;
        at += used + 1;
    }
    if (of->has_head && of->has_summary)
        return true;
    return refuse_line(of, "something is missing before it");
}

bool planfile_decode(struct arena *arena, const char *bytes, size_t length,
                     struct planfile *file, struct fault *fault)
{
    fault_clear(fault);
    *file = (struct planfile){0};
    struct decoding of = {.arena = arena, .file = file, .fault = fault};
    of.plan = arena_alloc(arena, sizeof *of.plan);
    file->plan = of.plan;
    if (!check_version(&of, bytes, length) || !check_end(&of, bytes, &length))
        return false;
    map_init(&of.addresses);
    make_room(&of, bytes, length);
    bool done = decode_lines(&of, bytes, length);
    map_clear(&of.addresses);
    return done;
}
