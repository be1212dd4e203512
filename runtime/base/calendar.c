// SPDX-License-Identifier: MIT
//
// Days are counted in eras of 400 years, which all have as many, with years that begin in
// March: the day a leap year has more is then the last one of its year.
#include "base/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERA_YEARS  400
#define ERA_DAYS   146097
#define EPOCH_DAYS 719468 // from 0000-03-01 to 1970-01-01
#define FIRST_DAY  (-719162)
#define LAST_DAY   2932896

static int64_t days_of(struct calendar_date date)
{
    int year = date.year - (date.month <= 2);
    int era = year / ERA_YEARS, of_era = year % ERA_YEARS;
    int month = (date.month + 9) % 12;
    int of_year = (153 * month + 2) / 5 + date.day - 1;
    int day = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return (int64_t) era * ERA_DAYS + day - EPOCH_DAYS;
}

struct calendar_date calendar_date_of(int64_t unix_ms)
{
    int64_t days = unix_ms / CALENDAR_DAY_MS - (unix_ms % CALENDAR_DAY_MS < 0);
    days = days < FIRST_DAY ? FIRST_DAY : days > LAST_DAY ? LAST_DAY : days;
    days += EPOCH_DAYS;
    int era = (int) (days / ERA_DAYS), day = (int) (days % ERA_DAYS);
    int of_era = (day - day / 1460 + day / 36524 - day / (ERA_DAYS - 1)) / 365;
    int of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    int month = (5 * of_year + 2) / 153;
    struct calendar_date date = {
        .year = era * ERA_YEARS + of_era,
        .month = month < 10 ? month + 3 : month - 9,
        .day = of_year - (153 * month + 2) / 5 + 1,
    };
    date.year += date.month <= 2;
    return date;
}

int64_t calendar_ms(struct calendar_date date)
{
    return days_of(date) * CALENDAR_DAY_MS;
}

int calendar_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leaps = (year % 4 == 0 && year % 100 != 0) || year % ERA_YEARS == 0;
    return days[month - 1] + (month == 2 && leaps);
}

struct calendar_date calendar_add_months(struct calendar_date date, int months)
{
    int64_t count = (int64_t) date.year * 12 + date.month - 1 + months;
    count = count < 12 ? 12 : count > 9999 * 12 + 11 ? 9999 * 12 + 11 : count;
    date.year = (int) (count / 12);
    date.month = (int) (count % 12) + 1;
    int most = calendar_month_days(date.year, date.month);
    date.day = date.day < most ? date.day : most;
    return date;
}

int calendar_months_between(struct calendar_date from, struct calendar_date to)
{
    return (to.year - from.year) * 12 + to.month - from.month;
}

// `digits` digits and nothing else.
static bool read_number(const char *text, size_t digits, int *number)
{
    *number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *number = *number * 10 + text[i] - '0';
    }
    return true;
}

bool calendar_parse(const char *text, struct calendar_date *date)
{
    size_t length = strlen(text);
    date->day = 1;
    if ((length != 10 && length != 7) || text[4] != '-' ||
        !read_number(text, 4, &date->year) || !read_number(text + 5, 2, &date->month) ||
        date->year < 1 || date->month < 1 || date->month > 12)
        return false;
    return length == 7 ||
           (text[7] == '-' && read_number(text + 8, 2, &date->day) && date->day >= 1 &&
            date->day <= calendar_month_days(date->year, date->month));
}

char *calendar_format(struct calendar_date date, char buffer[CALENDAR_TEXT_SIZE])
{
    snprintf(buffer, CALENDAR_TEXT_SIZE, "%04d-%02d-%02d", date.year, date.month,
             date.day);
    return buffer;
}

char *calendar_format_month(struct calendar_date date, char buffer[CALENDAR_TEXT_SIZE])
{
    snprintf(buffer, CALENDAR_TEXT_SIZE, "%04d-%02d", date.year, date.month);
    return buffer;
}
