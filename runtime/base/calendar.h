// SPDX-License-Identifier: MIT
//
// Days and months as the calendar has them (Gregorian, UTC): no zone, no clock, so that
// what is computed of dates is the same everywhere.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CALENDAR_DAY_MS INT64_C(86400000)
// The first millisecond of the year 10000: what is said of later is no moment.
#define CALENDAR_END_MS INT64_C(253402300800000)

struct calendar_date {
    int year, month, day; // 2026, 1 … 12, 1 … 31
};

// Of the years 1 to 9999; beyond them their first or last day.
struct calendar_date calendar_date_of(int64_t unix_ms);
// Its first millisecond.
int64_t calendar_ms(struct calendar_date date);
int calendar_month_days(int year, int month);
// The same day so many months later, or before; where that month has no such day its
// last: a month after January 31 is February 28.
struct calendar_date calendar_add_months(struct calendar_date date, int months);
// So many whole months lie between them, by the calendar's months alone: from January 31
// to February 1 it is one.
int calendar_months_between(struct calendar_date from, struct calendar_date to);

// "2026-11-29", or "2026-11": its first day. False for all else, and for what no
// calendar has.
bool calendar_parse(const char *text, struct calendar_date *date);

#define CALENDAR_TEXT_SIZE 40
// "2026-11-29" and "2026-11"; returns `buffer`.
char *calendar_format(struct calendar_date date, char buffer[CALENDAR_TEXT_SIZE]);
char *calendar_format_month(struct calendar_date date, char buffer[CALENDAR_TEXT_SIZE]);
