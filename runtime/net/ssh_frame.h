// SPDX-License-Identifier: MIT
//
// How a script goes to the kept shell and how its answer is cut out of a stream: between
// two lines of a random marker that the script cannot know. Stdout and stderr each carry
// both.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define SSH_FRAME_NONCE_SIZE 33

// 128 random bits as text.
void ssh_frame_nonce(char nonce[SSH_FRAME_NONCE_SIZE]);

// What is written to the shell. The first one on a shell sets its environment.
void ssh_frame_write(struct text *out, const char *nonce, const char *script,
                     size_t length, bool first);

struct ssh_frame {
    struct text text; // before `begun`: noise; then the output
    char nonce[SSH_FRAME_NONCE_SIZE];
    size_t looked;      // the end marker does not begin before this
    size_t line;        // where the line begins that was not told yet
    size_t line_looked; // it does not end before this
    bool begun;
    bool ended;
    long begin_number; // the shell's process
    long end_number;   // the exit status
};

void ssh_frame_init(struct ssh_frame *frame, const char *nonce, size_t ceiling);
void ssh_frame_clear(struct ssh_frame *frame);
// What comes behind the end is dropped.
void ssh_frame_add(struct ssh_frame *frame, const char *bytes, size_t length);
// The next whole line not told yet; at the end also one without its newline. NULL: none.
const char *ssh_frame_line(struct ssh_frame *frame, size_t *length);
