// SPDX-License-Identifier: MIT
//
// What a host prints around and between the markers, in any pieces: a byte 0x01 stands
// for the marker's nonce, which no input would hit on. The pieces change nothing, and the
// lines that are told are the output.
#include "net/ssh_frame.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NONCE   "0123456789abcdef0123456789abcdef"
#define CEILING ((size_t) 1 << 20)

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void read_in_pieces(struct ssh_frame *frame, const struct text *stream,
                           size_t size, struct text *told)
{
    ssh_frame_init(frame, NONCE, CEILING);
    for (size_t at = 0; at < stream->length; at += size) {
        size_t left = stream->length - at, length = 0;
        ssh_frame_add(frame, stream->bytes + at, left < size ? left : size);
        const char *line;
        while ((line = ssh_frame_line(frame, &length))) {
            text_add_bytes(told, line, length);
            text_add_char(told, '\n');
        }
    }
}

static void compare(const struct ssh_frame *one, const struct ssh_frame *other)
{
    require(one->begun == other->begun && one->ended == other->ended);
    if (one->begun)
        require(one->begin_number == other->begin_number);
    if (!one->ended)
        return;
    require(one->end_number == other->end_number);
    require(one->text.length == other->text.length);
    require(memcmp(one->text.bytes, other->text.bytes, one->text.length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    struct text stream, told, told_at_once;
    struct ssh_frame pieces, whole;
    if (length < 1 || length > 4096)
        return 0;
    text_init(&stream, 0);
    text_init(&told, 0);
    text_init(&told_at_once, 0);
    for (size_t i = 1; i < length; i++)
        if (input[i] == 1)
            text_add(&stream, NONCE);
        else
            text_add_char(&stream, (char) input[i]);
    read_in_pieces(&pieces, &stream, 1 + input[0] % 40, &told);
    read_in_pieces(&whole, &stream, stream.length + 1, &told_at_once);
    compare(&pieces, &whole);
    if (whole.ended) {
        require(strcmp(told.bytes, told_at_once.bytes) == 0);
        require(strncmp(told.bytes, whole.text.bytes, strlen(whole.text.bytes)) == 0);
    }
    ssh_frame_clear(&whole);
    ssh_frame_clear(&pieces);
    text_clear(&told_at_once);
    text_clear(&told);
    text_clear(&stream);
    return 0;
}
