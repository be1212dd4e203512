// SPDX-License-Identifier: MIT
//
// What exists, as boxes and the lines between them: a box for each thing in the cloud and
// around it, one for each host with what is on it.
#pragma once

#include "engine/bill.h"
#include "store/state.h"

struct picture_box {
    const char *title;  // "app"
    const char *type;   // "hetzner.server"
    const char **lines; // "12 package"
    size_t line_count, line_room;
    bool is_host;
    size_t count; // of the things that it stands for; a host's own things are not counted
    // Where it is drawn, in picture_layout.
    size_t layer;
    int x, y, width, height;
};

// Above is what the box below needs.
struct picture_line {
    size_t above, below;
};

struct picture {
    struct arena *arena;
    struct picture_box *boxes;
    size_t box_count;
    struct picture_line *lines;
    size_t line_count, line_room;
    int width, height;
};

// So many boxes are still read at a glance: where there are more things, those of a type
// become one, the most numerous type first. `bill` may be NULL.
#define PICTURE_MOST_BOXES 40

// Everything in *picture is in the arena.
void picture_make(struct arena *arena, const struct state_rows *rows,
                  const struct bill *bill, struct picture *picture);
// Puts the boxes in layers, what is needed above what needs it, so many beside each
// other.
void picture_layout(struct picture *picture, int columns);
