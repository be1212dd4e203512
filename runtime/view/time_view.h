// SPDX-License-Identifier: MIT
//
// Moments and spans as people read them.
#pragma once

#include <stdint.h>

#define TIME_VIEW_SIZE 40

// "2026-11-22 10:58", where the reader is; returns `buffer`.
char *time_view_local(int64_t unix_ms, char buffer[TIME_VIEW_SIZE]);

// "just now", "5 minutes ago", "3 days ago".
char *time_view_ago(int64_t unix_ms, int64_t now_ms, char buffer[TIME_VIEW_SIZE]);

// "0.4 s", "12 s", "3 min 05 s", "2 h 10 min".
char *time_view_span(int64_t ms, char buffer[TIME_VIEW_SIZE]);
