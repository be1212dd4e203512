// SPDX-License-Identifier: MIT
//
// Drawn in whole pixels: the same numbers give the same bytes everywhere.
#include "view/plot.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "value/escape.h"
#include "view/plot_axis.h"

#define WIDTH       720
#define LEFT        68 // of it, for the ticks' words
#define RIGHT       30
#define INNER       (WIDTH - LEFT - RIGHT)
#define TITLE       34
#define PANEL       150
#define PANEL_HEAD  26
#define PANEL_SPACE 14
#define MONTHS      26
#define LANE        20 // of the marks' numbers
#define LINE        19 // of the words below
#define MOST_WORDS  8  // months that are named
#define MOST_DOTS   60
#define MOST_TEXT   92 // columns of a mark's words
#define AMOUNT_SIZE (PLOT_AXIS_TEXT_SIZE + 16)

struct drawing {
    struct text *out;
    const struct plot *plot;
    int lanes[PLOT_MARKS];
    int lane_count;
    size_t mark_count;
    int top;    // of the panel that is drawn
    int bottom; // of the last panel
};

static const char style[] =
    "<style>.plot{--paper:#fff;--ink:#1b1f24;--soft:#59636e;--grid:#d8dee4;"
    "--c0:#0550ae;--c1:#bc4c00;--c2:#116329;--c3:#8250df}"
    "@media(prefers-color-scheme:dark){.plot{--paper:#0d1117;--ink:#e6edf3;"
    "--soft:#9198a1;--grid:#30363d;--c0:#79c0ff;--c1:#ffa657;--c2:#7ee787;"
    "--c3:#d2a8ff}}"
    ".plot text{font:13px system-ui,sans-serif;fill:var(--ink);"
    "paint-order:stroke;stroke:var(--paper);stroke-width:3px}"
    ".plot .s{fill:var(--soft);font-size:12px}.plot .b{font-weight:600}"
    ".plot .h{font-size:16px;font-weight:600}"
    ".plot .e{text-anchor:end}.plot .m{text-anchor:middle}"
    ".plot .p{fill:var(--paper)}.plot .g{stroke:var(--grid)}"
    ".plot .k{stroke:var(--soft);stroke-dasharray:3 4}"
    ".plot .n{fill:var(--paper);stroke:var(--soft)}"
    ".plot .l{fill:none;stroke-width:2;stroke-linejoin:round}"
    ".plot .c0{stroke:var(--c0)}.plot .c1{stroke:var(--c1);stroke-dasharray:7 3}"
    ".plot .c2{stroke:var(--c2);stroke-dasharray:2 3}"
    ".plot .c3{stroke:var(--c3);stroke-dasharray:9 3 2 3}"
    ".plot .d0{fill:var(--c0)}.plot .d1{fill:var(--c1)}"
    ".plot .d2{fill:var(--c2)}.plot .d3{fill:var(--c3)}</style>\n";

static void escape(struct text *out, const char *words)
{
    escape_add(out, "html", words, strlen(words));
}

static void write_text(struct text *out, int x, int y, const char *kind,
                       const char *words)
{
    text_format(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, kind);
    escape(out, words);
    text_add(out, "</text>\n");
}

static int place_of(const struct plot *plot, size_t at)
{
    if (plot->count < 2)
        return LEFT + INNER / 2;
    return LEFT + (int) (at * (size_t) INNER / (plot->count - 1));
}

// Numbers that would lie on each other stand in lanes, one above the other.
static void lay_lanes(struct drawing *drawing)
{
    const struct plot *plot = drawing->plot;
    int last[PLOT_MARKS];
    for (size_t i = 0; i < drawing->mark_count; i++) {
        int place = place_of(plot, plot->marks[i].at), lane = 0;
        while (lane < drawing->lane_count && place - last[lane] < LANE)
            lane++;
        if (lane == drawing->lane_count)
            drawing->lane_count++;
        last[lane] = place;
        drawing->lanes[i] = lane;
    }
}

static void fit_axis(const struct plot *plot, const struct plot_panel *panel,
                     struct plot_axis *axis)
{
    int64_t least = 0, most = 0;
    for (size_t line = 0; line < panel->count; line++)
        for (size_t i = 0; i < plot->count; i++) {
            int64_t value = panel->lines[line].values[i];
            if (value == PLOT_UNKNOWN)
                continue;
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
    plot_axis_fit(least, most, axis);
}

static const char *amount(const struct plot_panel *panel, int64_t value,
                          char buffer[AMOUNT_SIZE])
{
    char number[PLOT_AXIS_TEXT_SIZE];
    snprintf(buffer, AMOUNT_SIZE, "%s%s%s", plot_axis_format(value, number),
             *panel->unit != '\0' ? " " : "", panel->unit);
    return buffer;
}

static void draw_grid(const struct drawing *drawing, const struct plot_panel *panel,
                      const struct plot_axis *axis)
{
    char words[AMOUNT_SIZE];
    for (int64_t tick = axis->low; tick <= axis->high; tick += axis->step) {
        int y = drawing->top + PANEL - plot_axis_place(axis, tick, PANEL);
        text_format(drawing->out, "<path class=\"g\" d=\"M%d %dH%d\"/>", LEFT, y,
                    WIDTH - RIGHT);
        write_text(drawing->out, LEFT - 8, y + 4, "s e", amount(panel, tick, words));
    }
}

static void draw_line(const struct drawing *drawing, const struct plot_panel *panel,
                      size_t number, const struct plot_axis *axis)
{
    const struct plot *plot = drawing->plot;
    const struct plot_line *line = &panel->lines[number];
    bool goes_on = false;
    text_format(drawing->out, "<path class=\"l c%zu\" d=\"", number);
    for (size_t i = 0; i < plot->count; i++) {
        bool known = line->values[i] != PLOT_UNKNOWN;
        if (known)
            text_format(drawing->out, "%c%d %d", goes_on ? 'L' : 'M', place_of(plot, i),
                        drawing->top + PANEL -
                            plot_axis_place(axis, line->values[i], PANEL));
        goes_on = known;
    }
    text_add(drawing->out, "\"/>\n");
}

// Each month's dot tells its amount where one points at it.
static void draw_dots(const struct drawing *drawing, const struct plot_panel *panel,
                      size_t number, const struct plot_axis *axis)
{
    const struct plot *plot = drawing->plot;
    const struct plot_line *line = &panel->lines[number];
    char words[AMOUNT_SIZE];
    for (size_t i = 0; i < plot->count && plot->count <= MOST_DOTS; i++) {
        if (line->values[i] == PLOT_UNKNOWN)
            continue;
        int y = drawing->top + PANEL - plot_axis_place(axis, line->values[i], PANEL);
        text_format(drawing->out, "<circle class=\"d%zu\" cx=\"%d\" cy=\"%d\" r=\"3\">",
                    number, place_of(plot, i), y);
        text_add(drawing->out, "<title>");
        escape(drawing->out, plot->labels[i]);
        text_add(drawing->out, ": ");
        escape(drawing->out, line->name);
        text_add_char(drawing->out, ' ');
        escape(drawing->out, amount(panel, line->values[i], words));
        text_add(drawing->out, "</title></circle>\n");
    }
}

// Its title, and to the right what each line is, as it is drawn.
static void draw_head(const struct drawing *drawing, const struct plot_panel *panel)
{
    int x = LEFT + 200, y = drawing->top - 9;
    write_text(drawing->out, LEFT, y, "b", panel->title);
    for (size_t i = 0; i < panel->count && panel->count > 1; i++, x += 150) {
        text_format(drawing->out, "<path class=\"l c%zu\" d=\"M%d %dh22\"/>", i, x,
                    y - 4);
        write_text(drawing->out, x + 28, y, "s", panel->lines[i].name);
    }
}

static void draw_panel(const struct drawing *drawing, const struct plot_panel *panel)
{
    struct plot_axis axis;
    fit_axis(drawing->plot, panel, &axis);
    draw_head(drawing, panel);
    draw_grid(drawing, panel, &axis);
    for (size_t i = 0; i < panel->count && i < PLOT_LINES; i++) {
        draw_line(drawing, panel, i, &axis);
        draw_dots(drawing, panel, i, &axis);
    }
}

static void draw_months(const struct drawing *drawing)
{
    const struct plot *plot = drawing->plot;
    size_t each = (plot->count + MOST_WORDS - 1) / MOST_WORDS;
    for (size_t i = 0; i < plot->count; i += each)
        write_text(drawing->out, place_of(plot, i), drawing->bottom + 18, "s m",
                   plot->labels[i]);
}

static void draw_marks(const struct drawing *drawing)
{
    const struct plot *plot = drawing->plot;
    char number[24];
    for (size_t i = 0; i < drawing->mark_count; i++) {
        int x = place_of(plot, plot->marks[i].at);
        int y = TITLE + LANE / 2 + drawing->lanes[i] * LANE;
        snprintf(number, sizeof number, "%zu", i + 1);
        text_format(drawing->out, "<path class=\"k\" d=\"M%d %dV%d\"/>", x, y + 8,
                    drawing->bottom);
        text_format(drawing->out, "<circle class=\"n\" cx=\"%d\" cy=\"%d\" r=\"8\"/>", x,
                    y);
        write_text(drawing->out, x, y + 4, "s m", number);
    }
}

// Cut at a character where it would not fit.
static void explain_marks(const struct drawing *drawing)
{
    const struct plot *plot = drawing->plot;
    char words[MOST_TEXT * 4 + 64];
    int y = drawing->bottom + MONTHS + LINE;
    for (size_t i = 0; i < drawing->mark_count; i++, y += LINE) {
        const char *text = plot->marks[i].text;
        size_t length = 0, columns = 0, left = strlen(text);
        while (length < left && columns < MOST_TEXT) {
            size_t step = text_character_length(text + length, left - length);
            length += step > 0 ? step : 1;
            columns++;
        }
        snprintf(words, sizeof words, "%zu  %s  %.*s%s", i + 1,
                 plot->labels[plot->marks[i].at], (int) length, text,
                 length < left ? "…" : "");
        write_text(drawing->out, LEFT, y, "", words);
    }
}

static void begin(const struct drawing *drawing, int height)
{
    const struct plot *plot = drawing->plot;
    text_format(drawing->out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" role=\"img\" "
                "viewBox=\"0 0 %d %d\" width=\"100%%\" style=\"max-width:%dpx\" "
                "aria-labelledby=\"%s-title %s-words\">\n",
                WIDTH, height, WIDTH * 3 / 2, plot->id, plot->id);
    text_format(drawing->out, "<title id=\"%s-title\">", plot->id);
    escape(drawing->out, plot->title);
    text_format(drawing->out, "</title>\n<desc id=\"%s-words\">", plot->id);
    escape(drawing->out, plot->description);
    text_add(drawing->out, "</desc>\n");
    text_add(drawing->out, style);
    text_format(drawing->out, "<rect class=\"p\" width=\"%d\" height=\"%d\"/>\n", WIDTH,
                height);
    write_text(drawing->out, 16, 22, "h", plot->title);
}

void plot_write(struct text *out, const struct plot *plot)
{
    struct drawing drawing = {.out = out, .plot = plot, .mark_count = plot->mark_count};
    if (drawing.mark_count > PLOT_MARKS)
        drawing.mark_count = PLOT_MARKS;
    lay_lanes(&drawing);
    int first = TITLE + drawing.lane_count * LANE;
    int each = PANEL_HEAD + PANEL + PANEL_SPACE;
    drawing.bottom = first + (int) plot->panel_count * each - PANEL_SPACE;
    begin(&drawing, drawing.bottom + MONTHS + (int) drawing.mark_count * LINE + 12);
    draw_marks(&drawing);
    for (size_t i = 0; i < plot->panel_count; i++) {
        drawing.top = first + (int) i * each + PANEL_HEAD;
        draw_panel(&drawing, &plot->panels[i]);
    }
    draw_months(&drawing);
    explain_marks(&drawing);
    text_add(out, "</svg>\n");
}
