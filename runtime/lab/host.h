// SPDX-License-Identifier: MIT
//
// One host of the drivers that run something: its folder before the first start, its
// launcher, its end. driver.c keeps the table and decides; this does.
#pragma once

#include "base/arena.h"
#include "lab/driver.h"

struct host {
    int64_t id;
    struct arena arena; // of what `made` points to
    struct driver_host made;
    const char *folder;
    enum driver_power power;
    pid_t launcher; // 0 while off
};

// Copies what the caller borrows us.
struct host *host_new(const char *directory, const struct driver_host *made);
void host_free(struct host *host);

// Writes the folder: overlay, identity, trust, what the cloud tells the guest. `made` is
// what it was made new from, with its files.
bool host_create(struct host *host, const struct driver_host *made,
                 const struct driver_settings *settings,
                 struct fault *fault) FAULT_CHECKED;
bool host_launch(struct host *host, const struct driver_settings *settings,
                 struct fault *fault) FAULT_CHECKED;
// The guest's PID 1, or 0.
pid_t host_init(const struct host *host);
// Cuts the power and waits for the end.
void host_kill(struct host *host);
// The status of a launcher that has ended by itself; false while it lives.
bool host_has_ended(struct host *host, int *status);

// Ends what runs in FOLDER, whoever started it, and takes cable, groups and folder away.
bool host_erase(const char *folder, int64_t id, struct fault *fault) FAULT_CHECKED;
// The same, but the folder is out of the way at once and goes by and by.
bool host_bury(const char *folder, int64_t id, struct fault *fault) FAULT_CHECKED;
