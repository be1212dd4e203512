// SPDX-License-Identifier: MIT
#include "view/diff_view.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT ((size_t) 3)
// What is left of two texts beside their common beginning and end is compared line by
// line up to this many cells; beyond, all of it is shown as taken out and put in.
#define MOST_CELLS ((size_t) 4 * 1024 * 1024)

static bool is_text(const struct value *value)
{
    return value != NULL && value->kind == VALUE_STRING &&
           strncmp(value->string.bytes, "sha256:", 7) != 0;
}

static bool has_lines(const struct value *value)
{
    return is_text(value) && strchr(value->string.bytes, '\n') != NULL;
}

bool diff_view_suits(const struct value *before, const struct value *after)
{
    bool nothing = value_is_null(before);
    return is_text(after) && (nothing || is_text(before)) &&
           (has_lines(after) || (!nothing && has_lines(before)));
}

struct line {
    const char *bytes;
    size_t length;
};

struct side {
    struct line *lines;
    size_t count;
    bool ends_open; // without a newline at its end
};

static void *take_memory(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (memory == NULL)
        abort();
    return memory;
}

static struct side split(const char *text)
{
    struct side side = {0};
    size_t lines = 1;
    for (const char *at = text; at != NULL && *at != '\0'; at++)
        lines += *at == '\n';
    side.lines = take_memory(lines, sizeof *side.lines);
    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, "\n");
        side.lines[side.count++] = (struct line){text, length};
        side.ends_open = text[length] == '\0';
        text += length + (side.ends_open ? 0 : 1);
    }
    return side;
}

static bool same(struct line left, struct line right)
{
    return left.length == right.length &&
           memcmp(left.bytes, right.bytes, left.length) == 0;
}

struct edit {
    char sign;
    struct line line;
};

struct edits {
    struct edit *items;
    size_t count;
};

static void add(struct edits *edits, char sign, const struct line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        edits->items[edits->count++] = (struct edit){sign, lines[i]};
}

// Lengths of the longest common subsequence of the ends of both, (n + 1) × (m + 1).
static unsigned *common_lengths(const struct line *old, size_t n, const struct line *new,
                                size_t m)
{
    unsigned *table = take_memory((n + 1) * (m + 1), sizeof *table);
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            unsigned down = table[(i + 1) * (m + 1) + j];
            unsigned right = table[i * (m + 1) + j + 1];
            table[i * (m + 1) + j] = same(old[i], new[j])
                                         ? table[(i + 1) * (m + 1) + j + 1] + 1
                                     : down > right ? down
                                                    : right;
        }
    }
    return table;
}

static void compare(struct edits *edits, const struct line *old, size_t n,
                    const struct line *new, size_t m)
{
    if (n > 0 && m > MOST_CELLS / n) {
        add(edits, '-', old, n);
        add(edits, '+', new, m);
        return;
    }
    unsigned *table = common_lengths(old, n, new, m);
    size_t i = 0, j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && same(old[i], new[j])) {
            add(edits, ' ', &old[i++], 1);
            j++;
        } else if (i < n && (j == m || table[(i + 1) * (m + 1) + j] >=
                                           table[i * (m + 1) + j + 1])) {
            add(edits, '-', &old[i++], 1);
        } else {
            add(edits, '+', &new[j++], 1);
        }
    }
    free(table);
}

static struct edits list_edits(const struct side *old, const struct side *new)
{
    struct edits edits = {take_memory(old->count + new->count, sizeof *edits.items), 0};
    size_t head = 0, tail = 0;
    while (head < old->count &&
           head < new->count &&same(old->lines[head], new->lines[head]))
        head++;
    while (tail < old->count - head &&
           tail < new->count - head &&same(old->lines[old->count - 1 - tail],
                                           new->lines[new->count - 1 - tail]))
        tail++;
    add(&edits, ' ', old->lines, head);
    compare(&edits, old->lines + head, old->count - head - tail, new->lines + head,
            new->count - head - tail);
    add(&edits, ' ', old->lines + old->count - tail, tail);
    return edits;
}

// One group: from its first line to the end of the context behind its last.
static size_t end_of_group(const struct edits *edits, size_t from)
{
    size_t last = from;
    for (size_t i = from; i < edits->count && i <= last + 2 * CONTEXT + 1; i++)
        if (edits->items[i].sign != ' ')
            last = i;
    return last + CONTEXT + 1 < edits->count ? last + CONTEXT + 1 : edits->count;
}

static size_t lines_of(const struct edits *edits, size_t from, size_t to, char other)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++)
        count += edits->items[i].sign != other;
    return count;
}

static void write_range(struct text *out, char sign, size_t before, size_t count)
{
    text_format(out, " %c%zu,%zu", sign, count > 0 ? before + 1 : before, count);
}

static void write_group(struct text *out, const struct edits *edits, size_t from,
                        size_t to, int indent)
{
    text_format(out, "%*s@@", indent, "");
    write_range(out, '-', lines_of(edits, 0, from, '+'), lines_of(edits, from, to, '+'));
    write_range(out, '+', lines_of(edits, 0, from, '-'), lines_of(edits, from, to, '-'));
    text_add(out, " @@\n");
    for (size_t i = from; i < to; i++)
        text_format(out, "%*s%c %.*s\n", indent, "", edits->items[i].sign,
                    (int) edits->items[i].line.length, edits->items[i].line.bytes);
}

void diff_view_write(struct text *out, const char *before, const char *after, int indent)
{
    struct side old = split(before), new = split(after);
    struct edits edits = list_edits(&old, &new);
    for (size_t i = 0; i < edits.count; i++) {
        if (edits.items[i].sign == ' ')
            continue;
        size_t from = i > CONTEXT ? i - CONTEXT : 0, to = end_of_group(&edits, i);
        write_group(out, &edits, from, to, indent);
        i = to - 1;
    }
    if (old.ends_open != new.ends_open && old.count > 0)
        text_format(out, "%*s(the %s one has no newline at its end)\n", indent, "",
                    old.ends_open ? "old" : "new");
    free(edits.items);
    free(old.lines);
    free(new.lines);
}
