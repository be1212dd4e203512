// SPDX-License-Identifier: MIT
//
// What exists as a graph: the same picture twice, for wide pages and for narrow ones,
// where it has two columns.
#include "view/report.h"

#include <string.h>

#include "view/html.h"
#include "view/picture.h"
#include "view/terminal.h"

#define WIDE   5
#define NARROW 2

#define LINE_COLUMNS  23 // that fit into a box
#define TITLE_COLUMNS 19

static const char *class_of(const struct picture_box *box)
{
    static const struct {
        const char *space, *name;
    } known[] = {
        {"hetzner.", "cloud"},    {"host", "host"},         {"dns.", "net"},
        {"caddy.", "net"},        {"docker.", "app"},       {"backup.", "care"},
        {"monitor.", "care"},     {"check.", "care"},       {"alert.", "care"},
        {"uptimerobot.", "care"}, {"betterstack.", "care"}, {"cost.", "money"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(box->type, known[i].space, strlen(known[i].space)) == 0)
            return known[i].name;
    return "other";
}

// What is cut off is told when it is pointed at.
static void write_words(struct text *out, const char *class, int x, int y,
                        const char *words, size_t columns)
{
    bool is_cut = terminal_columns(words) > columns;
    size_t length = 0, count = 0;
    while (is_cut && words[length] != '\0' && count < columns - 1) {
        size_t step = text_character_length(words + length, strlen(words + length));
        length += step > 0 ? step : 1;
        count++;
    }
    html_add(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
    if (is_cut)
        html_add(out, "<title>%s</title>%.*s…", words, (int) length, words);
    else
        html_add(out, "%s", words);
    text_add(out, "</text>\n");
}

static void write_box(struct text *out, const struct picture_box *box)
{
    html_add(out,
             "<g class=\"box %s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
             "rx=\"8\"/>"
             "<path class=\"edge\" d=\"M%d %dv%d\"/>\n",
             class_of(box), box->x, box->y, box->width, box->height, box->x + 4,
             box->y + 9, box->height - 18);
    write_words(out, "title", box->x + 12, box->y + 20, box->title, TITLE_COLUMNS);
    write_words(out, "type", box->x + 12, box->y + 36, box->type, LINE_COLUMNS);
    for (size_t i = 0; i < box->line_count; i++)
        write_words(out, "line", box->x + 12, box->y + 56 + (int) i * 16, box->lines[i],
                    LINE_COLUMNS);
    text_add(out, "</g>\n");
}

// From the bottom of what is needed to the top of what needs it.
static void write_line(struct text *out, const struct picture *picture,
                       const struct picture_line *line)
{
    const struct picture_box *above = &picture->boxes[line->above];
    const struct picture_box *below = &picture->boxes[line->below];
    int x = above->x + above->width / 2, y = above->y + above->height;
    int to_x = below->x + below->width / 2, to_y = below->y - 6;
    int bend = to_y > y ? (to_y - y) / 2 : 24;
    bend = bend < 24 ? bend : 24;
    html_add(out, "<path class=\"line\" d=\"M%d %dC%d %d %d %d %d %d\"/>", x, y, x,
             y + bend, to_x, to_y - bend, to_x, to_y);
    html_add(out, "<path class=\"tip\" d=\"M%d %dl-4 -6h8z\"/>\n", to_x, to_y + 6);
}

static void write_picture(struct text *out, struct picture *picture, int columns,
                          const char *class)
{
    picture_layout(picture, columns);
    html_add(out,
             "<svg class=\"graph %s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
             "aria-label=\"What exists, and what needs what\">\n",
             class, picture->width, picture->height, picture->width, picture->height);
    for (size_t i = 0; i < picture->line_count; i++)
        write_line(out, picture, &picture->lines[i]);
    for (size_t i = 0; i < picture->box_count; i++)
        write_box(out, &picture->boxes[i]);
    text_add(out, "</svg>\n");
}

void report_graph_write(struct text *out, const struct report *report)
{
    struct picture picture;
    picture_make(report->arena, report->recorded, report->bill, &picture);
    if (picture.box_count == 0) {
        text_add(out, "<p>Nothing yet: <code>pipster run PLAYBOOK</code>.</p>\n");
        return;
    }
    write_picture(out, &picture, WIDE, "wide");
    write_picture(out, &picture, NARROW, "narrow");
    text_add(out, "<p>Each line leads from a thing down to what needs it; what a host "
                  "carries is counted in its box.</p>\n");
}
