// SPDX-License-Identifier: MIT
//
// A frame is one compound command, so the shell runs nothing of it before its last line
// came. The script is one quoted word for eval in a subshell: its syntax errors and its
// exit end only that, and the shell, which may have read ahead, has nothing of it on its
// stdin. The nonce is in no variable and no argument vector (printf is a builtin).
#include "net/ssh_frame.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

// Before the begin marker only the end of the noise is worth keeping, for a message.
#define NOISE_LIMIT  ((size_t) 64 << 10)
#define MARKER_LIMIT 32

static const char environment[] =
    "unset ENV BASH_ENV CDPATH; LC_ALL=C; LANG=C; export LC_ALL LANG; umask 022; cd /\n"
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH\n";

void ssh_frame_nonce(char nonce[SSH_FRAME_NONCE_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[(SSH_FRAME_NONCE_SIZE - 1) / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t) sizeof bytes)
        abort();
    for (size_t i = 0; i < sizeof bytes; i++) {
        nonce[2 * i] = digits[bytes[i] >> 4];
        nonce[2 * i + 1] = digits[bytes[i] & 15];
    }
    nonce[SSH_FRAME_NONCE_SIZE - 1] = '\0';
}

static void add_quoted(struct text *out, const char *script, size_t length)
{
    const char *end = script + length;
    text_add_char(out, '\'');
    while (script < end) {
        const char *quote = memchr(script, '\'', (size_t) (end - script));
        const char *stop = quote ? quote : end;
        text_add_bytes(out, script, (size_t) (stop - script));
        if (quote)
            text_add(out, "'\\''");
        script = stop + (quote != NULL);
    }
    text_add_char(out, '\'');
}

void ssh_frame_write(struct text *out, const char *nonce, const char *script,
                     size_t length, bool first)
{
    text_add(out, "{\n");
    if (first)
        text_add(out, environment);
    text_format(out, "printf '%%s %%d\\n' %s \"$$\"; printf '%%s 0\\n' %s >&2\n(eval ",
                nonce, nonce);
    add_quoted(out, script, length);
    text_format(out,
                ") </dev/null\n"
                "printf '%%s %%d\\n' %s \"$?\"; printf '%%s 0\\n' %s >&2\n}\n",
                nonce, nonce);
}

void ssh_frame_init(struct ssh_frame *frame, const char *nonce, size_t ceiling)
{
    memset(frame, 0, sizeof *frame);
    memcpy(frame->nonce, nonce, SSH_FRAME_NONCE_SIZE);
    // Room for the markers, so that the ceiling is that of the output alone.
    text_init(&frame->text,
              (ceiling < 2 * NOISE_LIMIT ? 2 * NOISE_LIMIT : ceiling) + 256);
}

void ssh_frame_clear(struct ssh_frame *frame)
{
    text_clear(&frame->text);
}

// Of "NONCE number\n" what follows the nonce; what is no number is 0.
static long read_number(const char *at)
{
    long number = 0;
    at += *at == ' ';
    while (*at >= '0' && *at <= '9' && number < 100000000)
        number = number * 10 + (*at++ - '0');
    return number;
}

// Finds "NONCE number\n". `looked` moves to where one may still begin.
static bool find_marker(struct ssh_frame *frame, size_t *start, size_t *end, long *number)
{
    struct text *text = &frame->text;
    size_t nonce_length = SSH_FRAME_NONCE_SIZE - 1;
    char *found = memmem(text->bytes + frame->looked, text->length - frame->looked,
                         frame->nonce, nonce_length);
    if (!found) {
        size_t keep = text->length < nonce_length ? text->length : nonce_length - 1;
        if (text->length - keep > frame->looked)
            frame->looked = text->length - keep;
        return false;
    }
    frame->looked = (size_t) (found - text->bytes);
    size_t left = text->length - frame->looked;
    char *newline =
        memchr(found, '\n',
               left < nonce_length + MARKER_LIMIT ? left : nonce_length + MARKER_LIMIT);
    if (!newline)
        return false;
    *number = read_number(found + nonce_length);
    *start = frame->looked;
    *end = (size_t) (newline - text->bytes) + 1;
    return true;
}

static void cut_noise(struct ssh_frame *frame)
{
    if (frame->text.length < 2 * NOISE_LIMIT)
        return;
    size_t drop = frame->text.length - NOISE_LIMIT;
    drop = drop < frame->looked ? drop : frame->looked;
    text_drop(&frame->text, drop);
    frame->looked -= drop;
}

void ssh_frame_add(struct ssh_frame *frame, const char *bytes, size_t length)
{
    size_t start = 0, end = 0;
    if (frame->ended)
        return;
    text_add_bytes(&frame->text, bytes, length);
    if (!frame->begun) {
        if (!find_marker(frame, &start, &end, &frame->begin_number)) {
            cut_noise(frame);
            return;
        }
        text_drop(&frame->text, end);
        frame->begun = true;
        frame->looked = 0;
    }
    if (find_marker(frame, &start, &end, &frame->end_number)) {
        frame->ended = true;
        frame->text.length = start;
        frame->text.bytes[start] = '\0';
    }
}

// A line that ends before a marker was found is no part of one: there is no newline
// inside a nonce, and a whole nonce would have been found.
const char *ssh_frame_line(struct ssh_frame *frame, size_t *length)
{
    struct text *text = &frame->text;
    if (!frame->begun || frame->line >= text->length)
        return NULL;
    size_t from = frame->line_looked > frame->line ? frame->line_looked : frame->line;
    char *at = text->bytes + frame->line;
    char *newline = from < text->length
                        ? memchr(text->bytes + from, '\n', text->length - from)
                        : NULL;
    frame->line_looked = text->length;
    if (!newline && !frame->ended)
        return NULL;
    *length = newline ? (size_t) (newline - at) : text->length - frame->line;
    frame->line += *length + (newline != NULL);
    frame->line_looked = frame->line;
    return at;
}
