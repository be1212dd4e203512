// SPDX-License-Identifier: MIT
//
// The debug log: stderr or the file named by PIPSTER_LOG_FILE, at the level named by
// PIPSTER_LOG (off, info, debug, trace; off by default). Never given a secret; one that
// slips in is redacted.
#pragma once

enum log_level { LOG_OFF, LOG_INFO, LOG_DEBUG, LOG_TRACE };

void log_open(void);
void log_write(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_trace(...) log_write(LOG_TRACE, __VA_ARGS__)
