// SPDX-License-Identifier: MIT
//
// Scripts over the one shell kept open on a session: one round trip each. The script is
// POSIX sh, received whole before any of it runs (a cut one never runs in part), runs as
// root (through sudo where the login is another) in / with stdin from /dev/null,
// LC_ALL=C, a full PATH and umask 022, in a subshell of its own, so that neither `exit`
// nor a syntax error ends the kept shell. Nothing of it is ever in an argument vector.
//
// Answers are framed by a random marker; what the login shell prints by itself, and a
// line that looks like a marker, are told apart.
#pragma once

#include "net/ssh.h"

struct ssh_result {
    int status;         // exit status; valid only without fault
    const char *signal; // "KILL", or NULL
    const char *output; // stdout: any bytes, NUL-ended
    size_t length;
    const char *errors; // stderr
    size_t errors_length;
    int64_t ms;
};

struct ssh_script {
    const char *text;
    size_t length;
    int64_t timeout_ms; // 0: 10 minutes
    size_t ceiling;     // of the output; 0: 128 MiB
    // Told of each whole line of stdout as it comes; may be NULL.
    void (*line)(void *context, const char *line, size_t length);
};

// The script is copied (and wiped after it was sent). A connection lost in the middle
// ends with FAULT_UNREACHABLE and what was read until then. At the timeout or the ceiling
// the script's processes are ended on the host; where that is not sure, the connection is
// dropped too (ssh_is_alive).
typedef void (*ssh_exec_fn)(void *context, const struct ssh_result *result,
                            const struct fault *fault);
void ssh_exec(struct ssh *ssh, const struct ssh_script *script, ssh_exec_fn done,
              void *context);
