// SPDX-License-Identifier: MIT
//
// Reading; writing is in json_write.c. yajl lets pass what must not pass here, so this
// file adds its own check of UTF-8 and surrogates before the parse, and of depth, numbers
// and double keys during it. Values under construction wait on two stacks: entries of
// open maps, items of open lists; a closed container leaves one value behind in the one
// it stands in.
#include "value/json.h"

#include "base/array.h"

#include <yajl/yajl_parse.h>

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 200

struct level {
    bool is_map;
    size_t first; // of its own on the stack of entries or of items
};

struct reader {
    struct arena *arena;
    struct level levels[DEPTH_MOST];
    size_t depth;
    struct value_entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    struct array items;
    const struct value *root;
    char why[160];
};

static void *checked(void *memory)
{
    if (!memory) {
        fputs("pipster: out of memory\n", stderr);
        abort();
    }
    return memory;
}

// yajl's buffers hold what it reads, secrets too: all of them are wiped. Those of a short
// text fit into a pool that is wiped once; a larger one is on the heap, begins with its
// size, and is wiped before it is freed.
union block {
    size_t size;
    max_align_t unit;
};

struct pool {
    size_t used; // blocks
    union block blocks[256];
};

static bool is_pooled(const struct pool *pool, const union block *block)
{
    return block >= pool->blocks && block < pool->blocks + pool->used;
}

static void *pool_alloc(void *context, size_t size)
{
    struct pool *pool = context;
    size_t count = 1 + (size + sizeof(union block) - 1) / sizeof(union block);
    size_t left = sizeof pool->blocks / sizeof *pool->blocks - pool->used;
    union block *block = pool->blocks + pool->used;

    if (count <= left) {
        pool->used += count;
    } else {
        block = checked(malloc(sizeof *block + size));
    }
    block->size = size;
    return block + 1;
}

static void pool_free(void *context, void *memory)
{
    union block *block = (union block *) memory - 1;

    if (memory && !is_pooled(context, block)) {
        explicit_bzero(memory, block->size);
        free(block);
    }
}

static void *pool_realloc(void *context, void *memory, size_t size)
{
    void *larger = pool_alloc(context, size);

    if (memory) {
        size_t old = ((union block *) memory - 1)->size;
        memcpy(larger, memory, old < size ? old : size);
        pool_free(context, memory);
    }
    return larger;
}

static void pool_wipe(struct pool *pool)
{
    explicit_bzero(pool->blocks, pool->used * sizeof *pool->blocks);
}

static int refuse(struct reader *reader, const char *why)
{
    snprintf(reader->why, sizeof reader->why, "%s", why);
    return 0;
}

static int add_value(struct reader *reader, const struct value *value)
{
    if (!reader->depth) {
        reader->root = value;
    } else if (reader->levels[reader->depth - 1].is_map) {
        reader->entries[reader->entry_count - 1].value = value;
    } else {
        array_add(&reader->items, (void *) value);
    }
    return 1;
}

static int on_null(void *context)
{
    return add_value(context, value_null());
}

static int on_boolean(void *context, int boolean)
{
    return add_value(context, value_bool(boolean));
}

// A double, whatever the locale says a decimal point is.
static double read_double(const char *text)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
    locale_t old = uselocale(plain);
    double number = strtod(text, NULL);

    uselocale(old);
    freelocale(plain);
    return number;
}

static bool is_whole(double number)
{
    return number >= -0x1p63 && number < 0x1p63 && number == trunc(number);
}

static int on_number(void *context, const char *bytes, size_t length)
{
    struct reader *reader = context;
    char *text = checked(strndup(bytes, length));
    long long integer;
    double number;
    char *end;

    errno = 0;
    integer = strtoll(text, &end, 10);
    if (!*end && !errno) {
        free(text);
        return add_value(reader, value_integer(reader->arena, integer));
    }
    number = read_double(text);
    free(text);
    if (!isfinite(number)) {
        return refuse(reader, "a number is too large");
    }
    return add_value(reader, is_whole(number)
                                 ? value_integer(reader->arena, (int64_t) number)
                                 : value_number(reader->arena, number));
}

static int on_string(void *context, const unsigned char *bytes, size_t length)
{
    struct reader *reader = context;

    return add_value(reader, value_string(reader->arena, (const char *) bytes, length));
}

static int on_key(void *context, const unsigned char *bytes, size_t length)
{
    struct reader *reader = context;
    struct value_entry *entry;

    if (memchr(bytes, '\0', length)) {
        return refuse(reader, "a key holds a NUL character");
    }
    if (reader->entry_count == reader->entry_capacity) {
        reader->entry_capacity = reader->entry_capacity ? reader->entry_capacity * 2 : 32;
        reader->entries = checked(reallocarray(reader->entries, reader->entry_capacity,
                                               sizeof *reader->entries));
    }
    entry = &reader->entries[reader->entry_count++];
    entry->key = arena_copy(reader->arena, (const char *) bytes, length);
    entry->value = value_null();
    return 1;
}

static int begin(struct reader *reader, bool is_map)
{
    struct level *level = &reader->levels[reader->depth];

    if (reader->depth == DEPTH_MOST) {
        return refuse(reader, "it is nested more than 200 levels deep");
    }
    level->is_map = is_map;
    level->first = is_map ? reader->entry_count : reader->items.count;
    reader->depth++;
    return 1;
}

static int on_map_start(void *context)
{
    return begin(context, true);
}

static int on_list_start(void *context)
{
    return begin(context, false);
}

static bool is_plain_text(const struct value *value)
{
    return value->kind == VALUE_STRING &&
           strlen(value->string.bytes) == value->string.length;
}

// Where the path begins in "ADDRESS.PATH": behind the first point behind the first slash.
// NULL: no path.
static const char *path_of(const char *text)
{
    const char *slash = strchr(text, '/');
    const char *point = slash ? strchr(slash, '.') : NULL;

    return point ? point + 1 : NULL;
}

static const struct value *pointer_to(struct arena *arena, bool is_unknown,
                                      const char *const parts[2], bool secret)
{
    return is_unknown ? value_unknown(arena, parts[0], parts[1], secret)
                      : value_reference(arena, parts[0], parts[1], secret);
}

// "ADDRESS.PATH", ["ADDRESS", "PATH"] or ["ADDRESS", "PATH", "secret"]; NULL otherwise.
static const struct value *read_pointer(struct arena *arena, bool is_unknown,
                                        const struct value *inner)
{
    const struct value *const *items = inner->list.items;

    if (is_plain_text(inner)) {
        const char *text = inner->string.bytes;
        const char *path = path_of(text);
        size_t length = path ? (size_t) (path - text) - 1 : strlen(text);
        const char *parts[2] = {arena_copy(arena, text, length), path};
        return pointer_to(arena, is_unknown, parts, false);
    }
    if (inner->kind != VALUE_LIST || inner->list.count < 2 || inner->list.count > 3 ||
        !is_plain_text(items[0]) || !is_plain_text(items[1]) ||
        (inner->list.count == 3 && !value_is_text(items[2], "secret"))) {
        return NULL;
    }
    const char *parts[2] = {items[0]->string.bytes, items[1]->string.bytes};
    return pointer_to(arena, is_unknown, parts, inner->list.count == 3);
}

// What a one-key map stands for, or NULL when only for itself.
static const struct value *read_special(struct arena *arena,
                                        const struct value_entry *entry)
{
    const struct value *inner = entry->value;

    if (strcmp(entry->key, "$unknown") == 0 || strcmp(entry->key, "$reference") == 0) {
        return read_pointer(arena, entry->key[1] == 'u', inner);
    }
    if (strcmp(entry->key, "$template") == 0 && inner->kind == VALUE_LIST) {
        return value_template(arena, inner->list.items, inner->list.count);
    }
    if (strcmp(entry->key, "$secret") == 0 && is_plain_text(inner)) {
        return value_unknown(arena, inner->string.bytes, "", true);
    }
    return NULL;
}

static int on_map_end(void *context)
{
    struct reader *reader = context;
    size_t first = reader->levels[--reader->depth].first;
    size_t count = reader->entry_count - first;
    const struct value_entry *entries = count ? reader->entries + first : NULL;
    const struct value *value = NULL;

    if (count == 1) {
        value = read_special(reader->arena, entries);
    }
    if (!value) {
        struct value_entry *own = arena_alloc(reader->arena, count * sizeof *own);
        if (count) {
            memcpy(own, entries, count * sizeof *own);
        }
        value = value_map_adopt(reader->arena, own, count);
        if (value->map.count != count) {
            return refuse(reader, "a map has the same key twice");
        }
    }
    reader->entry_count = first;
    return add_value(reader, value);
}

static int on_list_end(void *context)
{
    struct reader *reader = context;
    size_t first = reader->levels[--reader->depth].first;
    size_t count = reader->items.count - first;
    void **items = count ? reader->items.items + first : NULL;
    const struct value *list =
        value_list(reader->arena, (const struct value *const *) items, count);

    reader->items.count = first;
    return add_value(reader, list);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_map_key = on_key,
    .yajl_start_map = on_map_start,
    .yajl_end_map = on_map_end,
    .yajl_start_array = on_list_start,
    .yajl_end_array = on_list_end,
};

// The unit of "\uXXXX" at `bytes`, or -1.
static long escape_unit(const char *bytes, size_t left)
{
    char digits[5] = "";

    if (left < 6 || bytes[0] != '\\' || bytes[1] != 'u') {
        return -1;
    }
    memcpy(digits, bytes + 2, 4);
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16) : -1;
}

// The length of the escape at `bytes`, 0 when it is half of a surrogate pair. Other
// nonsense is left for yajl to find.
static size_t escape_length(const char *bytes, size_t left)
{
    long unit = escape_unit(bytes, left);
    long second;

    if (unit < 0xD800 || unit > 0xDFFF) {
        return left < 2 ? 1 : 2;
    }
    second = left > 6 ? escape_unit(bytes + 6, left - 6) : -1;
    return unit < 0xDC00 && second >= 0xDC00 && second <= 0xDFFF ? 12 : 0;
}

// NULL, or what is wrong at `*at`.
static const char *check_characters(const char *bytes, size_t length, size_t *at)
{
    size_t step;

    for (size_t i = 0; i < length; i += step) {
        bool escape = bytes[i] == '\\';
        step = 1;
        if (!escape && (unsigned char) bytes[i] < 0x80) {
            continue;
        }
        step = escape ? escape_length(bytes + i, length - i)
                      : text_character_length(bytes + i, length - i);
        if (!step) {
            *at = i;
            return escape ? "half of a surrogate pair" : "invalid UTF-8";
        }
        // What follows the backslash may be the lead of a longer character.
        if (escape && step == 2 && (unsigned char) bytes[i + 1] >= 0x80) {
            step = 1;
        }
    }
    return NULL;
}

static bool refuse_at(struct fault *fault, const char *bytes, size_t at, const char *why)
{
    size_t line = 1;
    size_t column = 1;

    for (size_t i = 0; i < at; i++) {
        bool ends = bytes[i] == '\n';
        line += ends;
        column = ends ? 1 : column + 1;
    }
    fault_set(fault, FAULT_ERROR, "the text is no valid JSON");
    return fault_why(fault, "line %zu, column %zu: %s", line, column, why);
}

static bool refuse_parse(struct fault *fault, yajl_handle parser,
                         const struct reader *reader, const char *bytes, size_t length)
{
    size_t at = yajl_get_bytes_consumed(parser);
    unsigned char *error = NULL;

    if (reader->why[0]) {
        return refuse_at(fault, bytes, at < length ? at : length, reader->why);
    }
    // Not the verbose message: it would quote the text around, maybe a secret.
    error = yajl_get_error(parser, 0, (const unsigned char *) bytes, length);
    error[strcspn((char *) error, "\n")] = '\0';
    refuse_at(fault, bytes, at < length ? at : length, (const char *) error);
    yajl_free_error(parser, error);
    return false;
}

const char *json_text(struct arena *arena, const struct value *value)
{
    struct text out;
    const char *copy;

    text_init(&out, 0);
    json_write(&out, value, NULL, NULL);
    copy = arena_copy(arena, out.bytes, out.length);
    text_clear(&out);
    return copy;
}

// Not the levels: they are many, and few are used.
static void reader_init(struct reader *reader, struct arena *arena)
{
    reader->arena = arena;
    reader->depth = 0;
    reader->entries = NULL;
    reader->entry_count = reader->entry_capacity = 0;
    array_init(&reader->items);
    reader->root = NULL;
    reader->why[0] = '\0';
}

bool json_read(struct arena *arena, const char *bytes, size_t length,
               const struct value **value, struct fault *fault)
{
    struct pool pool;
    yajl_alloc_funcs memory = {pool_alloc, pool_realloc, pool_free, &pool};
    struct reader reader;
    yajl_handle parser;
    yajl_status status;
    const char *why;
    size_t at = 0;
    bool done = false;

    why = check_characters(bytes, length, &at);
    if (why) {
        return refuse_at(fault, bytes, at, why);
    }
    pool.used = 0;
    reader_init(&reader, arena);
    parser = yajl_alloc(&callbacks, &memory, &reader);
    yajl_config(parser, yajl_dont_validate_strings, 1);
    status = yajl_parse(parser, (const unsigned char *) bytes, length);
    if (status == yajl_status_ok) {
        status = yajl_complete_parse(parser);
    }
    if (status != yajl_status_ok) {
        refuse_parse(fault, parser, &reader, bytes, length);
        goto out;
    }
    if (!reader.root) {
        refuse_at(fault, bytes, length, "it ends before it begins");
        goto out;
    }
    *value = reader.root;
    done = true;
out:
    yajl_free(parser);
    pool_wipe(&pool);
    array_clear(&reader.items);
    free(reader.entries);
    return done;
}
