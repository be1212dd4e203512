// SPDX-License-Identifier: MIT
//
// Layers from top to bottom: a box stands below all that it needs. Within a layer boxes
// stand near what they need, and break into rows where there are too many.
#include "view/picture.h"

#include <string.h>

#define BOX_WIDTH   164
#define GAP         20
#define ROW_GAP     24
#define LAYER_GAP   44
#define LINE_HEIGHT 16
#define HEAD_HEIGHT 46
#define FOOT_HEIGHT 10

// Whether there is a way down from one box to another that does not go by the line `but`.
static bool leads_to(const struct picture *picture, size_t from, size_t to, size_t but,
                     bool *seen)
{
    seen[from] = true;
    for (size_t i = 0; i < picture->line_count; i++) {
        const struct picture_line *line = &picture->lines[i];
        if (i == but || line->above != from || seen[line->below])
            continue;
        if (line->below == to || leads_to(picture, line->below, to, but, seen))
            return true;
    }
    return false;
}

// A line says nothing where others say it on the way.
static void leave_out_shortcuts(struct picture *picture)
{
    bool *seen = arena_alloc(picture->arena, picture->box_count + 1);
    for (size_t i = picture->line_count; i-- > 0;) {
        const struct picture_line line = picture->lines[i];
        memset(seen, 0, picture->box_count);
        if (!leads_to(picture, line.above, line.below, i, seen))
            continue;
        memmove(&picture->lines[i], &picture->lines[i + 1],
                (picture->line_count - i - 1) * sizeof line);
        picture->line_count--;
    }
}

// Hosts may need each other, by what is on them: then the first of a circle begins it.
static void set_layers(struct picture *picture)
{
    size_t *waits = arena_alloc(picture->arena, (picture->box_count + 1) * sizeof *waits);
    bool *placed = arena_alloc(picture->arena, picture->box_count + 1);
    for (size_t i = 0; i < picture->box_count; i++)
        picture->boxes[i].layer = 0;
    for (size_t i = 0; i < picture->line_count; i++)
        waits[picture->lines[i].below]++;
    for (size_t count = 0; count < picture->box_count; count++) {
        size_t next = picture->box_count;
        for (size_t i = 0; i < picture->box_count; i++)
            if (!placed[i] && (next == picture->box_count || waits[i] < waits[next]))
                next = i;
        placed[next] = true;
        for (size_t i = 0; i < picture->line_count; i++) {
            struct picture_box *below = &picture->boxes[picture->lines[i].below];
            if (picture->lines[i].above != next || placed[picture->lines[i].below])
                continue;
            waits[picture->lines[i].below]--;
            if (below->layer <= picture->boxes[next].layer)
                below->layer = picture->boxes[next].layer + 1;
        }
    }
}

// What needs nothing stands right above what needs it first; what stands alone, below
// all.
static void lower_first_ones(struct picture *picture)
{
    size_t last = 0;
    for (size_t i = 0; i < picture->line_count; i++)
        if (picture->boxes[picture->lines[i].below].layer > last)
            last = picture->boxes[picture->lines[i].below].layer;
    for (size_t box = 0; box < picture->box_count; box++) {
        size_t lowest = last + 1;
        bool needs = false;
        for (size_t i = 0; i < picture->line_count; i++) {
            size_t below = picture->boxes[picture->lines[i].below].layer;
            needs = needs || picture->lines[i].below == box;
            if (picture->lines[i].above == box && below > 0 && below - 1 < lowest)
                lowest = below - 1;
        }
        if (!needs && picture->line_count > 0)
            picture->boxes[box].layer = lowest;
    }
}

// The middle of what it needs; of what needs nothing, the middle of what needs it.
static long middle_of(const struct picture *picture, size_t box)
{
    long above_sum = 0, above_count = 0, below_sum = 0, below_count = 0;
    for (size_t i = 0; i < picture->line_count; i++) {
        const struct picture_box *above = &picture->boxes[picture->lines[i].above];
        const struct picture_box *below = &picture->boxes[picture->lines[i].below];
        if (picture->lines[i].below == box && above->layer < below->layer) {
            above_sum += above->x + above->width / 2;
            above_count++;
        } else if (picture->lines[i].above == box) {
            below_sum += below->x + below->width / 2;
            below_count++;
        }
    }
    return above_count > 0   ? above_sum / above_count
           : below_count > 0 ? below_sum / below_count
                             : picture->width / 2;
}

// The boxes of one layer, by where they want to stand; equal ones as they are recorded.
static size_t list_layer(const struct picture *picture, size_t layer, size_t *members)
{
    size_t count = 0;
    for (size_t i = 0; i < picture->box_count; i++) {
        if (picture->boxes[i].layer != layer)
            continue;
        size_t at = count++;
        while (at > 0 && middle_of(picture, members[at - 1]) > middle_of(picture, i)) {
            members[at] = members[at - 1];
            at--;
        }
        members[at] = i;
    }
    return count;
}

static int place_row(struct picture *picture, const size_t *members, size_t count, int y)
{
    int used = (int) count * (BOX_WIDTH + GAP) - GAP, highest = 0;
    int x = (picture->width - used) / 2;
    for (size_t i = 0; i < count; i++) {
        struct picture_box *box = &picture->boxes[members[i]];
        box->x = x;
        box->y = y;
        box->width = BOX_WIDTH;
        box->height = HEAD_HEIGHT + (int) box->line_count * LINE_HEIGHT +
                      (box->line_count > 0 ? FOOT_HEIGHT : 0);
        highest = box->height > highest ? box->height : highest;
        x += BOX_WIDTH + GAP;
    }
    return highest;
}

// Rows of a layer are as even as they can be: five of four columns are three and two.
static int place_layer(struct picture *picture, const size_t *members, size_t count,
                       size_t columns, int y)
{
    size_t rows = (count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        size_t first = row * count / rows, end = (row + 1) * count / rows;
        y += place_row(picture, &members[first], end - first, y) + ROW_GAP;
    }
    return y - ROW_GAP;
}

static void place(struct picture *picture, int columns, size_t *members)
{
    int y = 1;
    for (size_t layer = 0;; layer++) {
        size_t count = list_layer(picture, layer, members);
        if (count == 0)
            break;
        y = place_layer(picture, members, count, (size_t) columns, y) + LAYER_GAP;
    }
    picture->height = y > LAYER_GAP ? y - LAYER_GAP + 1 : 0;
}

void picture_layout(struct picture *picture, int columns)
{
    size_t *members =
        arena_alloc(picture->arena, (picture->box_count + 1) * sizeof *members);
    picture->width = columns * (BOX_WIDTH + GAP) - GAP + 2;
    for (size_t i = 0; i < picture->box_count; i++)
        picture->boxes[i].x = 0;
    leave_out_shortcuts(picture);
    set_layers(picture);
    lower_first_ones(picture);
    // The second time, the first ones know where those below them stand.
    place(picture, columns, members);
    place(picture, columns, members);
}
