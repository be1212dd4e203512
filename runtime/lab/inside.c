// SPDX-License-Identifier: MIT
#include "lab/inside.h"

#include "lab/lab_struct.h"

#include <stdlib.h>

struct kept {
    int64_t id;
    struct arena arena;
    const struct value *firewall;
};

static void forget(struct lab *lab, size_t index)
{
    struct kept *kept = lab->firewalls.items[index];
    array_remove(&lab->firewalls, index);
    arena_clear(&kept->arena);
    free(kept);
}

static struct kept *find(struct lab *lab, int64_t id, size_t *index)
{
    for (*index = 0; *index < lab->firewalls.count; (*index)++) {
        struct kept *kept = lab->firewalls.items[*index];
        if (kept->id == id)
            return kept;
    }
    return NULL;
}

void inside_keep_firewall(struct lab *lab, int64_t id, const struct value *firewall)
{
    size_t index;
    if (find(lab, id, &index))
        forget(lab, index);
    struct kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        abort();
    kept->id = id;
    arena_init(&kept->arena, 0);
    kept->firewall = value_copy(&kept->arena, firewall);
    array_add(&lab->firewalls, kept);
}

const struct value *inside_take_firewall(struct lab *lab, int64_t id, struct arena *arena)
{
    size_t index;
    struct kept *kept = find(lab, id, &index);
    if (!kept)
        return NULL;
    const struct value *firewall = value_copy(arena, kept->firewall);
    forget(lab, index);
    return firewall;
}

const struct value *inside_take_notices(struct lab *lab, struct arena *arena)
{
    const struct value **items =
        arena_alloc(arena, (lab->notices.count + 1) * sizeof *items);
    for (size_t i = 0; i < lab->notices.count; i++) {
        struct notice *notice = lab->notices.items[i];
        struct value_entry entries[] = {
            {"id", value_integer(arena, notice->id)},
            {"what", value_text(arena, notice->what)},
        };
        items[i] = value_map(arena, entries, 2);
        free(notice);
    }
    const struct value *list = value_list(arena, items, lab->notices.count);
    array_clear(&lab->notices);
    array_init(&lab->notices);
    return list;
}

void inside_clear(struct lab *lab)
{
    while (lab->firewalls.count > 0)
        forget(lab, lab->firewalls.count - 1);
    for (size_t i = 0; i < lab->notices.count; i++)
        free(lab->notices.items[i]);
    array_clear(&lab->firewalls);
    array_clear(&lab->notices);
}
