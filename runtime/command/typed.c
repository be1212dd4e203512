// SPDX-License-Identifier: MIT
#include "command/typed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/redact.h"

#define LONGEST  ((size_t) 128 << 10)
#define CTRL_C   '\x03'
#define SHORTEST ((size_t) 12) // of a passphrase

static bool read_descriptor(int descriptor, struct text *out)
{
    char block[4096];
    ssize_t length;
    while ((length = read(descriptor, block, sizeof block)) > 0)
        text_add_bytes(out, block, (size_t) length);
    explicit_bzero(block, sizeof block);
    return length == 0;
}

static bool read_line(struct text *out)
{
    char byte = '\0';
    ssize_t length;
    while ((length = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n' && byte != CTRL_C)
        text_add_char(out, byte);
    return length == 1 && byte != CTRL_C;
}

// Ctrl-C and Ctrl-Z come as bytes, so that the terminal is never left without its echo;
// the prompt comes when nothing is shown any more.
static bool type_line(const char *question, struct text *out, struct fault *fault)
{
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return fault_set(fault, FAULT_ERROR, "the terminal cannot be read");
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t) (ECHO | ISIG);
    hidden.c_lflag |= ECHONL;
    hidden.c_cc[VEOL] = CTRL_C;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    redact_write(stderr, question, strlen(question));
    fputs(": ", stderr);
    fflush(stderr);
    bool typed = read_line(out);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    return typed ||
           fault_set(fault, FAULT_INTERRUPTED, "interrupted: nothing was changed");
}

bool typed_value(const struct options *options, const char *question, struct text *out,
                 struct fault *fault)
{
    (void) options;
    text_init(out, LONGEST);
    if (isatty(STDIN_FILENO) == 1)
        return type_line(question, out, fault);
    if (read_descriptor(STDIN_FILENO, out))
        return true;
    fault_set(fault, FAULT_ERROR, "stdin cannot be read");
    return fault_why(fault, "%s", strerror(errno));
}

static bool read_file(const char *path, struct text *out, struct fault *fault)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    bool read = descriptor >= 0 && read_descriptor(descriptor, out);
    if (!read) {
        fault_set(fault, FAULT_USAGE, "the passphrase cannot be read from %s", path);
        fault_why(fault, "%s", strerror(errno));
    }
    if (descriptor >= 0)
        close(descriptor);
    char *end = memchr(out->bytes, '\n', out->length);
    if (end) {
        out->length = (size_t) (end - out->bytes);
        *end = '\0';
    }
    return read;
}

static bool type_twice(bool twice, struct text *out, struct fault *fault)
{
    struct text again;
    if (!type_line("Passphrase", out, fault))
        return false;
    if (!twice)
        return true;
    text_init(&again, LONGEST);
    bool same = type_line("The same again", &again, fault);
    if (same && strcmp(again.bytes, out->bytes) != 0)
        same = fault_set(fault, FAULT_USAGE, "the two passphrases differ");
    text_clear(&again);
    return same;
}

bool typed_passphrase(const struct options *options, bool twice, struct text *out,
                      struct fault *fault)
{
    const char *given = getenv("PIPSTER_PASSPHRASE");
    bool taken = true;
    text_init(out, LONGEST);
    if (options->passphrase_file) {
        taken = read_file(options->passphrase_file, out, fault);
    } else if (given && *given) {
        text_add(out, given);
    } else if (options->non_interactive) {
        fault_set(fault, FAULT_USAGE, "nobody can be asked for the passphrase here");
        return fault_next(fault, "--passphrase-file FILE, or PIPSTER_PASSPHRASE");
    } else {
        taken = type_twice(twice, out, fault);
    }
    if (taken && twice && out->length < SHORTEST) {
        fault_set(fault, FAULT_USAGE, "the passphrase is too short");
        return fault_why(fault,
                         "it has %zu bytes, and %zu are the least: all secrets are "
                         "behind it",
                         out->length, SHORTEST);
    }
    if (taken)
        redact_add(out->bytes, out->length);
    return taken;
}
