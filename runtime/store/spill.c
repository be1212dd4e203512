// SPDX-License-Identifier: MIT
//
// A line says how the file is to be read, and for which project; each line after it is a
// transaction: its statements by name, with their parameters. Only what a run writes when
// something ended has a name here, so that a file of another origin could do no more.
#include "store/spill.h"

#include "base/text.h"
#include "store/file.h"
#include "store/heap.h"
#include "store/migration.h"
#include "store/query.h"
#include "store/secret.h"
#include "store/transaction.h"
#include "value/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST (256 << 20) // bytes of a file that is read

static const struct {
    const char *name;
    enum statement_id id;
} names[] = {
    {"handler_clear", STATEMENT_HANDLER_CLEAR},
    {"handler_owe", STATEMENT_HANDLER_OWE},
    {"measurement_put", STATEMENT_MEASUREMENT_PUT},
    {"measurement_take", STATEMENT_MEASUREMENT_TAKE},
    {"resource_put", STATEMENT_RESOURCE_PUT},
    {"resource_remove", STATEMENT_RESOURCE_REMOVE},
    {"run_end", STATEMENT_RUN_END},
    {"serial_raise", STATEMENT_SERIAL_RAISE},
    {"step_finish", STATEMENT_STEP_FINISH},
    {"step_note", STATEMENT_STEP_NOTE},
};
#define NAMES (sizeof names / sizeof *names)

static const char *name_of(enum statement_id id)
{
    for (size_t i = 0; i < NAMES; i++)
        if (names[i].id == id)
            return names[i].name;
    return NULL;
}

static bool can_be_spilled(const struct transaction *transaction)
{
    bool can = transaction->first != NULL;
    for (const struct statement *each = transaction->first; each && can;
         each = each->next)
        can = name_of(each->id) != NULL;
    return can;
}

static const struct value *parameter_value(struct arena *arena,
                                           const struct parameter *parameter)
{
    switch (parameter->kind) {
    case PARAMETER_INTEGER:
        return value_integer(arena, parameter->integer);
    case PARAMETER_NUMBER:
        return value_number(arena, parameter->number);
    case PARAMETER_TEXT:
        return value_string(arena, parameter->bytes, parameter->length);
    case PARAMETER_BLOB:
    case PARAMETER_NULL:
        break;
    }
    return value_null();
}

static const struct value *statement_value(struct arena *arena,
                                           const struct statement *statement)
{
    const struct value *parts[STATEMENT_PARAMETERS + 1];
    parts[0] = value_text(arena, name_of(statement->id));
    for (size_t i = 0; i < statement->count; i++)
        parts[i + 1] = parameter_value(arena, &statement->parameters[i]);
    return value_list(arena, parts, statement->count + 1);
}

static void add_line(struct text *text, const struct value *value)
{
    json_write(text, value, NULL, NULL);
    text_add_char(text, '\n');
}

static void add_transaction(struct text *text, const struct transaction *transaction)
{
    struct arena arena;
    size_t count = 0;
    arena_init(&arena, 0);
    for (const struct statement *each = transaction->first; each; each = each->next)
        count++;
    const struct value **statements = arena_alloc(&arena, count * sizeof *statements);
    count = 0;
    for (const struct statement *each = transaction->first; each; each = each->next)
        statements[count++] = statement_value(&arena, each);
    add_line(text, value_list(&arena, statements, count));
    arena_clear(&arena);
}

static void add_header(struct text *text, struct database *database)
{
    struct arena arena;
    char id[17];
    arena_init(&arena, 0);
    secret_random_hex(id, 8);
    const struct value_entry entries[] = {
        {"id", value_text(&arena, id)},
        {"pipster_spill", value_integer(&arena, 1)},
        {"project", value_text(&arena, database->project_id)},
        {"version", value_integer(&arena, MIGRATION_NEWEST)},
    };
    add_line(text, value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

static bool write_file(const char *path, const struct text *text, struct fault *fault)
{
    if (!file_create(path, true, fault))
        return false;
    int file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return file_fail(fault, "open", path);
    size_t done = 0;
    while (done < text->length) {
        ssize_t written = write(file, text->bytes + done, text->length - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            break;
        done += (size_t) written;
    }
    bool whole = done == text->length || file_fail(fault, "write", path);
    close(file);
    return whole;
}

bool spill_write(struct database *database, const char *path, size_t *count,
                 struct fault *fault)
{
    struct text text;
    *count = 0;
    text_init(&text, 0);
    add_header(&text, database);
    for (const struct transaction *each = database->lost; each; each = each->next) {
        if (!can_be_spilled(each))
            continue;
        add_transaction(&text, each);
        (*count)++;
    }
    char *beside = heap_join(path, ".new");
    unlink(beside);
    bool done = *count == 0 || (write_file(beside, &text, fault) &&
                                file_publish(beside, path, NULL, fault));
    if (!done)
        unlink(beside);
    free(beside);
    text_clear(&text);
    return done;
}

static bool read_file(const char *path, struct text *text, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char block[1 << 14];
    ssize_t length;
    if (file < 0)
        return file_fail(fault, "open", path);
    while ((length = read(file, block, sizeof block)) > 0)
        text_add_bytes(text, block, (size_t) length);
    bool read = length == 0 || file_fail(fault, "read", path);
    close(file);
    return read;
}

static bool refuse(const char *path, const char *why, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR,
              "what an earlier run left beside the state cannot be "
              "taken in");
    fault_where(fault, "%s", path);
    fault_why(fault, "%s", why);
    return fault_next(fault,
                      "move the file away to go on without it: what it tells of is "
                      "then asked of the world");
}

static void bind(struct statement *statement, const struct value *value)
{
    if (value->kind == VALUE_INTEGER)
        statement_add_integer(statement, value->integer);
    else if (value->kind == VALUE_NUMBER)
        statement_add_number(statement, value->number);
    else
        statement_add_text(statement,
                           value->kind == VALUE_STRING ? value->string.bytes : NULL);
}

static bool read_statement(struct arena *arena, const struct value *parts,
                           struct statement *statement)
{
    bool listed = parts->kind == VALUE_LIST && parts->list.count > 0 &&
                  parts->list.count <= STATEMENT_PARAMETERS + 1 &&
                  parts->list.items[0]->kind == VALUE_STRING;
    for (size_t i = 0; listed && i < NAMES; i++) {
        if (strcmp(names[i].name, parts->list.items[0]->string.bytes) != 0)
            continue;
        statement_init(statement, names[i].id, arena);
        statement->may_miss = true;
        for (size_t k = 1; k < parts->list.count; k++)
            bind(statement, parts->list.items[k]);
        return true;
    }
    return false;
}

static bool carry_out(struct connection *connection, struct arena *arena,
                      const struct value *transaction, const char *path,
                      struct fault *fault)
{
    for (size_t i = 0; i < transaction->list.count; i++) {
        struct statement statement;
        if (!read_statement(arena, transaction->list.items[i], &statement))
            return refuse(path, "it holds what no run leaves there", fault);
        if (!connection_execute(connection, &statement, fault))
            return false;
    }
    return true;
}

// Whether this spill was taken in before; else it is from now on.
static bool note_taken(struct connection *connection, struct arena *arena, const char *id,
                       bool *known, struct fault *fault)
{
    struct statement statement;
    struct query query;
    const char *key = arena_format(arena, "spill/%s", id);
    statement_init(&statement, STATEMENT_SETTING_GET, arena);
    statement_add_text(&statement, key);
    if (!query_start(&query, connection, &statement, fault))
        return false;
    *known = query_next(&query);
    if (!query_end(&query, fault))
        return false;
    if (*known)
        return true;
    statement_init(&statement, STATEMENT_SETTING_PUT, arena);
    statement_add_text(&statement, key);
    statement_add_text(&statement, "taken in");
    return connection_execute(connection, &statement, fault);
}

// What is not read yet.
struct rest {
    const char *bytes;
    size_t length;
};

// The next line as a value.
static bool next_line(struct arena *arena, struct rest *rest, const struct value **value,
                      struct fault *fault)
{
    const char *start = rest->bytes, *end = memchr(start, '\n', rest->length);
    if (end == NULL)
        return fault_set(fault, FAULT_ERROR, "its last line is cut off");
    size_t length = (size_t) (end - start);
    rest->bytes += length + 1;
    rest->length -= length + 1;
    return json_read(arena, start, length, value, fault);
}

static bool check_header(struct connection *connection, struct arena *arena,
                         const struct value *header, const char *path,
                         struct fault *fault)
{
    struct statement statement;
    struct query query;
    statement_init(&statement, STATEMENT_META_GET, arena);
    statement_add_text(&statement, "project_id");
    if (!query_start(&query, connection, &statement, fault))
        return false;
    const char *project = query_next(&query) ? query_text(&query, 0, arena) : NULL;
    if (!query_end(&query, fault))
        return false;
    const char *theirs = value_find_text(header, "project", "");
    if (value_find_integer(header, "pipster_spill", 0) != 1 ||
        value_find_text(header, "id", NULL) == NULL)
        return refuse(path, "it is no such file", fault);
    if (project == NULL || strcmp(project, theirs) != 0)
        return refuse(path, "it is of another project", fault);
    if (value_find_integer(header, "version", 0) != MIGRATION_NEWEST)
        return refuse(path, "a pipster of another version wrote it, which can take it in",
                      fault);
    return true;
}

static bool replay(struct connection *connection, struct arena *arena,
                   struct rest rest, const char *path, struct fault *fault)
{
    const struct value *line = NULL;
    bool known = false;
    if (rest.length == 0 || !next_line(arena, &rest, &line, fault))
        return refuse(path, "it is no such file", fault);
    if (!check_header(connection, arena, line, path, fault) ||
        !note_taken(connection, arena, value_find_text(line, "id", ""), &known, fault))
        return false;
    while (!known && rest.length > 0) {
        if (!next_line(arena, &rest, &line, fault) || line == NULL ||
            line->kind != VALUE_LIST)
            return refuse(path, "a line of it cannot be read", fault);
        if (!carry_out(connection, arena, line, path, fault))
            return false;
    }
    return true;
}

bool spill_take_in(struct connection *connection, const char *bytes, size_t length,
                   const char *path, struct fault *fault)
{
    struct arena arena;
    const struct rest rest = {bytes, length};
    if (!connection_step(connection, STATEMENT_BEGIN, fault))
        return false;
    arena_init(&arena, 0);
    bool done = replay(connection, &arena, rest, path, fault) &&
                connection_step(connection, STATEMENT_COMMIT, fault);
    if (!done)
        connection_rollback(connection);
    arena_clear(&arena);
    return done;
}

bool spill_replay(struct connection *connection, const char *path, struct fault *fault)
{
    struct text text;
    text_init(&text, LONGEST);
    bool done = read_file(path, &text, fault) &&
                spill_take_in(connection, text.bytes, text.length, path, fault);
    text_clear(&text);
    return done || fault_while(fault, "taking in what an earlier run left");
}
