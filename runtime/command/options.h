// SPDX-License-Identifier: MIT
//
// The command line as a struct. Flags may stand before or after the verb; "--" ends them.
// Other tools' spellings (-auto-approve, --target …) are answered with ours.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"

struct options {
    const char *verb;   // NULL: none was given
    const char **words; // what stands behind the verb
    size_t word_count;
    size_t own_count;   // of these, those before "--": the rest is a command

    const char *directory;   // -C, --chdir
    const char *environment; // -e, --env; "default", or "lab" with --lab
    bool lab;                // --lab or PIPSTER_LAB=1
    bool json;
    bool yes;
    bool no_color;
    bool verbose;
    bool quiet;
    bool timing;
    bool move_tip;           // --move-tip
    bool detailed_exitcode;
    bool only_new;           // --only-new
    bool accept_revenue;     // --accept-revenue
    bool refresh;            // --refresh
    bool help;
    bool non_interactive;    // --non-interactive, CI, or stdin is no terminal
    bool baseline;           // --baseline
    bool accept_new;         // --accept-new: host keys seen for the first time
    bool key_backed_up;      // --key-backed-up
    bool resume;             // --resume
    bool diff;               // --diff
    bool follow;             // -f, --follow
    const char *stdlib;      // --stdlib DIR
    const char **variables;  // --var NAME=VALUE and PIPSTER_VAR_NAME
    size_t variable_count;
    const char **allow_destroy;
    size_t allow_destroy_count;
    const char **only; // as said: what stands in @FILE is not looked up yet
    size_t only_count;
    const char **except;
    size_t except_count;
    int parallel;            // --parallelism
    int limit;               // --limit; 0: all
    int hours;               // --hours; 0: a month
    int serial;              // --serial; 0: not said
    const char *out;         // --out FILE
    const char *override;    // --override REASON
    const char *project_id;  // --project-id
    const char *passphrase_file; // --passphrase-file
    const char *at;          // --at
    const char *by;          // --by
    const char *currency;    // --currency
    const char *mrr;         // --mrr
    const char *customers;   // --customers
    const char *growth;      // --growth
    const char *months;      // --months
    const char *svg;         // --svg FILE
    const char **assume;     // --assume NAME=VALUE
    size_t assume_count;
    const char *html;        // --html FILE
    const char *revenue;     // --revenue
    const char *state;       // --state FILE
    const char *format;      // --format: "markdown", "github"; "json" sets json
    const char *timeout;     // --timeout
    const char *since;       // --since
    const char *lines;       // -n, --lines
    // pipster lab
    const char *lab_directory; // --dir
    const char *lab_driver;    // --driver
    const char *lab_stock;     // --stock
    int lab_port;              // --port
};

// FAULT_USAGE names the flag and the nearest known one.
bool options_parse(struct options *options, struct arena *arena, int argc, char **argv,
                   struct fault *fault) FAULT_CHECKED;
