// SPDX-License-Identifier: MIT
#include "value/address.h"

#include <string.h>

#define NAME_LONGEST 63

// Types whose names are always paths, so also one as short as "/swapfile".
static const char *const path_types[] = {"file", "directory", "mount", "swap"};

static bool is_small(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

bool address_name_is_valid(const char *name)
{
    size_t length = strlen(name);

    if (length < 1 || length > NAME_LONGEST || name[0] == '-' ||
        name[length - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_small(name[i]) && !is_digit(name[i]) && name[i] != '-') {
            return false;
        }
    }
    return true;
}

// Words of a–z, 0–9 and _ that begin with a letter, joined by single dots.
static bool is_type(const char *type)
{
    bool begins = true;

    for (; *type; type++) {
        if (begins
                ? !is_small(*type)
                : !is_small(*type) && !is_digit(*type) && *type != '_' && *type != '.') {
            return false;
        }
        begins = *type == '.';
    }
    return !begins;
}

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char) *text < ' ' || *text == 0x7F) {
            return true;
        }
    }
    return false;
}

static bool name_is_path(const char *type, const char *name)
{
    for (size_t i = 0; i < sizeof path_types / sizeof *path_types; i++) {
        if (strcmp(type, path_types[i]) == 0) {
            return true;
        }
    }
    return !strchr(type, '.') && strchr(name, '/');
}

static bool refuse(struct fault *fault, const char *text, const char *why)
{
    fault_set(fault, FAULT_USAGE, "\"%s\" is no address", text);
    fault_why(fault, "%s", why);
    return fault_next(fault, "write it like hetzner.server/app or app:package/git");
}

static bool split(struct arena *arena, const char *text, struct address *address)
{
    const char *slash = strchr(text, '/');
    size_t head = slash ? (size_t) (slash - text) : strlen(text);
    const char *colon = memchr(text, ':', head);
    const char *type = colon ? colon + 1 : text;

    address->host = colon ? arena_copy(arena, text, (size_t) (colon - text)) : NULL;
    address->type = arena_copy(arena, type, head - (size_t) (type - text));
    address->name = NULL;
    if (slash) {
        bool path = colon && name_is_path(address->type, slash + 1);
        address->name = arena_text(arena, path ? slash : slash + 1);
    }
    return slash || colon;
}

bool address_parse(struct arena *arena, const char *text, struct address *address,
                   struct fault *fault)
{
    const char *slash = strchr(text, '/');
    struct address parts;

    if (has_control(text)) {
        return refuse(fault, "…", "it holds a control character");
    }
    if (!split(arena, text, &parts)) {
        return refuse(fault, text, "it names neither a thing nor a host");
    }
    if (parts.host && !address_name_is_valid(parts.host)) {
        return refuse(fault, text, "what stands before the colon is no host's name");
    }
    if (!is_type(parts.type)) {
        return refuse(fault, text, "it holds no type");
    }
    if (slash && (slash[1] == '\0' || slash[1] == '/')) {
        return refuse(fault, text, "no name stands behind the slash");
    }
    *address = parts;
    return true;
}

const char *address_format(struct arena *arena, const char *host, const char *type,
                           const char *name)
{
    const char *const parts[] = {host ? host : "", host ? ":" : "", type,
                                 name && name[0] != '/' ? "/" : "", name ? name : ""};
    size_t lengths[sizeof parts / sizeof *parts];
    size_t length = 0;
    char *text;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        lengths[i] = strlen(parts[i]);
        length += lengths[i];
    }
    text = arena_alloc(arena, length + 1);
    length = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        memcpy(text + length, parts[i], lengths[i]);
        length += lengths[i];
    }
    return text;
}

// On a mismatch the last star takes one byte more: no recursion, so no pattern is slow
// beyond length times length.
bool address_matches(const char *address, const char *pattern)
{
    const char *star = NULL;
    const char *resume = NULL;

    while (*address) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = address;
        } else if (*pattern == '?' || *pattern == *address) {
            pattern++;
            address++;
        } else if (star) {
            pattern = star;
            address = ++resume;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}
