// SPDX-License-Identifier: MIT
#include "view/type_view.h"

#include "value/json.h"
#include "view/json_view.h"

static bool is_empty(const struct value *value)
{
    return value == NULL || (value->kind == VALUE_LIST && value->list.count == 0) ||
           (value->kind == VALUE_MAP && value->map.count == 0);
}

// What is given for it, and what it is when nothing is.
static void print_attribute(FILE *stream, const struct schema_attribute *attribute)
{
    const char *needed = attribute->required   ? "required"
                         : attribute->computed ? "computed"
                                               : "";
    const char *between = attribute->doc && *attribute->doc ? "; " : "";
    fprintf(stream, "  %-18s %-8s %-9s %s", attribute->name,
            schema_kind_word(attribute->kind), needed,
            attribute->doc ? attribute->doc : "");
    for (size_t i = 0; i < attribute->one_of_count; i++, between = ", ")
        fprintf(stream, "%s%s\"%s\"", between, i == 0 ? "one of " : "",
                attribute->one_of[i]);
    if (!is_empty(attribute->fallback)) {
        struct arena arena;
        arena_init(&arena, 0);
        fprintf(stream, "%sdefault %s", attribute->one_of_count > 0 ? "; " : between,
                json_text(&arena, attribute->fallback));
        arena_clear(&arena);
    }
    fprintf(stream, "%s\n", attribute->fixed ? " (a change replaces)" : "");
}

void type_view_print(FILE *stream, const struct schema *schema)
{
    fprintf(stream, "%s: %s\n", schema->type, schema->doc ? schema->doc : "");
    if (schema->link && *schema->link)
        fprintf(stream, "%s\n", schema->link);
    fputc('\n', stream);
    for (size_t i = 0; i < schema->attribute_count; i++)
        print_attribute(stream, &schema->attributes[i]);
    if (schema->example)
        fprintf(stream, "\n%s\n", schema->example);
}

void type_view_print_name(FILE *stream, const struct schema *schema)
{
    fprintf(stream, "%-24s %s\n", schema->type, schema->doc ? schema->doc : "");
}

// NULL is left out of a map.
static const struct value *text(struct arena *arena, const char *words)
{
    return words != NULL && *words != '\0' ? value_text(arena, words) : NULL;
}

static const struct value *choices(struct arena *arena,
                                   const struct schema_attribute *attribute)
{
    if (attribute->one_of_count == 0)
        return NULL;
    const struct value **items =
        arena_alloc(arena, attribute->one_of_count * sizeof *items);
    for (size_t i = 0; i < attribute->one_of_count; i++)
        items[i] = value_text(arena, attribute->one_of[i]);
    return value_list(arena, items, attribute->one_of_count);
}

static bool has_items(const struct schema_attribute *attribute)
{
    return attribute->kind == SCHEMA_LIST || attribute->kind == SCHEMA_SET;
}

static const struct value *describe(struct arena *arena,
                                    const struct schema_attribute *attribute)
{
    const char *item = has_items(attribute) ? schema_kind_word(attribute->item) : NULL;
    const struct value_entry entries[] = {
        {"name", value_text(arena, attribute->name)},
        {"kind", value_text(arena, schema_kind_word(attribute->kind))},
        {"of", text(arena, item)},
        {"required", value_bool(attribute->required)},
        {"computed", value_bool(attribute->computed)},
        {"fixed", value_bool(attribute->fixed)},
        {"secret", value_bool(attribute->secret)},
        {"one_of", choices(arena, attribute)},
        {"default", attribute->fallback},
        {"doc", text(arena, attribute->doc)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

void type_view_json(FILE *stream, const struct schema *schema)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value **attributes =
        arena_alloc(&arena, (schema->attribute_count + 1) * sizeof *attributes);
    for (size_t i = 0; i < schema->attribute_count; i++)
        attributes[i] = describe(&arena, &schema->attributes[i]);
    const struct value_entry entries[] = {
        {"name", value_text(&arena, schema->type)},
        {"doc", text(&arena, schema->doc)},
        {"link", text(&arena, schema->link)},
        {"example", text(&arena, schema->example)},
        {"on_host", value_bool(schema->on_host)},
        {"attributes", value_list(&arena, attributes, schema->attribute_count)},
    };
    json_view_line(stream, "type",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}
