// SPDX-License-Identifier: MIT
#include "script/agree.h"

#include "script/raise.h"

#include <string.h>

struct include {
    const char *outer, *inner;
};

void agree_add_include(struct declare *declare, const char *outer, const char *inner)
{
    struct include *include = arena_alloc(declare->arena, sizeof *include);
    *include = (struct include){outer, inner};
    array_add(&declare->includes, include);
}

const char *agree_file(const struct declare *declare)
{
    return declare->files.items[declare->files.count - 1];
}

// A file is evaluated once and none includes itself: the walk ends.
static bool includes(const struct declare *declare, const char *outer, const char *inner)
{
    for (size_t i = 0; i < declare->includes.count; i++) {
        const struct include *include = declare->includes.items[i];
        if (strcmp(include->outer, outer) == 0 &&
            (strcmp(include->inner, inner) == 0 ||
             includes(declare, include->inner, inner)))
            return true;
    }
    return false;
}

bool agree_related(const struct declare *declare, const char *left, const char *right)
{
    return strcmp(left, right) == 0 || includes(declare, left, right) ||
           includes(declare, right, left);
}

// Two lines that contradict each other.
struct conflict {
    const char *address;
    const char *attribute; // a path, or NULL
    const char *here, *there;
};

static int raise_conflict(lua_State *lua, const struct conflict *conflict)
{
    struct fault fault = {0};
    fault_set(&fault, FAULT_ERROR, "two playbooks disagree about %s%s%s",
              conflict->address, conflict->attribute != NULL ? "." : "",
              conflict->attribute != NULL ? conflict->attribute : "");
    fault_where(&fault, "%s", conflict->here);
    fault_why(&fault, "%s says something else, and neither includes the other",
              conflict->there);
    fault_next(&fault, "say it in one of them, or in a playbook that includes both");
    return raise_fault(lua, &fault);
}

static bool texts_agree(const char *const *left, size_t left_count,
                        const char *const *right, size_t right_count)
{
    if (left_count != right_count)
        return false;
    for (size_t i = 0; i < left_count; i++)
        if (strcmp(left[i], right[i]) != 0)
            return false;
    return true;
}

static bool values_agree(const struct value *left, const struct value *right)
{
    return left == right || (left != NULL && right != NULL && value_equal(left, right));
}

void agree_check_twin(lua_State *lua, const struct declaration *first,
                      const struct declaration *made)
{
    const struct resource *one = &first->resource, *two = &made->resource;
    if (values_agree(one->attributes, two->attributes) &&
        values_agree(one->tags, two->tags) && one->protect == two->protect &&
        one->keep_going == two->keep_going &&
        one->create_first == two->create_first && one->recreate == two->recreate &&
        values_agree(one->ignore, two->ignore) &&
        values_agree(one->restarts, two->restarts) &&
        values_agree(one->reloads, two->reloads) &&
        texts_agree(one->after, one->after_count, two->after, two->after_count))
        return;
    const struct conflict conflict = {one->address, NULL, made->where, first->where};
    raise_conflict(lua, &conflict);
}

// Who amended which attribute last.
struct writer {
    const char *path; // "labels.team"
    const char *file;
    const char *where;
    struct writer *next;
};

struct comparison {
    struct declare *declare;
    struct declaration *declaration;
    const char *file, *where; // of the amendment
    bool grow;
    struct conflict conflict; // the first; no address: none
};

// The latest on this path or on what it is in.
static const struct writer *find_writer(const struct declaration *declaration,
                                        const char *path)
{
    for (const struct writer *at = declaration->writers; at != NULL; at = at->next) {
        size_t length = strlen(at->path);
        if (strncmp(at->path, path, length) == 0 &&
            (path[length] == '\0' || path[length] == '.'))
            return at;
    }
    return NULL;
}

static void compare_leaf(struct comparison *comparison, const char *path,
                         const struct value *before, const struct value *after)
{
    struct declaration *declaration = comparison->declaration;
    const struct writer *last = find_writer(declaration, path);
    const char *file = last != NULL ? last->file : declaration->file;
    bool grows = comparison->grow && after != NULL && after->kind == VALUE_LIST;
    bool written = last != NULL || before != NULL;
    if (written && !grows && comparison->conflict.address == NULL &&
        !agree_related(comparison->declare, comparison->file, file))
        comparison->conflict =
            (struct conflict){declaration->resource.address, path, comparison->where,
                              last != NULL ? last->where : declaration->where};
    struct writer *writer = arena_alloc(comparison->declare->arena, sizeof *writer);
    *writer =
        (struct writer){path, comparison->file, comparison->where, declaration->writers};
    declaration->writers = writer;
}

static void compare(struct comparison *comparison, const char *path,
                    const struct value *before, const struct value *after)
{
    bool descends = after != NULL && after->kind == VALUE_MAP &&
                    (before == NULL || before->kind == VALUE_MAP);
    if (values_agree(before, after))
        return;
    if (!descends) {
        compare_leaf(comparison, path, before, after);
        return;
    }
    for (size_t i = 0; i < after->map.count; i++) {
        const char *key = after->map.entries[i].key;
        compare(comparison,
                path[0] == '\0'
                    ? key
                    : arena_format(comparison->declare->arena, "%s.%s", path, key),
                before != NULL ? value_find(before, key) : NULL,
                after->map.entries[i].value);
    }
}

void agree_check_amendment(lua_State *lua, struct declaration *declaration,
                           const struct value *before, bool grow)
{
    struct declare *declare = declare_check(lua);
    struct comparison comparison = {
        .declare = declare,
        .declaration = declaration,
        .file = agree_file(declare),
        .where = declare_where(lua, declare),
        .grow = grow,
    };
    compare(&comparison, "", before, declaration->resource.attributes);
    if (comparison.conflict.address != NULL)
        raise_conflict(lua, &comparison.conflict);
}
