// SPDX-License-Identifier: MIT
#include "view/picture.h"

#include <string.h>

#include "base/map.h"

#define MOST_LINES 10 // of one box

// How often a type has boxes, and whether they are one.
struct type_count {
    const char *type;
    size_t count;
    bool is_one;
};

struct drawing {
    struct picture *picture;
    const struct state_rows *rows;
    struct map types; // type → struct type_count
    struct map boxes; // key → its index + 1, as a pointer into `marks`
    char *marks;
};

// What a secret is needed by is nothing to look at.
static bool is_drawn(const struct record *row)
{
    return strcmp(row->type, "secret") != 0;
}

static void count_types(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->rows->count; i++) {
        const struct record *row = &drawing->rows->rows[i];
        if (!is_drawn(row) || row->host != NULL)
            continue;
        struct type_count *found = map_find(&drawing->types, row->type);
        if (found == NULL) {
            found = arena_alloc(drawing->picture->arena, sizeof *found);
            found->type = row->type;
            map_put(&drawing->types, row->type, found);
        }
        found->count++;
    }
}

static size_t count_boxes(const struct drawing *drawing, struct type_count **most)
{
    size_t boxes = 0;
    *most = NULL;
    for (size_t i = 0; i < drawing->types.count; i++) {
        struct type_count *each = drawing->types.entries[i].value;
        boxes += each->is_one ? 1 : each->count;
        if (!each->is_one && each->count > 1 &&
            (*most == NULL || each->count > (*most)->count))
            *most = each;
    }
    return boxes;
}

static void choose_types(struct drawing *drawing)
{
    struct type_count *most;
    count_types(drawing);
    while (count_boxes(drawing, &most) > PICTURE_MOST_BOXES && most != NULL)
        most->is_one = true;
}

// The box that a thing is in, by its address or its type.
static const char *key_of(const struct drawing *drawing, const struct record *row)
{
    const struct record *own =
        row->host != NULL ? state_find(drawing->rows, row->host) : row;
    if (own == NULL || !is_drawn(row))
        return NULL;
    const struct type_count *type = map_find(&drawing->types, own->type);
    return type != NULL && type->is_one ? own->type : own->address;
}

static bool find_box(const struct drawing *drawing, const char *key, size_t *index)
{
    const char *mark = key != NULL ? map_find(&drawing->boxes, key) : NULL;
    if (mark != NULL)
        *index = (size_t) (mark - drawing->marks);
    return mark != NULL;
}

static size_t add_box(struct drawing *drawing, const char *key, const struct record *row)
{
    struct picture *picture = drawing->picture;
    const char *slash = strchr(row->address, '/');
    map_put(&drawing->boxes, key, &drawing->marks[picture->box_count]);
    picture->boxes[picture->box_count] = (struct picture_box){
        .title = slash != NULL ? slash + 1 : row->address,
        .type = row->type,
        .is_host = strcmp(row->type, "host") == 0,
        .lines = arena_alloc(picture->arena, MOST_LINES * sizeof(char *)),
    };
    return picture->box_count++;
}

static void take_row(struct drawing *drawing, const struct record *row)
{
    struct picture *picture = drawing->picture;
    const char *key = key_of(drawing, row);
    size_t index;
    if (!find_box(drawing, key, &index))
        index = add_box(drawing, key, row);
    struct picture_box *box = &picture->boxes[index];
    if (++box->count > 1)
        box->title = arena_format(picture->arena, "%zu of them", box->count);
}

static void add_line(struct picture *picture, size_t above, size_t below)
{
    for (size_t i = 0; i < picture->line_count; i++)
        if (picture->lines[i].above == above && picture->lines[i].below == below)
            return;
    if (picture->line_count == picture->line_room) {
        size_t room = picture->line_room > 0 ? 2 * picture->line_room : 64;
        struct picture_line *longer = arena_alloc(picture->arena, room * sizeof *longer);
        if (picture->line_count > 0)
            memcpy(longer, picture->lines, picture->line_count * sizeof *longer);
        picture->lines = longer;
        picture->line_room = room;
    }
    picture->lines[picture->line_count++] = (struct picture_line){above, below};
}

static void connect(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->rows->count; i++) {
        const struct record *row = &drawing->rows->rows[i];
        size_t below, above;
        if (!find_box(drawing, key_of(drawing, row), &below))
            continue;
        for (size_t j = 0; j < row->need_count; j++) {
            const struct record *need = state_find(drawing->rows, row->needs[j]);
            if (need != NULL && find_box(drawing, key_of(drawing, need), &above) &&
                above != below)
                add_line(drawing->picture, above, below);
        }
    }
}

static void add_text(struct picture_box *box, const char *text)
{
    if (box->line_count < MOST_LINES)
        box->lines[box->line_count++] = text;
}

// "alert" of "alert.disk": a host carries too many kinds to name each.
static const char *family_of(struct arena *arena, const char *type)
{
    return arena_copy(arena, type, strcspn(type, "."));
}

static void count_contents(const struct drawing *drawing, size_t index,
                           struct map *counts)
{
    struct arena *arena = drawing->picture->arena;
    size_t at;
    for (size_t i = 0; i < drawing->rows->count; i++) {
        const struct record *row = &drawing->rows->rows[i];
        if (row->host == NULL || !find_box(drawing, key_of(drawing, row), &at) ||
            at != index)
            continue;
        const char *family = family_of(arena, row->type);
        struct type_count *found = map_find(counts, family);
        if (found == NULL) {
            found = arena_alloc(arena, sizeof *found);
            found->type = family;
            map_put(counts, family, found);
        }
        found->count++;
    }
}

// Of those that are not told yet.
static struct type_count *find_most(const struct map *counts)
{
    struct type_count *most = NULL;
    for (size_t i = 0; i < counts->count; i++) {
        struct type_count *each = counts->entries[i].value;
        if (!each->is_one && (most == NULL || each->count > most->count))
            most = each;
    }
    return most;
}

// "12 × package", the most numerous first.
static void tell_contents(const struct drawing *drawing, size_t index)
{
    struct arena *arena = drawing->picture->arena;
    struct picture_box *box = &drawing->picture->boxes[index];
    struct map counts;
    map_init(&counts);
    count_contents(drawing, index, &counts);
    struct type_count *most;
    while ((most = find_most(&counts)) != NULL) {
        most->is_one = true; // it is told
        add_text(box, arena_format(arena, "%zu × %s", most->count, most->type));
    }
    if (counts.count > MOST_LINES)
        box->lines[MOST_LINES - 1] =
            arena_format(arena, "and %zu more kinds", counts.count - MOST_LINES + 1);
    map_clear(&counts);
}

// What one thing is, and what it costs; of several in one box their sum.
static void tell_prices(const struct drawing *drawing, const struct bill *bill,
                        size_t index)
{
    struct picture_box *box = &drawing->picture->boxes[index];
    struct money sum = bill->before;
    struct fault ignored = {0};
    char text[MONEY_TEXT_SIZE];
    size_t at;
    sum.units = 0;
    for (size_t i = 0; i < bill->count; i++) {
        const struct bill_row *row = &bill->rows[i];
        const struct record *record = state_find(drawing->rows, row->address);
        if (record == NULL || record->host != NULL ||
            !find_box(drawing, key_of(drawing, record), &at) || at != index)
            continue;
        if (box->count == 1 && box->line_count < MOST_LINES - 1)
            add_text(box, row->what);
        if (row->known && !money_add(&sum, row->before, &ignored))
            return;
    }
    if (sum.units != 0)
        add_text(box, arena_format(drawing->picture->arena, "%s a month",
                                   money_format(sum, text)));
}

void picture_make(struct arena *arena, const struct state_rows *rows,
                  const struct bill *bill, struct picture *picture)
{
    *picture = (struct picture){.arena = arena};
    struct drawing drawing = {.picture = picture, .rows = rows};
    picture->boxes = arena_alloc(arena, (rows->count + 1) * sizeof *picture->boxes);
    drawing.marks = arena_alloc(arena, rows->count + 1);
    map_init(&drawing.types);
    map_init(&drawing.boxes);
    choose_types(&drawing);
    for (size_t i = 0; i < rows->count; i++)
        if (rows->rows[i].host == NULL && is_drawn(&rows->rows[i]))
            take_row(&drawing, &rows->rows[i]);
    connect(&drawing);
    for (size_t i = 0; i < picture->box_count; i++) {
        if (picture->boxes[i].is_host)
            tell_contents(&drawing, i);
        else if (bill != NULL)
            tell_prices(&drawing, bill, i);
    }
    map_clear(&drawing.types);
    map_clear(&drawing.boxes);
}
