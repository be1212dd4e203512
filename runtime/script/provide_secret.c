// SPDX-License-Identifier: MIT
#include "script/provide_secret.h"

#include "base/text.h"
#include "net/process.h"
#include "script/machine.h"
#include "store/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIMEOUT_MS INT64_C(120000)

struct asking {
    const struct script *script;
    struct arena *arena;
    const char *address;
    const struct value *attributes;
    struct text *out;
};

static bool refuse(const struct asking *asking, const char *source, const char *why,
                   struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "%s cannot be had from %s", asking->address, source);
    return fault_why(fault, "%s", why);
}

static bool read_env(const struct asking *asking, const char *name, struct fault *fault)
{
    const char *value = getenv(name);
    if (value != NULL && *value != '\0') {
        text_add(asking->out, value);
        return true;
    }
    refuse(asking, arena_format(asking->arena, "the environment variable %s", name),
           value != NULL ? "it is empty" : "it is not set", fault);
    return fault_next(fault, "export %s=…, and run this again", name);
}

// "~/x" is in the home, "x" beside pipster.lua.
static const char *find_path(const struct asking *asking, const char *path)
{
    const char *root = asking->script->options.project_root, *home = getenv("HOME");
    if (strncmp(path, "~/", 2) == 0 && home != NULL)
        return arena_format(asking->arena, "%s%s", home, path + 1);
    if (path[0] == '/' || root == NULL)
        return path;
    return arena_format(asking->arena, "%s/%s", root, path);
}

static bool read_bytes(int descriptor, struct text *out)
{
    char block[4096];
    ssize_t length;
    while ((length = read(descriptor, block, sizeof block)) > 0)
        text_add_bytes(out, block, (size_t) length);
    explicit_bzero(block, sizeof block);
    return length == 0;
}

static bool read_path(const struct asking *asking, const char *path, struct fault *fault)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool opened = descriptor >= 0 && fstat(descriptor, &status) == 0;
    bool plain = opened && S_ISREG(status.st_mode);
    bool done = plain && read_bytes(descriptor, asking->out);
    const char *why = opened && !plain ? "it is no plain file" : strerror(errno);
    if (!done)
        refuse(asking, arena_format(asking->arena, "the file %s", path), why, fault);
    if (descriptor >= 0)
        close(descriptor);
    return done || fault_next(fault, "put it there, readable for you: ls -l %s", path);
}

static bool read_file(const struct asking *asking, const char *path, struct fault *fault)
{
    return read_path(asking, find_path(asking, path), fault);
}

static bool read_credential(const struct asking *asking, const char *name,
                            struct fault *fault)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder != NULL && *folder == '/')
        return read_path(asking, arena_format(asking->arena, "%s/%s", folder, name),
                         fault);
    refuse(asking, arena_format(asking->arena, "the credential %s", name),
           "CREDENTIALS_DIRECTORY is not set: no unit of systemd's hands it over", fault);
    return fault_next(fault,
                      "put LoadCredential=%s:FILE into the unit, or systemd-run --pipe "
                      "-p LoadCredential=%s:FILE pipster …",
                      name, name);
}

// The first line of what it said; the redactor has what it must not say.
static const char *first_line(struct arena *arena, const struct process_result *result)
{
    size_t length = 0;
    while (length < result->errors_length && length < 300 &&
           result->errors[length] != '\n')
        length++;
    return arena_copy(arena, length > 0 ? result->errors : "", length);
}

static bool run(const struct asking *asking, const char *const *argv, const char *what,
                struct fault *fault)
{
    struct process_result result = {0};
    struct process_call call = {
        .argv = argv,
        .directory = asking->script->options.project_root,
        .timeout_ms = TIMEOUT_MS,
    };
    if (!process_run(&call, asking->arena, &result, fault)) {
        fault_while(fault, "taking %s from %s", asking->address, what);
        return fault_next(fault, "install %s, or put it into PATH", argv[0]);
    }
    if (result.status == 0 && result.signal == 0) {
        text_add_bytes(asking->out, result.output, result.length);
        return true;
    }
    const char *said = first_line(asking->arena, &result);
    const char *end =
        result.signal != 0
            ? arena_format(asking->arena, "signal %d ended it", result.signal)
            : arena_format(asking->arena, "its exit status is %d", result.status);
    return refuse(asking, what,
                  *said ? arena_format(asking->arena, "%s: %s", end, said) : end, fault);
}

static bool read_command(const struct asking *asking, struct fault *fault)
{
    const struct value *list = value_find(asking->attributes, "command");
    const char **argv = arena_alloc(asking->arena, (list->list.count + 1) * sizeof *argv);
    for (size_t i = 0; i < list->list.count; i++)
        argv[i] = list->list.items[i]->string.bytes;
    if (run(asking, argv, arena_format(asking->arena, "the command %s", argv[0]), fault))
        return true;
    if (fault->next[0] == '\0')
        fault_next(fault, "run it by hand in the project's folder: it must print the "
                          "secret and end with 0");
    return false;
}

static bool read_age(const struct asking *asking, const char *path, struct fault *fault)
{
    const char *identity = asking->script->options.age_identity;
    const char *file = find_path(asking, path);
    identity = find_path(asking, identity != NULL ? identity : "~/.config/age/keys.txt");
    const char *what = arena_format(asking->arena, "the file %s by age", path);
    if (access(file, R_OK) != 0) {
        refuse(asking, what, strerror(errno), fault);
        return fault_next(fault, "age -e -R RECIPIENTS -o %s", path);
    }
    if (access(identity, R_OK) != 0) {
        refuse(
            asking, what,
            arena_format(asking->arena, "the identity %s: %s", identity, strerror(errno)),
            fault);
        return fault_next(fault,
                          "age-keygen -o %s, or age_identity = \"PATH\" in "
                          "pipster.lua",
                          identity);
    }
    const char *const argv[] = {"age", "--decrypt", "-i", identity, "--", file, NULL};
    if (run(asking, argv, what, fault))
        return true;
    if (fault->next[0] == '\0')
        fault_next(fault, "age --decrypt -i %s %s >/dev/null", identity, path);
    return false;
}

static bool ask(const struct asking *asking, struct fault *fault)
{
    const struct value *attributes = asking->attributes;
    const char *text;
    if ((text = value_find_text(attributes, "env", NULL)) != NULL)
        return read_env(asking, text, fault);
    if ((text = value_find_text(attributes, "file", NULL)) != NULL)
        return read_file(asking, text, fault);
    if ((text = value_find_text(attributes, "age", NULL)) != NULL)
        return read_age(asking, text, fault);
    if ((text = value_find_text(attributes, "credential", NULL)) != NULL)
        return read_credential(asking, text, fault);
    return read_command(asking, fault);
}

bool provide_secret(void *script, struct arena *arena, const char *address,
                    const struct value *attributes, const struct value **secret,
                    struct fault *fault)
{
    struct text out;
    struct asking asking = {script, arena, address, attributes, &out};
    text_init(&out, SECRET_LONGEST + 2);
    bool done = ask(&asking, fault) && secret_tidy(&out, address, fault);
    if (done)
        *secret = value_secret(arena, address, out.bytes, out.length);
    text_clear(&out);
    return done;
}
