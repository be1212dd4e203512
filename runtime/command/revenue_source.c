// SPDX-License-Identifier: MIT
#include "command/revenue_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/redact.h"
#include "engine/provider.h"
#include "net/origin.h"
#include "store/secret.h"
#include "value/json.h"

#define OF_LENGTH 16

// What is asked stays true for a day; what a person writes down comes once a month.
#define USUAL_MAX_AGE "24h"
#define LOCAL_MAX_AGE "35d"

static bool is_kind(const struct revenue_source *source, const char *kind)
{
    return strcmp(source->kind, kind) == 0;
}

static bool add(struct revenue_sources *sources, const struct takings_source *declared,
                struct arena *arena, struct fault *fault)
{
    struct revenue_source *source = &sources->items[sources->count];
    char hex[SECRET_SHA256_SIZE];
    *source = (struct revenue_source){.kind = declared->kind, .where = declared->where};
    source->is_local = is_kind(source, "csv") || is_kind(source, "manual");
    const char *age = value_find_text(declared->settings, "max_age",
                                      source->is_local ? LOCAL_MAX_AGE : USUAL_MAX_AGE);
    if (!duration_parse(age, &source->max_age_ms, fault)) {
        fault_where(fault, "%s", source->where);
        return fault_while(fault, "reading max_age of revenue.%s", source->kind);
    }
    // Where it stands is no part of it.
    const struct value *settings = value_with(arena, declared->settings, "where", NULL);
    settings = value_with(arena, settings, "kind", value_text(arena, source->kind));
    const char *text = json_text(arena, settings);
    secret_sha256(text, strlen(text), hex);
    source->of = arena_copy(arena, hex, OF_LENGTH);
    source->settings =
        value_with(arena, settings, "where", value_text(arena, source->where));
    for (size_t i = 0; i < sources->count; i++)
        if (strcmp(sources->items[i].of, source->of) == 0)
            return true;
    sources->count++;
    return true;
}

static bool refuse(struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "revenue of pipster.lua names no sources");
    fault_where(fault, "pipster.lua");
    return fault_next(fault, "revenue = { revenue.csv { file = \"revenue.csv\" }, … }");
}

static bool add_own(struct revenue_sources *sources, const struct value *item,
                    struct arena *arena, struct fault *fault)
{
    const struct takings_source declared = {value_find_text(item, "kind", ""),
                                            value_find_text(item, "where", NULL), item};
    return declared.where == NULL ? refuse(fault) : add(sources, &declared, arena, fault);
}

bool revenue_source_list(const struct project *project, const struct resource_set *wanted,
                         struct arena *arena, struct revenue_sources *sources,
                         struct fault *fault)
{
    const struct value *own = value_find(project->settings, "revenue");
    bool many = own != NULL && own->kind == VALUE_LIST;
    size_t own_count = many ? own->list.count : own != NULL;
    size_t most = own_count + (wanted != NULL ? wanted->sources.count : 0);
    sources->items = arena_alloc(arena, (most + 1) * sizeof *sources->items);
    sources->count = 0;
    for (size_t i = 0; i < own_count; i++)
        if (!add_own(sources, many ? own->list.items[i] : own, arena, fault))
            return false;
    for (size_t i = 0; wanted != NULL && i < wanted->sources.count; i++)
        if (!add(sources, &wanted->sources.items[i], arena, fault))
            return false;
    return true;
}

int64_t revenue_source_requests(const struct revenue_source *source)
{
    if (is_kind(source, "stripe"))
        return -1;
    return !is_kind(source, "http")                                ? 0
           : value_find(source->settings, "customers_url") != NULL ? 2
                                                                   : 1;
}

const char *revenue_source_variable(const struct revenue_source *source)
{
    return is_kind(source, "stripe")
               ? "STRIPE_API_KEY"
               : value_find_text(source->settings, "token_env", NULL);
}

static const struct resource *find_secret(const struct workbench *bench,
                                          const char *address)
{
    for (size_t i = 0; i < bench->wanted.count; i++)
        if (strcmp(bench->wanted.items[i].address, address) == 0)
            return &bench->wanted.items[i];
    return NULL;
}

static bool comes_from_elsewhere(const struct value *attributes)
{
    static const char *const sources[] = {"age", "command", "credential", "env", "file"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (value_find(attributes, sources[i]) != NULL)
            return true;
    return false;
}

// What is sealed, else what its source gives.
static bool reveal(struct workbench *bench, const char *address, bool in_plan,
                   const struct value **secret, struct fault *fault)
{
    const struct resource *resource = find_secret(bench, address);
    const struct provider *provider = bench->engine.provider;
    *secret = NULL;
    if (bench->vault != NULL && bench->database != NULL &&
        !secret_load(bench->database, bench->vault, &bench->arena, address, secret,
                     fault))
        return false;
    if (*secret != NULL || resource == NULL ||
        !comes_from_elsewhere(resource->attributes))
        return true;
    bool runs = value_find(resource->attributes, "command") != NULL &&
                !value_find_bool(resource->attributes, "safe", false);
    return (in_plan && runs) ||
           provider->reveal(provider->context, &bench->arena, address,
                            resource->attributes, secret, fault);
}

static bool refuse_key(const struct revenue_source *source, const char *what,
                       const char *next, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "the key of revenue.%s is not there: %s", source->kind,
              what);
    fault_where(fault, "%s", source->where);
    return fault_next(fault, "%s", next);
}

static bool find_key(struct workbench *bench, const struct revenue_source *source,
                     bool in_plan, const char **key, struct fault *fault)
{
    struct arena *arena = &bench->arena;
    const struct value *token = value_find(source->settings, "token"), *secret;
    const char *variable = value_find_text(source->settings, "token_env", NULL);
    *key = NULL;
    if (variable != NULL) {
        const char *found = getenv(variable);
        *key = found != NULL && *found != '\0' ? found : NULL;
        return *key != NULL ||
               refuse_key(source, arena_format(arena, "%s is not set", variable),
                          arena_format(arena, "export %s=…", variable), fault);
    }
    if (token == NULL)
        return true;
    if (token->kind != VALUE_REFERENCE)
        return refuse_key(source, "token is no secret",
                          "token = secret(\"NAME\", { env = \"VARIABLE\" })", fault);
    const char *address = token->reference.address;
    if (!reveal(bench, address, in_plan, &secret, fault))
        return false;
    if (secret == NULL)
        return refuse_key(source,
                          arena_format(arena, "%s has no value here yet", address),
                          "pipster run, which seals it", fault);
    *key = secret->secret.bytes;
    return true;
}

bool revenue_source_lend(struct workbench *bench, const struct revenue_source *source,
                         bool in_plan, struct fault *fault)
{
    const char *names[] = {"url", "customers_url"};
    const char *header = value_find_text(source->settings, "header", "Authorization");
    const char *key = NULL;
    if (!is_kind(source, "http"))
        return true;
    if (!find_key(bench, source, in_plan, &key, fault))
        return false;
    if (key == NULL)
        return true;
    redact_add(key, strlen(key));
    const char *line = strcmp(header, "Authorization") == 0
                           ? arena_format(&bench->arena, "Bearer %s", key)
                           : key;
    char lent[ORIGIN_SIZE] = "", origin[ORIGIN_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *url = value_find_text(source->settings, names[i], NULL);
        if (url == NULL || !origin_read(url, origin) || strcmp(origin, lent) == 0)
            continue;
        http_credential(bench->http, origin, header, line);
        memcpy(lent, origin, sizeof lent);
    }
    return true;
}
