// SPDX-License-Identifier: MIT
//
// One write() a line, so that lines of several processes do not mix in one file.
#include "base/log.h"

#include "base/clock.h"
#include "base/redact.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_LINE_CEILING ((size_t) 16 << 10)
#define LOG_TALE         ((size_t) 1 << 20) // what is formatted before it is cut

static struct {
    enum log_level level;
    int descriptor;
} logger = {.level = LOG_OFF, .descriptor = STDERR_FILENO};

static const char *const level_names[] = {
    [LOG_OFF] = "off",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
    [LOG_TRACE] = "trace",
};

static enum log_level level_of(const char *name)
{
    for (int level = LOG_OFF; name && level <= LOG_TRACE; level++) {
        if (strcmp(name, level_names[level]) == 0) {
            return (enum log_level) level;
        }
    }
    return LOG_OFF;
}

void log_open(void)
{
    const char *path = getenv("PIPSTER_LOG_FILE");

    if (logger.descriptor != STDERR_FILENO) {
        close(logger.descriptor);
        logger.descriptor = STDERR_FILENO;
    }
    logger.level = level_of(getenv("PIPSTER_LOG"));
    if (logger.level != LOG_OFF && path && *path) {
        int opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        logger.descriptor = opened >= 0 ? opened : STDERR_FILENO;
    }
}

static void write_all(const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(logger.descriptor, bytes, length);
        if (written <= 0) {
            return; // a log that cannot be written stops nothing
        }
        bytes += written;
        length -= (size_t) written;
    }
}

void log_write(enum log_level level, const char *format, ...)
{
    char now[CLOCK_TEXT_SIZE];
    struct text line;
    va_list arguments;

    if (level == LOG_OFF || level > logger.level) {
        return;
    }
    text_init(&line, LOG_TALE);
    text_format(&line, "%s %-5s ", clock_format(clock_now_ms(), now), level_names[level]);
    va_start(arguments, format);
    text_vformat(&line, format, arguments);
    va_end(arguments);
    redact_text(&line); // whole, so that the cut leaves no half of a secret
    if (line.length > LOG_LINE_CEILING) {
        line.length = LOG_LINE_CEILING;
    }
    for (size_t i = 0; i < line.length; i++) {
        if ((unsigned char) line.bytes[i] < ' ' || line.bytes[i] == 0x7F) {
            line.bytes[i] = ' '; // a line stays one line and moves no cursor
        }
    }
    line.bytes[line.length] = '\n'; // in place of the NUL: text keeps room for it
    write_all(line.bytes, line.length + 1);
    text_clear(&line);
}
