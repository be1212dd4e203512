// SPDX-License-Identifier: MIT
//
// Wu and Manber's search for many words at once: of a window of eight bytes the last two
// tell how far it may move on. Most of an output is passed over in steps of seven,
// however many secrets there are.
#include "base/redact.h"

#include "base/redact_form.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW REDACT_SHORTEST
#define PAIRS  ((size_t) 65536)
#define LAST   (WINDOW - 2) // where the pair begins that ends the window

struct word {
    struct word *next; // with the same pair
    size_t length;
    char bytes[];
};

struct words {
    unsigned char shift[PAIRS]; // 0: look at the words of this pair
    struct word *first[PAIRS];
};

struct span {
    size_t begin;
    size_t end;
};

static struct {
    pthread_mutex_t mutex;
    struct words *words; // NULL: none yet
    FILE *masks;
} redactor = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static size_t pair_at(const char *bytes)
{
    const unsigned char *byte = (const unsigned char *) bytes;
    return (size_t) byte[0] << 8 | byte[1];
}

static void *take_memory(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) {
        fputs("pipster: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static struct words *known_words(void)
{
    if (!redactor.words) {
        redactor.words = take_memory(sizeof *redactor.words);
        memset(redactor.words->shift, LAST + 1, PAIRS);
    }
    return redactor.words;
}

static bool is_known(const struct words *words, const char *bytes, size_t length)
{
    const struct word *word = words->first[pair_at(bytes + LAST)];
    while (word && (word->length != length || memcmp(word->bytes, bytes, length) != 0))
        word = word->next;
    return word;
}

static void add_word(void *context, const char *bytes, size_t length)
{
    struct words *words = context;
    if (is_known(words, bytes, length))
        return;
    struct word *word = take_memory(sizeof *word + length);
    word->length = length;
    memcpy(word->bytes, bytes, length);
    for (size_t i = 0; i <= LAST; i++) {
        unsigned char *shift = &words->shift[pair_at(bytes + i)];
        if (*shift > LAST - i)
            *shift = (unsigned char) (LAST - i);
    }
    word->next = words->first[pair_at(bytes + LAST)];
    words->first[pair_at(bytes + LAST)] = word;
}

// The runner takes % for an escape.
static void mask_line(void *context, const char *bytes, size_t length)
{
    FILE *stream = redactor.masks;
    if (is_known(context, bytes, length))
        return;
    fputs("::add-mask::", stream);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '%' || bytes[i] == '\r')
            fprintf(stream, "%%%02X", (unsigned char) bytes[i]);
        else
            putc(bytes[i], stream);
    }
    putc('\n', stream);
}

static void count_line(void *context, const char *bytes, size_t length)
{
    (void) bytes;
    (void) length;
    ++*(size_t *) context;
}

// Printed line by line, one without a line that is long enough would be shown.
static bool is_long_enough(const char *secret, size_t length)
{
    size_t count = 0;
    redact_form_lines(secret, length, count_line, &count);
    return count > 0;
}

bool redact_check(const char *name, const char *secret, size_t length,
                  struct fault *fault)
{
    if (is_long_enough(secret, length))
        return true;
    size_t characters = 0;
    for (size_t i = 0; i < length; i++)
        characters += ((unsigned char) secret[i] & 0xC0) != 0x80;
    fault_set(fault, FAULT_ERROR, "%s is too short to be kept out of what is printed",
              name);
    if (memchr(secret, '\n', length))
        fault_why(fault, "none of its lines has %zu characters", WINDOW);
    else
        fault_why(fault,
                  "it has %zu character%s; with fewer than %zu it could not be "
                  "told from other words",
                  characters, characters == 1 ? "" : "s", WINDOW);
    return fault_next(fault,
                      "make it longer where it comes from, or leave it to secret() "
                      "to make one");
}

void redact_add(const char *secret, size_t length)
{
    if (!is_long_enough(secret, length))
        return;
    pthread_mutex_lock(&redactor.mutex);
    struct words *words = known_words();
    if (redactor.masks) {
        redact_form_lines(secret, length, mask_line, words);
        fflush(redactor.masks);
    }
    redact_form_each(secret, length, add_word, words);
    pthread_mutex_unlock(&redactor.mutex);
}

void redact_clear(void)
{
    pthread_mutex_lock(&redactor.mutex);
    struct words *words = redactor.words;
    for (size_t i = 0; words && i < PAIRS; i++) {
        while (words->first[i]) {
            struct word *word = words->first[i];
            words->first[i] = word->next;
            explicit_bzero(word->bytes, word->length);
            free(word);
        }
    }
    free(words);
    redactor.words = NULL;
    pthread_mutex_unlock(&redactor.mutex);
}

bool redact_is_empty(void)
{
    pthread_mutex_lock(&redactor.mutex);
    bool empty = !redactor.words;
    pthread_mutex_unlock(&redactor.mutex);
    return empty;
}

static size_t longest_at(const struct words *words, const char *bytes, size_t left)
{
    size_t longest = 0;
    const struct word *word = words->first[pair_at(bytes + LAST)];
    for (; word; word = word->next)
        if (word->length > longest && word->length <= left &&
            memcmp(word->bytes, bytes, word->length) == 0)
            longest = word->length;
    return longest;
}

// The next one from `from` on, with those that begin within it.
static bool find(const char *bytes, size_t length, size_t from, struct span *span)
{
    const struct words *words = redactor.words;
    bool found = false;
    *span = (struct span){length, length};
    while (from + WINDOW <= length && (!found || from < span->end)) {
        size_t shift = words->shift[pair_at(bytes + from + LAST)];
        size_t longest = shift ? 0 : longest_at(words, bytes + from, length - from);
        if (longest > 0 && !found)
            *span = (struct span){from, from + longest};
        else if (longest > 0 && from + longest > span->end)
            span->end = from + longest;
        found = found || longest > 0;
        from += shift ? shift : 1;
    }
    return found;
}

bool redact_text(struct text *text)
{
    struct span span;
    pthread_mutex_lock(&redactor.mutex);
    bool found = redactor.words && find(text->bytes, text->length, 0, &span);
    if (found) {
        struct text clean;
        size_t from = 0;
        text_init(&clean, text->ceiling);
        do {
            text_add_bytes(&clean, text->bytes + from, span.begin - from);
            text_add(&clean, REDACT_SHOWN);
            from = span.end;
        } while (find(text->bytes, text->length, from, &span));
        text_add_bytes(&clean, text->bytes + from, text->length - from);
        text_clear(text);
        *text = clean;
    }
    pthread_mutex_unlock(&redactor.mutex);
    return found;
}

void redact_write(FILE *stream, const char *bytes, size_t length)
{
    struct span span;
    size_t from = 0;
    pthread_mutex_lock(&redactor.mutex);
    while (redactor.words && find(bytes, length, from, &span)) {
        fwrite(bytes + from, 1, span.begin - from, stream);
        fputs(REDACT_SHOWN, stream);
        from = span.end;
    }
    fwrite(bytes + from, 1, length - from, stream);
    pthread_mutex_unlock(&redactor.mutex);
}

void redact_mask_on(FILE *stream)
{
    pthread_mutex_lock(&redactor.mutex);
    redactor.masks = stream;
    pthread_mutex_unlock(&redactor.mutex);
}
