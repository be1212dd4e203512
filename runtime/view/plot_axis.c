// SPDX-License-Identifier: MIT
#include "view/plot_axis.h"

#include <stdio.h>
#include <string.h>

#include "value/money.h"

#define MOST_TICKS 5
// Far beyond every sum of money, and room to add a few steps.
#define MOST (INT64_MAX / 4)

static int64_t within(int64_t value)
{
    return value > MOST ? MOST : value < -MOST ? -MOST : value;
}

static int64_t step_for(int64_t span)
{
    static const int64_t rounds[] = {1, 2, 5};
    int64_t wanted = span / MOST_TICKS + (span % MOST_TICKS != 0);
    for (int64_t ten = MONEY_UNIT / 100; ten < MOST / 10; ten *= 10)
        for (size_t i = 0; i < 3; i++)
            if (rounds[i] * ten >= wanted)
                return rounds[i] * ten;
    return MOST;
}

void plot_axis_fit(int64_t least, int64_t most, struct plot_axis *axis)
{
    least = least < 0 ? within(least) : 0;
    most = most > 0 ? within(most) : 0;
    if (least == most)
        most = MONEY_UNIT;
    int64_t step = step_for(most - least);
    *axis = (struct plot_axis){.step = step};
    while (axis->high < most)
        axis->high += step;
    while (axis->low > least)
        axis->low -= step;
}

int plot_axis_place(const struct plot_axis *axis, int64_t value, int length)
{
    if (value <= axis->low)
        return 0;
    if (value >= axis->high)
        return length;
    __int128 way = (__int128) value - axis->low,
             whole = (__int128) axis->high - axis->low;
    return (int) (way * length / whole);
}

char *plot_axis_format(int64_t value, char buffer[PLOT_AXIS_TEXT_SIZE])
{
    char plain[MONEY_TEXT_SIZE];
    struct money cents = money_scale((struct money){value, ""}, 1, MONEY_UNIT / 100);
    struct money rounded = money_scale(cents, MONEY_UNIT / 100, 1);
    money_format_exact(rounded, plain);
    size_t sign = *plain == '-', digits = strcspn(plain + sign, ".");
    char *at = buffer;
    for (size_t i = 0; plain[i] != '\0'; i++) {
        if (i > sign && i < sign + digits && (sign + digits - i) % 3 == 0)
            *at++ = ',';
        *at++ = plain[i];
    }
    *at = '\0';
    return buffer;
}
