// SPDX-License-Identifier: MIT
//
// What the tests of script/ share: a script over the fixture stdlib, a playbook from
// text.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/http.h"
#include "net/loop.h"
#include "script/script.h"

struct fixture {
    char folder[64]; // the project, removed at the end
    struct loop *loop;
    struct script *script;
    struct script *server; // answers requests of the other, or NULL
    struct script_options options;
    struct map inputs;
    struct arena arena;
    struct resource_set set;
    struct fault fault;
};

static inline void fixture_write(const struct fixture *fixture, const char *name,
                                 const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/playbooks/%s.lua", fixture->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline void fixture_open(struct fixture *fixture)
{
    char command[256];
    memset(fixture, 0, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/pipster-script-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(command, sizeof command, "mkdir %s/playbooks", fixture->folder);
    assert_int_equal(system(command), 0);
    arena_init(&fixture->arena, 0);
    map_init(&fixture->inputs);
    fixture->loop = loop_new();
    fixture->options.loop = fixture->loop;
    fixture->options.inputs = &fixture->inputs;
    fixture->options.project_root = fixture->folder;
    fixture->options.stdlib_root = "tests/unit/script/stdlib";
    fixture->options.project_id = "0123456789abcdef";
}

static inline void fixture_start(struct fixture *fixture)
{
    if (!script_open(&fixture->script, &fixture->options, &fixture->fault)) {
        fail_msg("%s: %s", fixture->fault.where, fixture->fault.what);
    }
}

static inline void fixture_close(struct fixture *fixture)
{
    char command[256];
    script_close(fixture->script);
    script_close(fixture->server); // still there when a test failed: its loop has no end
    http_close(fixture->options.http);
    while (loop_turn(fixture->loop)) {
    }
    loop_free(fixture->loop);
    map_clear(&fixture->inputs);
    arena_clear(&fixture->arena);
    snprintf(command, sizeof command, "rm -rf %s", fixture->folder);
    assert_int_equal(system(command), 0);
}

// Evaluates the text as playbooks/main.lua.
static inline bool fixture_run(struct fixture *fixture, const char *text)
{
    if (fixture->script != NULL) {
        script_close(fixture->script);
        fixture->script = NULL;
    }
    fixture_start(fixture);
    fixture_write(fixture, "main", text);
    fault_clear(&fixture->fault);
    return script_run_playbook(fixture->script, "playbooks/main.lua", &fixture->arena,
                               &fixture->set, &fixture->fault);
}

static inline void fixture_run_well(struct fixture *fixture, const char *text)
{
    if (!fixture_run(fixture, text)) {
        fail_msg("%s: %s (%s)", fixture->fault.where, fixture->fault.what,
                 fixture->fault.why);
    }
}

// The text must fail at the line, with the words in `what`, `why` or `next`.
static inline void fixture_run_ill(struct fixture *fixture, const char *text,
                                   const char *where, const char *words)
{
    struct fault *fault = &fixture->fault;
    if (fixture_run(fixture, text)) {
        fail_msg("ran well: %s", text);
    }
    if (strstr(fault->where, where) == NULL) {
        fail_msg("where is \"%s\", not %s; what: %s", fault->where, where, fault->what);
    }
    if (strstr(fault->what, words) == NULL && strstr(fault->why, words) == NULL &&
        strstr(fault->next, words) == NULL) {
        fail_msg("\"%s\" is not in: %s | %s | %s", words, fault->what, fault->why,
                 fault->next);
    }
}

static inline const struct resource *fixture_find(const struct fixture *fixture,
                                                  const char *address)
{
    const struct resource *found = resource_find(&fixture->set, address);
    if (found == NULL) {
        fail_msg("%s is not declared", address);
    }
    return found;
}

static int fixture_setup(void **state)
{
    struct fixture *fixture = malloc(sizeof *fixture);
    fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int fixture_teardown(void **state)
{
    fixture_close(*state);
    free(*state);
    return 0;
}

#define FIXTURE_TEST(function)                                                           \
    cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
