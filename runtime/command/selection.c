// SPDX-License-Identifier: MIT
#include "command/selection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static bool read_lines(struct arena *arena, const char *path, struct array *selectors,
                       struct fault *fault)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fault_set(fault, FAULT_USAGE, "the selectors in %s cannot be read", path);
        return fault_why(fault, "%s", strerror(errno));
    }
    char *line = NULL;
    size_t size = 0, before = selectors->count;
    while (getline(&line, &size, file) >= 0) {
        line[strcspn(line, "#\r\n")] = '\0';
        char *word = line + strspn(line, " \t");
        size_t length = strcspn(word, " \t");
        if (length > 0)
            array_add(selectors, arena_copy(arena, word, length));
    }
    free(line);
    fclose(file);
    if (selectors->count > before)
        return true;
    fault_set(fault, FAULT_USAGE, "%s holds no selector", path);
    return fault_next(fault,
                      "write one a line: an address, tag=NAME, host=NAME, "
                      "group=NAME, phase=N");
}

static bool read_list(struct arena *arena, const char *const *said, size_t said_count,
                      struct array *selectors, struct fault *fault)
{
    for (size_t i = 0; i < said_count; i++) {
        if (said[i][0] == '@') {
            if (!read_lines(arena, said[i] + 1, selectors, fault))
                return false;
        } else if (said[i][0] != '\0') {
            array_add(selectors, (void *) said[i]);
        }
    }
    return true;
}

static const char *const *take_list(struct arena *arena, struct array *selectors,
                                    size_t *count)
{
    const char **list = arena_alloc(arena, (selectors->count + 1) * sizeof *list);
    for (size_t i = 0; i < selectors->count; i++)
        list[i] = selectors->items[i];
    *count = selectors->count;
    array_clear(selectors);
    return list;
}

bool selection_read(const struct options *options, struct arena *arena,
                    struct engine_options *asked, struct fault *fault)
{
    struct array only, except;
    array_init(&only);
    array_init(&except);
    if (options->override != NULL && options->override[0] == '\0')
        return fault_set(fault, FAULT_USAGE, "--override wants a reason: it is kept");
    bool read = read_list(arena, options->only, options->only_count, &only, fault) &&
                read_list(arena, options->except, options->except_count, &except, fault);
    asked->allow_destroy = options->allow_destroy;
    asked->allow_destroy_count = options->allow_destroy_count;
    asked->override = options->override;
    asked->only = take_list(arena, &only, &asked->only_count);
    asked->except = take_list(arena, &except, &asked->except_count);
    return read;
}

static void put(struct arena *arena, struct value_entry *entries, size_t *used,
                const char *name, const char *const *texts, size_t count)
{
    if (count == 0)
        return;
    const struct value **items = arena_alloc(arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(arena, texts[i]);
    entries[(*used)++] = (struct value_entry){name, value_list(arena, items, count)};
}

const struct value *selection_value(const struct engine_options *asked,
                                    struct arena *arena)
{
    struct value_entry entries[4];
    size_t used = 0;
    put(arena, entries, &used, "allow_destroy", asked->allow_destroy,
        asked->allow_destroy_count);
    if (asked->override != NULL)
        entries[used++] =
            (struct value_entry){"override", value_text(arena, asked->override)};
    if (asked->undoes != 0) { // what it chooses follows from the run
        entries[used++] =
            (struct value_entry){"undoes", value_integer(arena, asked->undoes)};
        return value_map(arena, entries, used);
    }
    put(arena, entries, &used, "except", asked->except, asked->except_count);
    put(arena, entries, &used, "only", asked->only, asked->only_count);
    return used > 0 ? value_map(arena, entries, used) : NULL;
}
