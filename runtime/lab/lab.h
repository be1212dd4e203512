// SPDX-License-Identifier: MIT
//
// The lab on one machine: its network, its servers, its hosts. Everything it makes lies
// in DIRECTORY or is named in there, so that lab_sweep can take it away without the
// process that made it. Only caches stay. With driver none nothing here touches the
// machine.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "lab/driver.h"
#include "lab/names.h"

#define LAB_CACHE    "/var/cache/pipster/lab"
#define LAB_REGISTRY "registry.pipster.app:5000"

// A file of the binary: "stdlib/lab/root.sh", "examples/pipster-app/…".
struct lab_file {
    const char *path;
    const char *bytes;
    size_t length;
};

struct lab_settings {
    enum driver_kind driver;
    const char *directory;        // absolute
    const char *cache;            // NULL: LAB_CACHE
    const struct lab_file *files; // others than those two folders are passed over
    size_t file_count;
    const char *const *launcher; // as in driver.h
};

// In the foreground, before the daemon: keys, certificates, repositories, and for a first
// time the root file system and the images, which takes minutes. `line` hears of
// progress.
typedef void (*lab_line_fn)(void *context, const char *line);
bool lab_prepare(const struct lab_settings *settings, lab_line_fn line, void *context,
                 struct fault *fault) FAULT_CHECKED;

// In the daemon: the network, the servers and the driver. FAULT_LOCKED when another lab
// with hosts runs on this machine.
struct lab;
struct loop;
bool lab_open(struct lab **lab, const struct lab_settings *settings,
              struct fault *fault) FAULT_CHECKED;
// Takes everything down again, hosts first.
void lab_close(struct lab *lab);

struct driver *lab_driver(struct lab *lab);
// The records that the lab's DNS answers with; nothing with driver none.
bool lab_set_names(struct lab *lab, const char *const *zones,
                   const struct names_record *records, size_t count,
                   struct fault *fault) FAULT_CHECKED;
// Hosts that rebooted are started, servers that died too; what hosts did is kept for
// verbs_call's notices. lab_attach has the loop do it ten times a second.
void lab_watch(struct lab *lab);
void lab_attach(struct lab *lab, struct loop *loop);

// Takes down what lies in DIRECTORY, whoever started it; asks for no daemon. The folder
// itself stays, with its logs.
bool lab_sweep(const char *directory, struct fault *fault) FAULT_CHECKED;

// What `lab env` prints of it, as NAME=value lines: keys, resolver, authorities.
void lab_add_environment(const char *directory, enum driver_kind driver,
                         struct text *out);
// "dnsmasq running", one line each; nothing with driver none.
void lab_add_status(const char *directory, struct text *out);
