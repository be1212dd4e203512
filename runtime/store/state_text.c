// SPDX-License-Identifier: MIT
#include "store/state_text.h"

#include "value/address.h"
#include "value/json.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS 16

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text ? value_text(arena, text) : NULL;
}

static const struct value *flag_or_null(bool flag)
{
    return flag ? value_bool(true) : NULL;
}

static const struct value *needs_of(struct arena *arena, const struct record *record)
{
    const struct value **items =
        arena_alloc(arena, (record->need_count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < record->need_count; i++)
        items[i] = value_text(arena, record->needs[i]);
    return record->need_count > 0 ? value_list(arena, items, record->need_count) : NULL;
}

static const struct value *value_of(struct arena *arena, const struct record *record)
{
    const struct value_entry entries[] = {
        {"address", value_text(arena, record->address)},
        {"type", value_text(arena, record->type)},
        {"host", text_or_null(arena, record->host)},
        {"playbook", text_or_null(arena, record->playbook)},
        {"incarnation", text_or_null(arena, record->incarnation)},
        {"stage", text_or_null(arena, record->stage)},
        {"tags", record->tags},
        {"ignore", record->ignore},
        {"restarts", record->restarts},
        {"reloads", record->reloads},
        {"phase", record->phase ? value_integer(arena, record->phase) : NULL},
        {"created_by_us", flag_or_null(record->created_by_us)},
        {"protected", flag_or_null(record->protect)},
        {"wanted", record->wanted},
        {"attributes", record->attributes},
        {"needs", needs_of(arena, record)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static const struct value *measured_value(struct arena *arena,
                                          const struct record_measurement *measured)
{
    const struct value_entry entries[] = {
        {"address", value_text(arena, measured->address)},
        {"name", value_text(arena, measured->name)},
        {"value", value_number(arena, measured->value)},
        {"unit", text_or_null(arena, measured->unit)},
        {"at_ms", value_integer(arena, measured->at_ms)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

// NULL where nothing was measured.
static const struct value *measurements_of(struct arena *arena,
                                           const struct record_measurements *measured)
{
    size_t count = measured->count;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = measured_value(arena, &measured->rows[i]);
    return count > 0 ? value_list(arena, items, count) : NULL;
}

void state_text_write(struct text *out, const struct state_text *state)
{
    struct arena arena;
    arena_init(&arena, 0);
    size_t count = state->rows.count;
    const struct value **items =
        arena_alloc(&arena, (count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < count; i++)
        items[i] = value_of(&arena, &state->rows.rows[i]);
    struct state_business_lists lists = state_business_lists(&arena, &state->business);
    const struct value_entry entries[] = {
        {"pipster_state", value_integer(&arena, STATE_TEXT_VERSION)},
        {"project_id", value_text(&arena, state->project_id)},
        {"tip", text_or_null(&arena, state->tip)},
        {"tip_base", text_or_null(&arena, state->tip_base)},
        {"resources", value_list(&arena, items, count)},
        {"measurements", measurements_of(&arena, &state->measured)},
        {"prices", state->prices},
        {"revenues", lists.revenues},
        {"answers", lists.answers},
        {"evaluations", lists.evaluations},
        {"amendments", lists.amendments},
    };
    json_write_pretty(out, value_map(&arena, entries, sizeof entries / sizeof *entries));
    text_add_char(out, '\n');
    arena_clear(&arena);
}

// One row being read; `where` is "resources[3]", or its address once that is known.
struct reading {
    struct arena *arena;
    const char *where;
    struct fault *fault;
};

static bool refuse(const struct reading *reading, const char *why)
{
    fault_set(reading->fault, FAULT_ERROR, "this is no state that can be imported");
    fault_where(reading->fault, "%s", reading->where);
    fault_why(reading->fault, "%s", why);
    return fault_next(reading->fault, "take a file as `pipster state export` wrote it");
}

static bool is_hex(const char *text)
{
    return strlen(text) == ID_DIGITS && strspn(text, "0123456789abcdef") == ID_DIGITS;
}

enum column_kind { COLUMN_TEXT, COLUMN_FLAG, COLUMN_NUMBER, COLUMN_TEXTS, COLUMN_MAP };

struct column {
    const char *key;
    enum column_kind kind;
};

static const struct column columns[] = {
    {"address", COLUMN_TEXT},       {"type", COLUMN_TEXT},
    {"host", COLUMN_TEXT},          {"playbook", COLUMN_TEXT},
    {"incarnation", COLUMN_TEXT},   {"stage", COLUMN_TEXT},
    {"tags", COLUMN_TEXTS},         {"ignore", COLUMN_TEXTS},
    {"restarts", COLUMN_TEXTS},     {"reloads", COLUMN_TEXTS},
    {"phase", COLUMN_NUMBER},       {"needs", COLUMN_TEXTS},
    {"created_by_us", COLUMN_FLAG}, {"protected", COLUMN_FLAG},
    {"wanted", COLUMN_MAP},         {"attributes", COLUMN_MAP},
};

static const struct column *find_column(const char *key)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (strcmp(columns[i].key, key) == 0)
            return &columns[i];
    return NULL;
}

static bool is_plain_text(const struct value *value)
{
    return value->kind == VALUE_STRING && value->string.length > 0 &&
           strlen(value->string.bytes) == value->string.length;
}

static bool fits(const struct value *value, enum column_kind kind)
{
    switch (kind) {
    case COLUMN_TEXT:
        return is_plain_text(value);
    case COLUMN_FLAG:
        return value->kind == VALUE_BOOL;
    case COLUMN_NUMBER:
        return value->kind == VALUE_INTEGER && value->integer >= 0 &&
               value->integer <= INT_MAX;
    case COLUMN_MAP:
        return value->kind == VALUE_MAP;
    case COLUMN_TEXTS:
        break;
    }
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
        if (!is_plain_text(value->list.items[i]))
            return false;
    return value->kind == VALUE_LIST;
}

static bool check_columns(const struct reading *reading, const struct value *row)
{
    if (row->kind != VALUE_MAP)
        return refuse(reading, "a row must be a map");
    for (size_t i = 0; i < row->map.count; i++) {
        const char *key = row->map.entries[i].key;
        const struct column *column = find_column(key);
        if (!column)
            return refuse(reading,
                          arena_format(reading->arena, "a row has no \"%s\"", key));
        if (!fits(row->map.entries[i].value, column->kind))
            return refuse(reading, arena_format(reading->arena,
                                                "\"%s\" is not what it must be", key));
    }
    return true;
}

// Address, type and host say the same thing thrice.
static bool check_address(const struct reading *reading, const struct record *record)
{
    struct address parsed;
    struct fault ignored;
    if (!address_parse(reading->arena, record->address, &parsed, &ignored))
        return refuse(reading, "its address is none");
    const char *host =
        parsed.host ? arena_format(reading->arena, "host/%s", parsed.host) : "";
    const char *plain =
        address_format(reading->arena, parsed.host, parsed.type, parsed.name);
    if (strcmp(parsed.type, record->type) != 0 || strcmp(plain, record->address) != 0)
        return refuse(reading, "its type is not that of its address");
    if (strcmp(record->host ? record->host : "", host) != 0)
        return refuse(reading, "its host is not that of its address");
    return true;
}

static void take_needs(const struct reading *reading, const struct value *list,
                       struct record *record)
{
    size_t count = list ? list->list.count : 0;
    const char **needs = arena_alloc(reading->arena, (count + 1) * sizeof *needs);
    for (size_t i = 0; i < count; i++)
        needs[record->need_count++] = list->list.items[i]->string.bytes;
    record->needs = needs;
}

static bool read_row(struct reading *reading, const struct value *row,
                     struct record *record)
{
    if (!check_columns(reading, row))
        return false;
    *record = (struct record){
        .address = value_find_text(row, "address", NULL),
        .type = value_find_text(row, "type", NULL),
        .host = value_find_text(row, "host", NULL),
        .playbook = value_find_text(row, "playbook", NULL),
        .incarnation = value_find_text(row, "incarnation", NULL),
        .stage = value_find_text(row, "stage", NULL),
        .tags = value_find(row, "tags"),
        .ignore = value_find(row, "ignore"),
        .restarts = value_find(row, "restarts"),
        .reloads = value_find(row, "reloads"),
        .phase = (int) value_find_integer(row, "phase", 0),
        .created_by_us = value_find_bool(row, "created_by_us", false),
        .protect = value_find_bool(row, "protected", false),
        .wanted = value_find(row, "wanted"),
        .attributes = value_find(row, "attributes"),
    };
    take_needs(reading, value_find(row, "needs"), record);
    if (!record->address || !record->type)
        return refuse(reading, "a row needs its address and its type");
    reading->where = record->address;
    return check_address(reading, record);
}

static int compare_rows(const void *left, const void *right)
{
    return strcmp(((const struct record *) left)->address,
                  ((const struct record *) right)->address);
}

static bool read_rows(struct reading *reading, const struct value *list,
                      struct state_rows *rows)
{
    size_t count = list->list.count;
    struct record *records = arena_alloc(reading->arena, (count + 1) * sizeof *records);
    for (size_t i = 0; i < count; i++) {
        reading->where = arena_format(reading->arena, "resources[%zu]", i);
        if (!read_row(reading, list->list.items[i], &records[i]))
            return false;
    }
    qsort(records, count, sizeof *records, compare_rows);
    for (size_t i = 1; i < count; i++) {
        reading->where = records[i].address;
        if (strcmp(records[i - 1].address, records[i].address) == 0)
            return refuse(reading, "it is there twice");
    }
    rows->rows = records;
    rows->count = count;
    return true;
}

static bool is_measurement(const struct value *item)
{
    const struct value *address = value_find(item, "address");
    const struct value *name = value_find(item, "name");
    const struct value *value = value_find(item, "value");
    const struct value *unit = value_find(item, "unit");
    return address && is_plain_text(address) && name && is_plain_text(name) && value &&
           (value->kind == VALUE_NUMBER || value->kind == VALUE_INTEGER) &&
           (!unit || is_plain_text(unit)) && value_find_integer(item, "at_ms", 0) > 0;
}

static bool read_measurements(struct reading *reading, const struct value *list,
                              struct record_measurements *measured)
{
    size_t count = list && list->kind == VALUE_LIST ? list->list.count : 0;
    struct record_measurement *rows =
        arena_alloc(reading->arena, (count + 1) * sizeof *rows);
    if (list && list->kind != VALUE_LIST)
        return refuse(reading, "its measurements are no list");
    for (size_t i = 0; i < count; i++) {
        const struct value *item = list->list.items[i];
        reading->where = arena_format(reading->arena, "measurements[%zu]", i);
        if (!is_measurement(item))
            return refuse(reading, "a measurement is not what it must be");
        const struct value *value = value_find(item, "value");
        rows[i] = (struct record_measurement){
            .address = value_find_text(item, "address", NULL),
            .name = value_find_text(item, "name", NULL),
            .value =
                value->kind == VALUE_INTEGER ? (double) value->integer : value->number,
            .unit = value_find_text(item, "unit", NULL),
            .at_ms = value_find_integer(item, "at_ms", 0),
        };
    }
    *measured = (struct record_measurements){rows, count};
    return true;
}

static bool check_version(const struct reading *reading, const struct value *document)
{
    int64_t version = value_find_integer(document, "pipster_state", 0);
    if (version >= 1 && version <= STATE_TEXT_VERSION)
        return true;
    if (version < 1)
        return refuse(reading, "it does not begin with \"pipster_state\"");
    fault_set(reading->fault, FAULT_ERROR, "the state was exported by a newer pipster");
    fault_why(reading->fault, "it has version %" PRId64 ", this binary reads version %d",
              version, STATE_TEXT_VERSION);
    return fault_next(reading->fault,
                      "install the pipster that wrote it, or a newer one");
}

static bool read_business(struct reading *reading, const struct value *document,
                          struct state_business *business)
{
    const char *why = NULL;
    return state_business_read(reading->arena, document, business, &reading->where,
                               &why) ||
           refuse(reading, why);
}

static bool read_prices(struct reading *reading, const struct value *prices)
{
    reading->where = "prices";
    if (prices && prices->kind != VALUE_MAP)
        return refuse(reading, "they must be a map");
    for (size_t i = 0; prices && i < prices->map.count; i++)
        if (!is_plain_text(prices->map.entries[i].value))
            return refuse(reading, "a price must be a text");
    return true;
}

bool state_text_read(struct arena *arena, const char *bytes, size_t length,
                     struct state_text *state, struct fault *fault)
{
    struct reading reading = {arena, "the file", fault};
    const struct value *document = NULL;
    *state = (struct state_text){0};
    if (!json_read(arena, bytes, length, &document, fault))
        return fault_while(fault, "reading an exported state");
    if (document->kind != VALUE_MAP || !check_version(&reading, document))
        return document->kind == VALUE_MAP ? false : refuse(&reading, "it is no map");
    const char *id = value_find_text(document, "project_id", "");
    const struct value *tip = value_find(document, "tip");
    const struct value *base = value_find(document, "tip_base");
    const struct value *rows = value_find(document, "resources");
    if (!is_hex(id))
        return refuse(&reading, "its project_id is not 16 hex digits");
    if ((tip && !is_plain_text(tip)) || (base && !is_plain_text(base)) || !rows ||
        rows->kind != VALUE_LIST)
        return refuse(&reading, "its tip or its resources are not what they must be");
    state->project_id = id;
    state->prices = value_find(document, "prices");
    state->tip = tip ? tip->string.bytes : NULL;
    state->tip_base = base ? base->string.bytes : NULL;
    return read_rows(&reading, rows, &state->rows) &&
           read_measurements(&reading, value_find(document, "measurements"),
                             &state->measured) &&
           read_prices(&reading, state->prices) &&
           read_business(&reading, document, &state->business);
}
