// SPDX-License-Identifier: MIT
#include "engine/regain.h"

#include <string.h>

#include "base/redact.h"
#include "engine/planner.h"
#include "engine/resolve.h"
#include "value/json.h"

#define SECRET "secret/"

// A pattern being laid over a text.
struct match {
    const struct plan *plan;
    struct map *secrets;
    const char *at;   // what is left of the text
    const char *hole; // the secret that begins there, or NULL
};

static bool is_secret(const struct value *value)
{
    return value->kind == VALUE_REFERENCE &&
           strncmp(value->reference.address, SECRET, strlen(SECRET)) == 0;
}

static bool fill(struct match *match, size_t length)
{
    struct arena *arena = &match->plan->planner->plan->arena;
    const char *address = match->hole;
    match->hole = NULL;
    if (length == 0)
        return false;
    redact_add(match->at, length);
    map_put(match->secrets, address,
            (void *) value_secret(arena, address, match->at, length));
    match->at += length;
    return true;
}

// The last one must stand at the end, whatever stands before.
static bool take_text(struct match *match, const char *text, size_t length, bool is_last)
{
    size_t left = strlen(match->at);
    if (match->hole != NULL && length > 0) {
        const char *found = memmem(match->at, left, text, length);
        if (is_last && left >= length)
            found = match->at + left - length;
        if (found == NULL || !fill(match, (size_t) (found - match->at)))
            return false;
        left = strlen(match->at);
    }
    if (left < length || memcmp(match->at, text, length) != 0)
        return false;
    match->at += length;
    return true;
}

static bool take_part(struct match *match, const struct value *part, bool is_last)
{
    const struct planner *planner = match->plan->planner;
    const struct value *known = NULL;
    struct fault ignored;
    if (is_secret(part)) {
        known = map_find(match->secrets, part->reference.address);
        if (known == NULL) {
            bool two = match->hole != NULL; // nothing tells where one ends
            match->hole = part->reference.address;
            return !two;
        }
        return take_text(match, known->secret.bytes, known->secret.length, is_last);
    }
    if (!resolve_value(planner, part, &known, &ignored) || known == NULL ||
        !value_is_known(known))
        return false;
    if (known->kind == VALUE_STRING)
        return take_text(match, known->string.bytes, known->string.length, is_last);
    const char *text = json_text(planner->arena, known);
    return take_text(match, text, strlen(text), is_last);
}

bool regain_match(const struct plan *plan, const struct value *pattern, const char *text,
                  struct map *secrets)
{
    struct match match = {plan, secrets, text, NULL};
    bool fits = true;
    if (pattern == NULL)
        return false;
    if (pattern->kind != VALUE_TEMPLATE)
        fits = take_part(&match, pattern, true);
    for (size_t i = 0; pattern->kind == VALUE_TEMPLATE && fits && i < pattern->list.count;
         i++)
        fits = take_part(&match, pattern->list.items[i], i + 1 == pattern->list.count);
    if (fits && match.hole != NULL)
        fits = fill(&match, strlen(match.at));
    return fits && *match.at == '\0';
}

struct walk {
    regain_visit_fn visit;
    void *context;
};

static void visit_one(void *context, const struct value *value)
{
    const struct walk *walk = context;
    if (is_secret(value))
        walk->visit(walk->context, value->reference.address);
}

void regain_walk(const struct value *value, regain_visit_fn visit, void *context)
{
    struct walk walk = {visit, context};
    if (value != NULL)
        value_walk(value, visit_one, &walk);
}
