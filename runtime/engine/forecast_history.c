// SPDX-License-Identifier: MIT
#include "engine/forecast_history.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/forecast_read.h"

#define MOST_COLUMNS 32
#define MOST_LINES   10000

struct table {
    struct arena *arena;
    const char *file, *currency;
    const char *at, *end;
    int line;
    const char *names[MOST_COLUMNS];
    size_t columns;
    size_t date; // which of them
    char *cells[MOST_COLUMNS];
    size_t cell_count;
    bool is_cut; // a cell in quotes has no end
};

static bool refuse(const struct table *table, struct fault *fault, const char *next)
{
    fault_where(fault, "%s:%d", table->file, table->line);
    return fault_next(fault, "%s", next);
}

// A cell in quotes may hold commas; two quotes are one.
static char *read_quoted(struct table *table)
{
    char *cell = arena_alloc(table->arena, (size_t) (table->end - table->at) + 1);
    size_t length = 0;
    for (table->at++; table->at < table->end; table->at++) {
        if (*table->at == '"' && (table->at + 1 == table->end || table->at[1] != '"'))
            break;
        table->at += *table->at == '"';
        cell[length++] = *table->at;
    }
    if (table->at < table->end)
        table->at++;
    else
        table->is_cut = true;
    return cell;
}

static char *read_cell(struct table *table)
{
    while (table->at < table->end && *table->at == ' ')
        table->at++;
    if (table->at < table->end && *table->at == '"')
        return read_quoted(table);
    const char *from = table->at;
    while (table->at < table->end && *table->at != ',')
        table->at++;
    size_t length = (size_t) (table->at - from);
    while (length > 0 && from[length - 1] == ' ')
        length--;
    return arena_copy(table->arena, from, length);
}

// The cells of the line from `at` to `end`.
static bool read_line(struct table *table, struct fault *fault)
{
    table->cell_count = 0;
    for (;;) {
        if (table->cell_count == MOST_COLUMNS) {
            fault_set(fault, FAULT_ERROR, "a line has more than %d cells", MOST_COLUMNS);
            return refuse(table, fault, "keep the columns that rules look at");
        }
        table->cells[table->cell_count++] = read_cell(table);
        if (table->is_cut) {
            fault_set(fault, FAULT_ERROR, "a cell in quotes does not end");
            return refuse(table, fault, "close it with a quote, on the same line");
        }
        if (table->at == table->end)
            return true;
        if (*table->at != ',') {
            fault_set(fault, FAULT_ERROR, "there is something behind a closing quote");
            return refuse(table, fault, "put a comma between two cells");
        }
        table->at++;
    }
}

// What people call them.
static const char *figure_of(const char *column)
{
    return strcmp(column, "mrr") == 0 ? "revenue" : column;
}

static bool take_names(struct table *table, struct fault *fault)
{
    bool is_dated = false;
    table->columns = table->cell_count;
    for (size_t i = 0; i < table->columns; i++) {
        table->names[i] = figure_of(table->cells[i]);
        for (size_t before = 0; before < i; before++)
            if (strcmp(table->names[before], table->names[i]) == 0) {
                fault_set(fault, FAULT_ERROR, "two columns are called \"%s\"",
                          table->cells[i]);
                return refuse(table, fault, "give each column a name of its own");
            }
        if (strcmp(table->names[i], "date") == 0) {
            is_dated = true;
            table->date = i;
        }
    }
    if (is_dated)
        return true;
    fault_set(fault, FAULT_ERROR, "no column is called \"date\"");
    return refuse(table, fault, "begin with a line of names: date,mrr,customers");
}

static bool take_date(const struct table *table, const struct forecast_history *history,
                      struct forecast_point *point, struct fault *fault)
{
    struct calendar_date date;
    const char *text = table->cells[table->date];
    if (!calendar_parse(text, &date)) {
        fault_set(fault, FAULT_ERROR, "\"%s\" is no date", text);
        return refuse(table, fault, "write it as 2026-11-29, or 2026-11");
    }
    point->from_ms = calendar_ms(date);
    if (history->count == 0 ||
        point->from_ms > history->points[history->count - 1].from_ms)
        return true;
    fault_set(fault, FAULT_ERROR, "%s does not come after the line before it", text);
    return refuse(table, fault, "sort the lines by date, one for each day at most");
}

static bool take_line(struct table *table, struct forecast_history *history,
                      struct fault *fault)
{
    struct forecast_point *point = &history->points[history->count];
    struct rule_figure *figures =
        arena_alloc(table->arena, (table->columns + 1) * sizeof *figures);
    *point = (struct forecast_point){.figures = figures};
    if (table->cell_count != table->columns) {
        fault_set(fault, FAULT_ERROR, "this line has %zu cells, the first one %zu",
                  table->cell_count, table->columns);
        return refuse(table, fault, "leave a cell empty where nothing is known");
    }
    if (!take_date(table, history, point, fault))
        return false;
    for (size_t i = 0; i < table->columns; i++) {
        struct rule_figure *figure = &figures[point->figure_count];
        const char *cell = table->cells[i];
        if (i == table->date)
            continue;
        *figure = (struct rule_figure){.name = table->names[i],
                                       .unknown = "the history does not tell it"};
        if (*cell != '\0' && !forecast_read_value(table->arena, table->names[i], cell,
                                                  table->currency, figure, fault)) {
            fault->kind = FAULT_ERROR; // of the file, not of what was typed
            return fault_where(fault, "%s:%d", table->file, table->line);
        }
        point->figure_count++;
    }
    history->count++;
    return true;
}

// The next line that is not empty into at and end; false: there is none.
static bool next_line(struct table *table, const char **rest, const char *last)
{
    while (*rest < last) {
        const char *newline = memchr(*rest, '\n', (size_t) (last - *rest));
        table->at = *rest;
        table->end = newline != NULL ? newline : last;
        *rest = newline != NULL ? newline + 1 : last;
        table->line++;
        while (table->end > table->at &&
               (table->end[-1] == '\r' || table->end[-1] == ' '))
            table->end--;
        if (table->end > table->at)
            return true;
    }
    return false;
}

static bool read_lines(struct table *table, const char *rest, const char *last,
                       struct forecast_history *history, struct fault *fault)
{
    if (!next_line(table, &rest, last)) {
        fault_set(fault, FAULT_ERROR, "%s is empty", table->file);
        return fault_next(fault, "begin with a line of names: date,mrr,customers");
    }
    if (!read_line(table, fault) || !take_names(table, fault))
        return false;
    while (next_line(table, &rest, last)) {
        if (history->count == MOST_LINES) {
            fault_set(fault, FAULT_ERROR, "there are more than %d lines", MOST_LINES);
            return refuse(table, fault, "keep one for each day at most");
        }
        if (!read_line(table, fault) || !take_line(table, history, fault))
            return false;
    }
    if (history->count > 0)
        return true;
    fault_set(fault, FAULT_ERROR, "there is no line behind the names");
    return refuse(table, fault, "2026-11-29,640,52");
}

bool forecast_history_parse(struct arena *arena, const char *file, const char *bytes,
                            size_t length, const char *currency,
                            struct forecast_history *history, struct fault *fault)
{
    static const char mark[] = "\xef\xbb\xbf"; // some tools begin with it
    struct table table = {.arena = arena, .file = file, .currency = currency};
    size_t lines = 1, most;
    *history = (struct forecast_history){0};
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    most = lines < MOST_LINES ? lines : MOST_LINES;
    history->points = arena_alloc(arena, most * sizeof *history->points);
    if (memchr(bytes, '\0', length) != NULL) {
        fault_set(fault, FAULT_ERROR, "%s is no text", file);
        return fault_next(fault, "save the table as CSV");
    }
    size_t skipped = length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    return read_lines(&table, bytes + skipped, bytes + length, history, fault);
}
