// SPDX-License-Identifier: MIT
#include "lab/rdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TYPE_NS = 2,
    TYPE_CNAME = 5,
    TYPE_MX = 15,
    TYPE_TXT = 16,
    TYPE_SRV = 33,
    TYPE_CAA = 257
};

int rdata_type(const char *type)
{
    static const struct {
        const char *name;
        int number;
    } types[] = {
        {"NS", TYPE_NS},   {"MX", TYPE_MX},   {"TXT", TYPE_TXT},
        {"SRV", TYPE_SRV}, {"CAA", TYPE_CAA}, {"CNAME", TYPE_CNAME},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i].name) == 0)
            return types[i].number;
    return 0;
}

static void add_bytes(struct text *hex, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text_format(hex, "%02x", (unsigned char) bytes[i]);
}

static void add_short(struct text *hex, unsigned number)
{
    text_format(hex, "%04x", number & 0xffff);
}

static bool add_name(struct text *hex, const char *name)
{
    while (*name) {
        size_t length = strcspn(name, ".");
        if (length == 0 || length > 63)
            return strcmp(name, ".") == 0;
        text_format(hex, "%02zx", length);
        add_bytes(hex, name, length);
        name += length + (name[length] == '.');
    }
    text_add(hex, "00");
    return true;
}

// Strings of up to 255 bytes, each in quotes; a text without quotes is one string.
static bool add_strings(struct text *hex, const char *value)
{
    if (*value != '"') {
        size_t length = strlen(value);
        text_format(hex, "%02zx", length > 255 ? 255 : length);
        add_bytes(hex, value, length > 255 ? 255 : length);
        return length <= 255;
    }
    while (*value == '"') {
        char string[256];
        size_t length = 0;
        for (value++; *value && *value != '"'; value++) {
            if (*value == '\\' && value[1])
                value++;
            if (length == 255)
                return false;
            string[length++] = *value;
        }
        if (*value != '"')
            return false;
        text_format(hex, "%02zx", length);
        add_bytes(hex, string, length);
        value++;
        value += strspn(value, " \t");
    }
    return *value == '\0';
}

static bool add_caa(struct text *hex, const char *value)
{
    unsigned flags;
    char tag[16], name[256];
    if (sscanf(value, "%u %15s \"%255[^\"]\"", &flags, tag, name) != 3 &&
        sscanf(value, "%u %15s %255s", &flags, tag, name) != 3)
        return false;
    text_format(hex, "%02x%02zx", flags & 0xff, strlen(tag));
    add_bytes(hex, tag, strlen(tag));
    add_bytes(hex, name, strlen(name));
    return true;
}

static bool add_numbers(struct text *hex, int count, const char *value)
{
    for (int i = 0; i < count; i++) {
        char *end;
        unsigned long number = strtoul(value, &end, 10);
        if (end == value || *end != ' ' || number > 65535)
            return false;
        add_short(hex, (unsigned) number);
        value = end + 1;
    }
    return add_name(hex, value);
}

bool rdata_write(struct text *hex, int type, const char *value)
{
    switch (type) {
    case TYPE_NS:
    case TYPE_CNAME:
        return add_name(hex, value);
    case TYPE_MX:
        return add_numbers(hex, 1, value);
    case TYPE_SRV:
        return add_numbers(hex, 3, value);
    case TYPE_TXT:
        return add_strings(hex, value);
    case TYPE_CAA:
        return add_caa(hex, value);
    default:
        return false;
    }
}
