// SPDX-License-Identifier: MIT
#include "engine/lifecycle.h"

#include <string.h>

bool lifecycle_ignores(const struct value *ignore, const char *name)
{
    for (size_t i = 0; ignore != NULL && i < ignore->list.count; i++)
        if (value_is_text(ignore->list.items[i], name) ||
            value_is_text(ignore->list.items[i], "all"))
            return true;
    return false;
}

const struct value *lifecycle_wanted(struct arena *arena, const struct change *change)
{
    const struct resource *resource = change->resource;
    const struct value *wanted = change->wanted;
    if (resource->ignore == NULL)
        return wanted;
    for (size_t i = 0; i < resource->schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &resource->schema->attributes[i];
        if (!attribute->local && value_find(wanted, attribute->name) != NULL &&
            lifecycle_ignores(resource->ignore, attribute->name))
            wanted = value_with(arena, wanted, attribute->name,
                                value_find(change->found, attribute->name));
    }
    return wanted;
}

static bool is_acted_on(const struct change *change, const struct change_field *field)
{
    const struct resource *resource = change->resource;
    const struct schema_attribute *attribute = schema_find(resource->schema, field->name);
    return resource->recreate == RECREATE_REPLACE ||
           (resource->recreate == RECREATE_REBUILD && attribute->rebuild);
}

void lifecycle_births(struct planner *planner, const struct change *change,
                      struct diff *diff)
{
    for (size_t i = 0; i < diff->birth_count; i++) {
        if (is_acted_on(change, &diff->births[i])) {
            diff->fields[diff->field_count++] = diff->births[i];
            diff->differs = diff->must_replace = true;
        } else if (diff->notes[i] != NULL) {
            planner_warn(planner, "%s: %s", change->address, diff->notes[i]);
        }
    }
}

void lifecycle_name(struct arena *arena, const struct change *change, struct diff *diff)
{
    if (change->called == NULL || lifecycle_ignores(change->resource->ignore, "all"))
        return;
    diff_make_room(arena, diff);
    diff->fields[diff->field_count++] = (struct change_field){
        .name = "called",
        .before = value_text(arena, change->called),
        .after = value_text(arena, change->name),
    };
    diff->differs = true;
}

bool lifecycle_rebuilds(const struct change *change, const struct schema *schema)
{
    if (change->resource->recreate != RECREATE_REBUILD)
        return false;
    for (size_t i = 0; i < change->field_count; i++) {
        const struct change_field *field = &change->fields[i];
        const struct schema_attribute *attribute = schema_find(schema, field->name);
        if (field->forces_replacement && (attribute == NULL || !attribute->rebuild))
            return false;
    }
    return true;
}

void lifecycle_hide(struct change *change)
{
    const struct preview *preview = change->preview;
    for (size_t i = 0; i < change->field_count; i++)
        for (size_t k = 0; k < preview->hidden_count; k++)
            if (strcmp(change->fields[i].name, preview->hidden[k]) == 0)
                change->fields[i].secret = true;
}
