// SPDX-License-Identifier: MIT
//
// Time. SOURCE_DATE_EPOCH, when set, fixes the wall clock for reproducible plans.
#pragma once

#include <stdint.h>

int64_t clock_now_ms(void);       // wall clock, Unix milliseconds
int64_t clock_monotonic_ms(void); // for durations
int64_t clock_cpu_ms(void);       // what this thread has had of the processor

#define CLOCK_TEXT_SIZE 32
// "2026-11-22T09:58:00Z"; returns `buffer`.
char *clock_format(int64_t unix_ms, char buffer[CLOCK_TEXT_SIZE]);
