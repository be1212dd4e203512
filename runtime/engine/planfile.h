// SPDX-License-Identifier: MIT
//
// A saved plan: what was decided, so that `pipster apply` carries out that and nothing
// else. The file holds decisions and digests: addresses, actions, reasons, prices, short
// plain values for `pipster show`; of everything else only a digest. It is lines of JSON,
// the first with the version, the last with a checksum and the project's seal, which
// nobody without the project's key can make.
#pragma once

#include "base/text.h"
#include "engine/undo.h"

struct vault;

#define PLANFILE_VERSION 1

struct planfile_mark {
    const char *name;
    const char *digest; // NULL: there is nothing, or nothing that may be digested
};

struct planfile_marks {
    struct planfile_mark *items;
    size_t count;
};

struct planfile_field {
    const char *before, *after; // digests, as in a mark
    bool later;                 // it is known after apply only
};

// Something to do, a check, or something that was left out.
struct planfile_change {
    const struct change *change;         // of the plan
    const struct planfile_field *fields; // in step with the change's
    struct planfile_marks facts;         // what must still be as it was found
};

struct planfile {
    const char *id;
    int64_t made_at_ms;
    const char *who;     // "anna@laptop"
    const char *pipster; // the version that made it
    const char *project, *environment;
    // What is carried out; of an undo or a destroy the one whose guards hold, or NULL.
    const char *playbook;
    // NULL: the project had stored nothing yet. Then there was no key: digests are plain,
    // those of secrets are left out, and the file has no seal.
    const char *project_id;
    int64_t serial;               // of the state
    int64_t last_run;             // 0: none yet
    const struct value *options;  // as of the run: allow_destroy, except, only; or NULL
    struct planfile_marks code;   // every file that was evaluated, by name
    struct planfile_marks inputs; // that were asked for; no digest: no value was given
    const struct plan *plan;      // when read: as much of it as can be shown
    struct planfile_change *changes;
    size_t change_count;
    const struct undo_loss *losses; // what an undo cannot undo
    size_t loss_count;
    struct planfile_marks handlers; // "reload caddy on host/app"
    const char *checksum;           // when read
    const char *seal;               // when read; or NULL
};

// Beside and renamed, 0600. What has that name and is no saved plan is never replaced.
bool planfile_write(const char *path, const struct planfile *file,
                    const struct vault *vault, struct fault *fault) FAULT_CHECKED;
// Everything lives in the arena. A file that is cut, damaged, of a newer pipster or
// something else is a fault that says which.
bool planfile_read(struct arena *arena, const char *path, struct planfile *file,
                   struct fault *fault) FAULT_CHECKED;
// Whether it was made with this key and not changed since.
bool planfile_is_sealed(const struct planfile *file, const struct vault *vault);

const struct planfile_mark *planfile_find_mark(const struct planfile_marks *marks,
                                               const char *name);
// Sorts by name.
void planfile_sort_marks(struct planfile_marks *marks);
