// SPDX-License-Identifier: MIT
//
// magic, Argon2id's two costs and salt, the stream's header, then frames: a length and as
// many bytes. The last frame carries the stream's final tag, so that a file that was cut
// off between two frames is not taken for a whole one.
#include "store/secret_file.h"

#include "store/file.h"
#include "store/heap.h"

#include <sodium.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC        "pipster-secrets-1\n"
#define MAGIC_LENGTH (sizeof MAGIC - 1)
#define COSTS        8 // two numbers of four bytes: passes, memory in KiB
#define HEAD         (MAGIC_LENGTH + COSTS + crypto_pwhash_SALTBYTES + STREAM_HEAD)
#define STREAM_HEAD  crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define STREAM_EXTRA crypto_secretstream_xchacha20poly1305_ABYTES
#define STREAM_FINAL crypto_secretstream_xchacha20poly1305_TAG_FINAL
#define LONGEST      ((size_t) 64 << 20) // of a file
#define MOST_PASSES  16
#define MOST_KIB     (1u << 20)

// Lies in memory that is locked, guarded and wiped when freed.
struct stream {
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
};

static void put_number(unsigned char *out, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char) (number >> (8 * i));
}

static uint32_t get_number(const unsigned char *bytes)
{
    return (uint32_t) bytes[0] | (uint32_t) bytes[1] << 8 | (uint32_t) bytes[2] << 16 |
           (uint32_t) bytes[3] << 24;
}

static struct stream *new_stream(void)
{
    if (sodium_init() < 0)
        abort();
    struct stream *stream = sodium_malloc(sizeof *stream);
    if (!stream)
        abort();
    return stream;
}

static bool derive(struct stream *stream, const struct text *passphrase,
                   const unsigned char *head, struct fault *fault)
{
    uint32_t passes = get_number(head + MAGIC_LENGTH);
    uint32_t kib = get_number(head + MAGIC_LENGTH + 4);
    if (passes < crypto_pwhash_OPSLIMIT_MIN || passes > MOST_PASSES ||
        kib < crypto_pwhash_MEMLIMIT_MIN / 1024 || kib > MOST_KIB)
        return fault_set(fault, FAULT_ERROR, "the file asks for too much work");
    if (crypto_pwhash(stream->key, sizeof stream->key, passphrase->bytes,
                      passphrase->length, head + MAGIC_LENGTH + COSTS, passes,
                      (size_t) kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return true;
    fault_set(fault, FAULT_ERROR, "the key cannot be derived from the passphrase");
    return fault_why(fault, "%u MiB of memory are needed", kib / 1024);
}

static void add_frame(struct stream *stream, struct text *file, const struct text *plain,
                      unsigned char tag)
{
    unsigned char number[4];
    unsigned long long length = 0;
    size_t most = plain->length + STREAM_EXTRA;
    unsigned char *sealed = heap_new(most);
    crypto_secretstream_xchacha20poly1305_push(&stream->state, sealed, &length,
                                               (const unsigned char *) plain->bytes,
                                               plain->length, NULL, 0, tag);
    put_number(number, (uint32_t) length);
    text_add_bytes(file, (const char *) number, sizeof number);
    text_add_bytes(file, (const char *) sealed, (size_t) length);
    free(sealed);
}

static void add_entry(struct text *plain, const struct secret_entry *entry)
{
    text_add_bytes(plain, entry->label, strlen(entry->label) + 1);
    text_add_bytes(plain, entry->source, strlen(entry->source) + 1);
    text_format(plain, "%" PRId64, entry->made_at_ms);
    text_add_bytes(plain, "", 1);
    text_add_bytes(plain, entry->bytes, entry->length);
}

static bool seal(struct text *file, const struct text *passphrase,
                 const struct secret_entry *entries, size_t count, struct fault *fault)
{
    unsigned char head[HEAD];
    struct stream *stream = new_stream();
    struct text plain;
    memcpy(head, MAGIC, MAGIC_LENGTH);
    put_number(head + MAGIC_LENGTH, crypto_pwhash_OPSLIMIT_MODERATE);
    put_number(head + MAGIC_LENGTH + 4, crypto_pwhash_MEMLIMIT_MODERATE / 1024);
    randombytes_buf(head + MAGIC_LENGTH + COSTS, crypto_pwhash_SALTBYTES);
    bool derived = derive(stream, passphrase, head, fault);
    if (derived) {
        crypto_secretstream_xchacha20poly1305_init_push(
            &stream->state, head + HEAD - STREAM_HEAD, stream->key);
        text_add_bytes(file, (const char *) head, sizeof head);
        text_init(&plain, 0);
        for (size_t i = 0; i < count; i++) {
            add_entry(&plain, &entries[i]);
            add_frame(stream, file, &plain, 0);
            text_reset(&plain);
        }
        add_frame(stream, file, &plain, STREAM_FINAL);
        text_clear(&plain);
    }
    sodium_free(stream);
    return derived;
}

static bool write_file(const char *path, const struct text *file, struct fault *fault)
{
    char *beside = heap_join(path, ".new");
    unlink(beside); // of an earlier try that was cut off
    bool made = file_create(beside, true, fault);
    FILE *stream = made ? fopen(beside, "we") : NULL;
    if (made) {
        made = stream && fwrite(file->bytes, 1, file->length, stream) == file->length;
        made = (!stream || fclose(stream) == 0) && made;
        made = made || file_fail(fault, "write", beside);
    }
    made = made && file_publish(beside, path, NULL, fault);
    if (!made)
        unlink(beside);
    free(beside);
    return made;
}

bool secret_file_write(const char *path, const struct text *passphrase,
                       const struct secret_entry *entries, size_t count,
                       struct fault *fault)
{
    struct text file;
    text_init(&file, LONGEST);
    bool written =
        seal(&file, passphrase, entries, count, fault) && write_file(path, &file, fault);
    text_clear(&file);
    return written || fault_while(fault, "exporting the secrets");
}

static bool read_bytes(const char *path, struct text *file, struct fault *fault)
{
    char block[4096];
    size_t length;
    FILE *stream = fopen(path, "re");
    if (!stream)
        return file_fail(fault, "read", path);
    while ((length = fread(block, 1, sizeof block, stream)) > 0)
        text_add_bytes(file, block, length);
    bool read = !ferror(stream) || file_fail(fault, "read", path);
    fclose(stream);
    return read;
}

static bool refuse(const char *path, const char *what, const char *why,
                   struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "%s", what);
    fault_where(fault, "%s", path);
    return fault_why(fault, "%s", why);
}

static const char *take_word(struct arena *arena, const char **at, const char *end)
{
    const char *stop = memchr(*at, '\0', (size_t) (end - *at));
    if (!stop)
        return NULL;
    const char *word = arena_copy(arena, *at, (size_t) (stop - *at));
    *at = stop + 1;
    return word;
}

bool secret_file_parse(struct arena *arena, const char *bytes, size_t length,
                       struct secret_entry *entry)
{
    const char *at = bytes, *end = bytes + length;
    char *stop = NULL;
    entry->label = take_word(arena, &at, end);
    entry->source = entry->label ? take_word(arena, &at, end) : NULL;
    const char *made = entry->source ? take_word(arena, &at, end) : NULL;
    if (!made || !*made || !*entry->label)
        return false;
    entry->made_at_ms = strtoll(made, &stop, 10);
    entry->length = (size_t) (end - at);
    entry->bytes = arena_copy(arena, at, entry->length);
    return *stop == '\0' && entry->made_at_ms >= 0;
}

struct taking {
    struct arena *arena;
    struct secret_entry *entries;
    size_t count, room;
};

static bool take_entry(struct taking *taking, const unsigned char *plain, size_t length)
{
    if (taking->count == taking->room) {
        size_t room = 2 * taking->room + 16;
        struct secret_entry *wider = arena_alloc(taking->arena, room * sizeof *wider);
        if (taking->count > 0)
            memcpy(wider, taking->entries, taking->count * sizeof *wider);
        taking->entries = wider;
        taking->room = room;
    }
    return secret_file_parse(taking->arena, (const char *) plain, length,
                             &taking->entries[taking->count++]);
}

// Whether it was whole: every frame opened, the last one said that it is the last.
static bool open_frames(struct stream *stream, const unsigned char *at, size_t left,
                        struct taking *taking)
{
    unsigned char tag = 0;
    while (tag != STREAM_FINAL) {
        size_t length = left >= 4 ? get_number(at) : 0;
        unsigned long long plain_length = 0;
        if (length < STREAM_EXTRA || length > left - 4)
            return false;
        unsigned char *plain = arena_alloc(taking->arena, length);
        if (crypto_secretstream_xchacha20poly1305_pull(
                &stream->state, plain, &plain_length, &tag, at + 4, length, NULL, 0) != 0)
            return false;
        if (tag != STREAM_FINAL && !take_entry(taking, plain, (size_t) plain_length))
            return false;
        at += 4 + length;
        left -= 4 + length;
    }
    return left == 0;
}

static bool open_file(const char *path, const struct text *file,
                      const struct text *passphrase, struct taking *taking,
                      struct fault *fault)
{
    const unsigned char *head = (const unsigned char *) file->bytes;
    if (file->overflow || file->length < HEAD || memcmp(head, MAGIC, MAGIC_LENGTH) != 0) {
        refuse(path, "this is no export of pipster's secrets",
               "it does not begin as one does", fault);
        return fault_next(fault, "pipster secrets export FILE makes one");
    }
    struct stream *stream = new_stream();
    bool opened = derive(stream, passphrase, head, fault);
    if (opened) {
        opened = crypto_secretstream_xchacha20poly1305_init_pull(
                     &stream->state, head + HEAD - STREAM_HEAD, stream->key) == 0 &&
                 open_frames(stream, head + HEAD, file->length - HEAD, taking);
        if (!opened) {
            refuse(path, "the export cannot be opened",
                   "the passphrase is another, or the file was changed or cut off",
                   fault);
            fault_next(fault, "give the passphrase it was written with, or another copy");
        }
    }
    sodium_free(stream);
    return opened;
}

bool secret_file_read(const char *path, const struct text *passphrase,
                      struct arena *arena, struct secret_entry **entries, size_t *count,
                      struct fault *fault)
{
    struct text file;
    struct taking taking = {.arena = arena};
    text_init(&file, LONGEST);
    bool read = read_bytes(path, &file, fault) &&
                open_file(path, &file, passphrase, &taking, fault);
    text_clear(&file);
    *entries = read ? taking.entries : NULL;
    *count = read ? taking.count : 0;
    return read;
}
