// SPDX-License-Identifier: MIT
#include "view/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/redact.h"
#include "base/text.h"

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static bool wants_colour(bool is_terminal)
{
    const char *term = getenv("TERM");
    if (is_set("NO_COLOR"))
        return false;
    if (is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR"))
        return true;
    return is_terminal && term && strcmp(term, "dumb") != 0;
}

static int find_width(FILE *stream)
{
    const char *columns = getenv("COLUMNS");
    if (columns && atoi(columns) > 20)
        return atoi(columns);
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
        return size.ws_col;
    return 100;
}

void terminal_init(struct terminal *terminal, FILE *stream, bool colour_allowed)
{
    bool is_terminal = isatty(fileno(stream)) == 1;
    const char *term = getenv("TERM");
    terminal->stream = stream;
    terminal->colour = colour_allowed && wants_colour(is_terminal);
    terminal->live = is_terminal && term && strcmp(term, "dumb") != 0 && !is_set("CI");
    terminal->width = find_width(stream);
}

static const char *const style_codes[] = {
    [TERMINAL_PLAIN] = "",         [TERMINAL_BOLD] = "\x1b[1m",
    [TERMINAL_DIM] = "\x1b[2m",    [TERMINAL_GREEN] = "\x1b[32m",
    [TERMINAL_YELLOW] = "\x1b[33m", [TERMINAL_RED] = "\x1b[31m",
    [TERMINAL_CYAN] = "\x1b[36m",
};

static void put_harmless(FILE *stream, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char) bytes[i];
        if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f)
            fprintf(stream, "\\x%02x", byte);
        else
            putc(byte, stream);
    }
}

void terminal_print(const struct terminal *terminal, enum terminal_style style,
                    const char *format, ...)
{
    struct text text;
    text_init(&text, 0);
    va_list arguments;
    va_start(arguments, format);
    text_vformat(&text, format, arguments);
    va_end(arguments);
    redact_text(&text);
    bool styled = terminal->colour && style != TERMINAL_PLAIN;
    if (styled)
        fputs(style_codes[style], terminal->stream);
    put_harmless(terminal->stream, text.bytes, text.length);
    if (styled)
        fputs("\x1b[0m", terminal->stream);
    text_clear(&text);
}

size_t terminal_columns(const char *text)
{
    size_t columns = 0;
    for (; *text; text++)
        if (((unsigned char) *text & 0xc0) != 0x80)
            columns++;
    return columns;
}
