// SPDX-License-Identifier: MIT
//
// A project: the folder that holds pipster.lua (settings), playbooks/ and .pipster/
// (state, cache; 0700), found upwards from where the command was given. Without a
// pipster.lua the folder itself is one, with defaults.
#pragma once

#include "base/map.h"
#include "command/options.h"
#include "engine/engine.h"

struct project {
    const char *root;           // absolute
    const char *name;
    const char *environment;
    const char *currency;       // "EUR"
    const struct value *settings; // what pipster.lua returned; an empty map without one
    struct map inputs;          // flag > environment > file
    const char *state_path;     // the folder of the three below
    const char *database_path;
    const char *lock_path;
    const char *cache_path;
    const char *unpacked;       // the folder of an exported state (--state), or NULL
    const char *lab_directory;
    int64_t revert_after_ms;    // of the dead man's switch of a risky step
    struct resource_budget *budget; // of pipster.lua, or NULL
    struct engine_limit *limits;    // of pipster.lua
    size_t limit_count;
    struct engine_rate *rates;
    size_t rate_count;
    const char *vat;            // "19%", or NULL: only net sums are told
    const char *rates_stale;    // why nobody should rely on them any more, or NULL
};

// With --lab the variables of the running lab are put into the environment first.
bool project_open(struct project *project, struct arena *arena,
                  const struct options *options, struct fault *fault) FAULT_CHECKED;
void project_close(struct project *project);

// Makes .pipster/ where it is missing, with a .gitignore of its own.
bool project_make_folders(const struct project *project,
                          struct fault *fault) FAULT_CHECKED;

// "playbooks/phase1.lua" as seen from the root, whatever the current folder is.
bool project_playbook(const struct project *project, struct arena *arena,
                      const char *word, const char **path,
                      struct fault *fault) FAULT_CHECKED;

// The map that the stdlib sees as `settings`.
const struct value *project_settings(const struct project *project,
                                            struct arena *arena, const char *project_id,
                                            const struct options *options);
