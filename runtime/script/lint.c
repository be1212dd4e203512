// SPDX-License-Identifier: MIT
#include "script/lint.h"

#include "base/array.h"
#include "base/map.h"
#include "script/token.h"

#include <string.h>

// What a local name stands for.
struct meaning {
    enum { MEANS_NOTHING, MEANS_VALUE, MEANS_HANDLE, MEANS_MODULE } kind;
    const struct schema *schema; // of a handle
};

struct lint {
    const char *path;
    const struct resource_set *set;
    struct arena *arena;
    struct token *tokens; // one TOKEN_END behind the last
    size_t count;
    struct map names; // → struct meaning
    struct script_warnings *warnings;
};

static bool is(const struct lint *lint, size_t at, const char *text)
{
    return at < lint->count && lint->tokens[at].kind != TOKEN_STRING &&
           strcmp(lint->tokens[at].text, text) == 0;
}

static bool is_name(const struct lint *lint, size_t at)
{
    return at < lint->count && lint->tokens[at].kind == TOKEN_NAME;
}

// The last token of the chain a.b:c that begins at `at`.
static size_t end_of_chain(const struct lint *lint, size_t at)
{
    while ((is(lint, at + 1, ".") || is(lint, at + 1, ":")) && is_name(lint, at + 2))
        at += 2;
    return at;
}

static bool is_called(const struct lint *lint, size_t after)
{
    return is(lint, after, "(") || is(lint, after, "{") || is(lint, after, "[") ||
           is(lint, after, ".") || is(lint, after, ":") ||
           (after < lint->count && lint->tokens[after].kind == TOKEN_STRING);
}

// The schema of what the chain ending at `last` declares, on the line that it begins on.
static const struct schema *declared_by(const struct lint *lint, size_t first,
                                        size_t last)
{
    for (size_t i = 0; is_called(lint, last + 1) && i < lint->set->count; i++) {
        const struct resource *resource = &lint->set->items[i];
        const char *dot = strrchr(resource->type, '.');
        if (resource->line == lint->tokens[first].line &&
            strcmp(resource->playbook, lint->path) == 0 &&
            strcmp(dot != NULL ? dot + 1 : resource->type, lint->tokens[last].text) == 0)
            return resource->schema;
    }
    return NULL;
}

static bool gives_computed(const struct lint *lint, const char *name)
{
    for (size_t i = 0; i < lint->set->count; i++) {
        const struct schema_attribute *attribute =
            schema_find(lint->set->items[i].schema, name);
        if (attribute != NULL && attribute->computed)
            return true;
    }
    return false;
}

// Whether a reference begins at `at`; *last is its last token.
static bool is_reference(const struct lint *lint, size_t at, size_t *last)
{
    bool field = at > 0 && (is(lint, at - 1, ".") || is(lint, at - 1, ":"));
    const struct meaning *meaning = is_name(lint, at) && !field
                                        ? map_find(&lint->names, lint->tokens[at].text)
                                        : NULL;
    if (meaning == NULL)
        return false;
    *last = end_of_chain(lint, at);
    if (is_called(lint, *last + 1) || is(lint, *last + 1, ".."))
        return false;
    const char *name = lint->tokens[*last].text;
    switch (meaning->kind) {
    case MEANS_VALUE:
        return true;
    case MEANS_HANDLE:
        return *last > at && schema_find(meaning->schema, lint->tokens[at + 2].text);
    case MEANS_MODULE:
        return *last >= at + 4 && gives_computed(lint, name);
    case MEANS_NOTHING:
        break;
    }
    return false;
}

static void learn(struct lint *lint, const char *name, int kind,
                  const struct schema *schema)
{
    struct meaning *meaning = arena_alloc(lint->arena, sizeof *meaning);
    meaning->kind = kind;
    meaning->schema = schema;
    map_put(&lint->names, name, meaning);
}

// local NAME = …
static void learn_local(struct lint *lint, size_t name)
{
    const char *text = lint->tokens[name].text;
    size_t first = name + 2, last = 0;
    if (!is(lint, name + 1, "=") || !is_name(lint, first)) {
        learn(lint, text, MEANS_NOTHING, NULL);
        return;
    }
    size_t end = end_of_chain(lint, first);
    const struct schema *schema = declared_by(lint, first, end);
    if (is(lint, first, "secret") || is(lint, first, "text") ||
        is_reference(lint, first, &last))
        learn(lint, text, MEANS_VALUE, NULL);
    else if (schema != NULL)
        learn(lint, text, MEANS_HANDLE, schema);
    else
        learn(lint, text, is(lint, first, "include") ? MEANS_MODULE : MEANS_NOTHING,
              NULL);
}

static void warn(struct lint *lint, size_t first, size_t last, const char *format)
{
    struct script_warnings *warnings = lint->warnings;
    struct script_warning *grown =
        arena_alloc(lint->arena, (warnings->count + 1) * sizeof *grown);
    const char *name = lint->tokens[first].text;
    for (size_t i = first + 1; i <= last; i++)
        name = arena_format(lint->arena, "%s%s", name, lint->tokens[i].text);
    if (warnings->count > 0)
        memcpy(grown, warnings->items, warnings->count * sizeof *grown);
    struct script_warning *made = &grown[warnings->count++];
    made->where =
        arena_format(lint->arena, "%s:%d", lint->path, lint->tokens[first].line);
    made->what = arena_format(lint->arena, "%s %s", name, format);
    made->next =
        arena_format(lint->arena,
                     "look at value(%s), inside of stage(\"…\", function() … end) "
                     "where it is not known yet",
                     name);
    warnings->items = grown;
}

static bool is_plain(const struct lint *lint, size_t at)
{
    return at < lint->count &&
           (lint->tokens[at].kind == TOKEN_STRING ||
            lint->tokens[at].kind == TOKEN_NUMBER || is(lint, at, "nil") ||
            is(lint, at, "true") || is(lint, at, "false"));
}

static bool is_comparison(const struct lint *lint, size_t at)
{
    return is(lint, at, "==") || is(lint, at, "~=");
}

static bool is_condition(const struct lint *lint, size_t before, size_t after)
{
    static const char *const words[] = {"if", "elseif", "while", "until", "not"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is(lint, before, words[i]))
            return true;
    return is(lint, after, "and") || is(lint, after, "or");
}

static void look_at(struct lint *lint, size_t first, size_t last)
{
    size_t before = first > 0 ? first - 1 : lint->count;
    bool compared =
        (is_comparison(lint, last + 1) && is_plain(lint, last + 2)) ||
        (first > 1 && is_comparison(lint, before) && is_plain(lint, first - 2));
    if (compared)
        warn(lint, first, last,
             "is a reference: it never equals plain data, whatever its value is");
    else if (is_condition(lint, before, last + 1))
        warn(lint, first, last,
             "is a reference: it always counts as true, whatever its value is");
}

void lint_playbook(const char *path, const char *bytes, size_t length,
                   const struct resource_set *set, struct arena *arena,
                   struct script_warnings *warnings)
{
    struct lint lint = {path, set, arena, NULL, 0, {0}, warnings};
    map_init(&lint.names);
    lint.tokens = token_read(arena, bytes, length, &lint.count);
    for (size_t i = 0; i < lint.count; i++) {
        size_t last;
        if (is(&lint, i, "local") && is_name(&lint, i + 1) &&
            !is(&lint, i + 1, "function"))
            learn_local(&lint, i + 1);
        else if (is_reference(&lint, i, &last))
            look_at(&lint, i, last);
    }
    map_clear(&lint.names);
}
