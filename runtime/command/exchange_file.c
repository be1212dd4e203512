// SPDX-License-Identifier: MIT
#include "command/exchange_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "command/exchange.h"

#define LONGEST_LINE 4096
#define MOST_COLUMNS 200

const char *exchange_file_date(struct arena *arena, const char *text)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December",
    };
    struct calendar_date date = {0};
    char month[12] = "", written[CALENDAR_TEXT_SIZE], rest;
    if (calendar_parse(text, &date))
        return strlen(text) == strlen("2026-09-29") ? arena_text(arena, text) : NULL;
    if (sscanf(text, "%2d %11s %4d%c", &date.day, month, &date.year, &rest) != 3)
        return NULL;
    for (int i = 0; i < 12; i++)
        if (strcmp(month, months[i]) == 0)
            date.month = i + 1;
    calendar_format(date, written);
    return calendar_parse(written, &date) ? arena_text(arena, written) : NULL;
}

// The columns of a line, without the blanks around them. The line is cut up.
static size_t split(char *line, const char *columns[MOST_COLUMNS])
{
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL && count < MOST_COLUMNS;) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma = '\0';
        at += strspn(at, " ");
        columns[count++] = at;
        size_t length = strlen(at);
        while (length > 0 && at[length - 1] == ' ')
            at[--length] = '\0';
        at = comma != NULL ? comma + 1 : NULL;
    }
    return count;
}

bool exchange_file_take(struct project *project, struct arena *arena, char *head,
                        char *row, struct fault *fault)
{
    const char *names[MOST_COLUMNS], *values[MOST_COLUMNS];
    size_t count = split(head, names), value_count = split(row, values);
    const char *date = exchange_file_date(arena, values[0]);
    if (strcmp(names[0], "Date") != 0 || date == NULL) {
        fault_set(fault, FAULT_ERROR, "this is no list of reference rates");
        fault_why(fault, "its lines begin with \"%.20s\" and \"%.20s\"", names[0],
                  values[0]);
        return fault_next(fault, "take eurofxref.csv of the European Central Bank");
    }
    project->rates = arena_alloc(arena, 2 * count * sizeof *project->rates);
    for (size_t i = 1; i < count && i < value_count; i++) {
        struct money one;
        bool is_currency = strlen(names[i]) == 3;
        if (!is_currency || strcmp(values[i], "N/A") == 0)
            continue;
        if (!money_parse(values[i], names[i], &one, fault))
            return fault_while(fault, "reading the rate of %s", names[i]);
        if (one.units <= 0)
            return fault_set(fault, FAULT_ERROR, "the rate of %s must be above zero",
                             names[i]);
        exchange_add(project, arena, "EUR", names[i], one.units, date);
    }
    return true;
}

// A line that is cut would be a rate that is cut.
static bool is_too_long(const char *line)
{
    return strlen(line) == LONGEST_LINE - 1 && line[LONGEST_LINE - 2] != '\n';
}

bool exchange_file_read(struct project *project, struct arena *arena, const char *path,
                        struct fault *fault)
{
    char head[LONGEST_LINE], row[LONGEST_LINE];
    const char *full =
        path[0] == '/' ? path : arena_format(arena, "%s/%s", project->root, path);
    FILE *file = fopen(full, "re");
    if (file == NULL) {
        fault_set(fault, FAULT_ERROR, "cannot read %s", path);
        return fault_why(fault, "%s", strerror(errno));
    }
    bool whole = fgets(head, sizeof head, file) && fgets(row, sizeof row, file);
    fclose(file);
    if (!whole)
        return fault_set(fault, FAULT_ERROR, "%s has no rates", path);
    if (is_too_long(head) || is_too_long(row))
        return fault_set(fault, FAULT_ERROR, "a line of %s is too long for rates", path);
    return exchange_file_take(project, arena, head, row, fault);
}
