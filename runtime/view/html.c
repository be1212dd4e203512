// SPDX-License-Identifier: MIT
#include "view/html.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "value/escape.h"

#define LONGEST_FORMAT 8

static bool may_stand(unsigned char byte)
{
    return (byte >= ' ' && byte != 0x7f) || byte == '\t' || byte == '\n';
}

// What no page may hold (a control character, a broken UTF-8 sequence) is shown as such.
static void add_text(struct text *out, const char *bytes, size_t most)
{
    size_t left = strnlen(bytes, most);
    while (left > 0) {
        size_t length = text_character_length(bytes, left);
        if (length > 0 && may_stand((unsigned char) *bytes))
            escape_add(out, "html", bytes, length);
        else
            text_add(out, "\xEF\xBF\xBD");
        length = length > 0 ? length : 1;
        bytes += length;
        left -= length;
    }
}

static long long take_integer(const char *format, va_list *arguments)
{
    if (strstr(format, "ll") != NULL)
        return va_arg(*arguments, long long);
    if (strchr(format, 'z') != NULL)
        return (long long) va_arg(*arguments, size_t);
    return va_arg(*arguments, int);
}

// One conversion, from its '%' to its letter; what it takes is taken from the arguments.
static void add_one(struct text *out, const char *format, va_list *arguments)
{
    char letter = format[strlen(format) - 1];
    if (letter == 's') {
        int most = strcmp(format, "%.*s") == 0 ? va_arg(*arguments, int) : INT_MAX;
        add_text(out, va_arg(*arguments, const char *), (size_t) most);
    } else if (letter == 'f') {
        text_format(out, "%.1f", va_arg(*arguments, double));
    } else {
        text_format(out, "%lld", take_integer(format, arguments));
    }
}

void html_add(struct text *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");
        text_add_bytes(out, format, plain);
        format += plain;
        if (*format == '\0')
            break;
        char one[LONGEST_FORMAT] = "%";
        size_t length = strcspn(format + 1, "sdufz%") + 2;
        if (format[length - 1] == 'z')
            length++;
        if (length >= sizeof one)
            break;
        memcpy(one, format, length);
        one[length] = '\0';
        if (one[length - 1] == '%')
            text_add_char(out, '%');
        else
            add_one(out, one, &arguments);
        format += length;
    }
    va_end(arguments);
}
