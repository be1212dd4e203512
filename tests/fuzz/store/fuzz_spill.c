// SPDX-License-Identifier: MIT
//
// What a run left beside a database that it lost. Whatever stands there: it is taken in
// whole or not at all, once, and reaches nothing but what a run writes when something
// ended. Most bytes would be no JSON: so some stand for a whole word.
#include "store/spill.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "store/connection.h"
#include "store/migration.h"

#define PROJECT "0123456789abcdef"

static const char *const words[] = {
    "[[\"resource_put\",\"a\",\"b\",null,null,null,1,0,null,null,\"[]\",1",
    "[\"resource_remove\",\"a\"",
    "[\"step_finish\",1,\"done\",null,2",
    "[\"step_note\",1,\"{}\"",
    "[\"run_end\",1,\"done\",2",
    "[\"handler_owe\",\"h\",\"n\",\"c\",\"s\",1",
    "[\"handler_clear\",\"h\",\"n\"",
    "[\"serial_raise\"]",
    "]]\n",
    ",null,null,0,null]",
};
#define WORDS (sizeof words / sizeof *words)

// All rows there are, and those that no spill may make or remove.
#define ROWS                                                                            \
    "SELECT (SELECT count(*) FROM resource) + (SELECT count(*) FROM handler) + "        \
    "(SELECT count(*) FROM setting) + (SELECT sum(value) FROM meta WHERE key = 'serial')"
#define OUT_OF_REACH                                                                    \
    "SELECT (SELECT count(*) FROM secret WHERE sealed = x'ab') + 10 * "                 \
    "(SELECT count(*) FROM run WHERE verb = 'run') + 100 * (SELECT count(*) FROM step "  \
    "WHERE address = 'a') + 1000 * (SELECT count(*) FROM meta WHERE key = 'project_id' " \
    "AND value = '" PROJECT "') + 10000 * (SELECT count(*) FROM setting WHERE key NOT "  \
    "LIKE 'spill/%') + 100000 * (SELECT count(*) FROM used_plan)"
#define FILLED                                                                          \
    "UPDATE meta SET value = '" PROJECT "' WHERE key = 'project_id';"                    \
    "INSERT INTO run (verb, outcome, begun_at_ms) VALUES ('run', 'open', 1);"           \
    "INSERT INTO step (run, address, type, action, outcome, begun_at_ms)"               \
    "  VALUES (1, 'a', 'b', 'create', 'open', 1);"                                      \
    "INSERT INTO secret (label, sealed) VALUES ('s', x'ab');"                           \
    "INSERT INTO resource (address, type, created_by_us, changed_at_ms)"                \
    "  VALUES ('a', 'b', 1, 1);"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static int64_t number(struct connection *connection, const char *sql)
{
    struct fault fault = {0};
    int64_t found = 0;
    require(connection_number(connection, sql, &found, &fault));
    return found;
}

// In memory, made once and copied each time.
static struct connection *make_filled(void)
{
    struct fault fault = {0};
    struct connection *file = NULL, *filled = NULL;
    char path[] = "/tmp/fuzz_spill.XXXXXX";
    int made = mkstemp(path);
    require(made >= 0 && connection_open(&file, path, &fault) &&
            migration_apply(file, 0, &fault) && connection_run(file, FILLED, &fault) &&
            connection_open_copy(&filled, file, &fault));
    connection_close(file);
    close(made);
    unlink(path);
    return filled;
}

static void write_text(struct text *text, const uint8_t *bytes, size_t length)
{
    if (length > 0 && bytes[0] != '{')
        text_format(text,
                    "{\"id\":\"x\",\"pipster_spill\":1,\"project\":\"" PROJECT
                    "\",\"version\":%d}\n",
                    MIGRATION_NEWEST);
    for (size_t i = 0; i < length; i++) {
        size_t word = (size_t) bytes[i] - 0x80;
        if (bytes[i] >= 0x80 && word < WORDS)
            text_add(text, words[word]);
        else
            text_add_char(text, (char) bytes[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct connection *filled;
    struct connection *connection = NULL;
    struct fault fault = {0};
    struct text text;
    if (filled == NULL)
        filled = make_filled();
    text_init(&text, 0);
    write_text(&text, bytes, length);
    require(connection_open_copy(&connection, filled, &fault));
    const int64_t before = number(connection, ROWS);
    const int64_t fixed = number(connection, OUT_OF_REACH);
    if (spill_take_in(connection, text.bytes, text.length, "the file", &fault)) {
        require(text.bytes[text.length - 1] == '\n');
        require(memchr(text.bytes, '\0', text.length) == NULL);
        const int64_t after = number(connection, ROWS);
        require(spill_take_in(connection, text.bytes, text.length, "it", &fault));
        require(number(connection, ROWS) == after);
    } else {
        require(fault_is_set(&fault) && fault.what[0]);
        require(!connection_in_transaction(connection));
        require(number(connection, ROWS) == before);
    }
    require(number(connection, OUT_OF_REACH) == fixed);
    connection_close(connection);
    text_clear(&text);
    return 0;
}
