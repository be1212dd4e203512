// SPDX-License-Identifier: MIT
//
// The hosts behind the lab's servers. One interface, three drivers:
//   own    overlay, namespaces, cgroups and systemd as PID 1: a real Debian host
//   light  the same without systemd: sshd alone, for many hosts at once
//   none   nothing runs; only the power state is kept
// All a host owns lies in DIRECTORY/hosts/ID, so that a lab can be swept by anyone who
// knows the directory. Each call takes some 50 ms at most, stops by force excepted.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

enum driver_kind { DRIVER_NONE, DRIVER_LIGHT, DRIVER_OWN };

bool driver_kind_parse(const char *word, enum driver_kind *kind,
                       struct fault *fault) FAULT_CHECKED;
const char *driver_kind_name(enum driver_kind kind);

enum driver_power { DRIVER_ABSENT, DRIVER_OFF, DRIVER_RUNNING };
const char *driver_power_name(enum driver_power power); // "absent", "off", "running"

struct driver_settings {
    enum driver_kind kind;
    const char *directory;          // the lab's, absolute
    const char *root;               // the unpacked root that hosts share
    const char *const *launcher;    // NULL-ended argv to which a host's folder is added;
                                    // it must end in launch_host (see launch.h)
    const char *const *authorities; // NULL-ended paths of PEM roots that hosts trust
    const char *registry; // "registry.example:5000", trusted by the first of them
};

// A file that a host finds, or is given while it runs.
struct driver_file {
    const char *path; // absolute, in the host
    mode_t mode;
    const char *content;
};

struct driver_host {
    int64_t id;
    const char *name;
    const char *hostname;
    const char *ip;
    int cores;
    double memory_gb;
    const char *image;
    const char *user_data;       // or NULL
    const char *const *ssh_keys; // public, NULL-ended, or NULL
    // Not a server: whatever the driver, it has no systemd but runs /usr/sbin/lab-init,
    // which is among its files. Its image is the lab's own, with what lies in the lab's
    // folder `tools`.
    bool is_appliance;
    const struct driver_file *files;
    size_t file_count;
};

struct driver_rule {
    bool inbound;
    const char *protocol;        // "tcp", "udp", "icmp", "esp", "gre"
    const char *port;            // "80", "80-85", "any", or NULL
    const char *const *networks; // NULL-ended; empty means everywhere
};

// A host that ended by itself, as driver_watch tells it.
typedef void (*driver_notice_fn)(void *context, int64_t id, const char *what);

struct driver;
bool driver_open(struct driver **driver, const struct driver_settings *settings,
                 struct fault *fault) FAULT_CHECKED;
// Removes every host first.
void driver_close(struct driver *driver);
enum driver_kind driver_kind(const struct driver *driver);

// Creates the host when its id is new, else only starts it; a running one stays as it is.
bool driver_start(struct driver *driver, const struct driver_host *host,
                  struct fault *fault) FAULT_CHECKED;
// Starts a host that is off, as it was created.
bool driver_power_on(struct driver *driver, int64_t id,
                     struct fault *fault) FAULT_CHECKED;
// `hard` cuts the power and waits; else the guest is asked, and goes off later.
bool driver_stop(struct driver *driver, int64_t id, bool hard,
                 struct fault *fault) FAULT_CHECKED;
bool driver_reset(struct driver *driver, int64_t id, struct fault *fault) FAULT_CHECKED;
bool driver_reboot(struct driver *driver, int64_t id, struct fault *fault) FAULT_CHECKED;
bool driver_resize(struct driver *driver, int64_t id, int cores, double memory_gb,
                   struct fault *fault) FAULT_CHECKED;
bool driver_remove(struct driver *driver, int64_t id, struct fault *fault) FAULT_CHECKED;
// Outside the guest. NULL lifts it; no rule at all lets nothing in.
bool driver_firewall(struct driver *driver, int64_t id, const struct driver_rule *rules,
                     size_t count, struct fault *fault) FAULT_CHECKED;
// Puts files into a host that runs, and tells its first process by SIGHUP.
bool driver_give(struct driver *driver, int64_t id, const struct driver_file *files,
                 size_t count, struct fault *fault) FAULT_CHECKED;
enum driver_power driver_status(struct driver *driver, int64_t id);
// The guest's PID 1 as the machine sees it, or 0.
pid_t driver_init(struct driver *driver, int64_t id);

// Looks after guests that ended: "reboot" was started again, "poweroff" is off now,
// "crash" too. To be called some ten times a second.
void driver_watch(struct driver *driver, driver_notice_fn notice, void *context);

// Ends and removes every host below DIRECTORY, whoever started it.
bool driver_sweep(const char *directory, struct fault *fault) FAULT_CHECKED;
