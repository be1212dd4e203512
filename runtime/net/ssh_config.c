// SPDX-License-Identifier: MIT
//
// A reader goes through the files line by line with one flag: whether the block it is in
// is about our host. Tokens are expanded at the end, when name and user are known.
#include "net/ssh_config.h"

#include "base/text.h"
#include "net/host_pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT     ((size_t) 1 << 20)
#define DEPTH_LIMIT    16
#define FILES_LIMIT    256
#define IDENTITY_LIMIT 32

struct reader {
    struct arena *arena;
    struct ssh_config *config;
    struct fault *fault;
    const char *host;
    const char *folder; // of the first file, where relative includes are; NULL: none
    const char *path;   // being read
    unsigned line, depth, files;
    bool active; // the block is about our host
    bool says_only;
    char *identities[IDENTITY_LIMIT];
    size_t identity_count;
};

// One line: its keyword in words[0].
struct line {
    char **words;
    size_t count;
};

static bool read_file(struct reader *reader, const char *path);

static bool refuse(struct reader *reader, const char *why, const char *next)
{
    fault_set(reader->fault, FAULT_ERROR, "%s cannot be used", reader->path);
    if (reader->line > 0)
        fault_where(reader->fault, "%s:%u", reader->path, reader->line);
    else
        fault_where(reader->fault, "%s", reader->path);
    fault_why(reader->fault, "%s", why);
    return fault_next(reader->fault, "%s", next);
}

static const char *home_of_user(void)
{
    const char *home = getenv("HOME");
    const struct passwd *entry = home ? NULL : getpwuid(getuid());
    return home ? home : entry ? entry->pw_dir : "/";
}

static const char *local_user(void)
{
    const struct passwd *entry = getpwuid(getuid());
    return entry ? entry->pw_name : "";
}

// Takes one word off *at: quoted as a whole or in part, a backslash before a quote.
static char *next_word(char **at, bool *open)
{
    char *from = *at, *to = *at, *word = *at;
    char quote = '\0';
    while (*from && (quote || !strchr(" \t\r\f", *from))) {
        if (*from == '\\' && from[1] && strchr("\"'\\", from[1]))
            *to++ = *++from;
        else if (*from == quote)
            quote = '\0';
        else if (!quote && (*from == '"' || *from == '\''))
            quote = *from;
        else
            *to++ = *from;
        from++;
    }
    *at = *from ? from + 1 : from;
    *to = '\0';
    *open = quote != '\0';
    return word;
}

static bool split_line(struct reader *reader, char *text, struct line *line)
{
    char *at = text + strspn(text, " \t\r\f");
    line->count = 0;
    if (!*at || *at == '#')
        return true;
    size_t length = strcspn(at, " \t\r\f=");
    char *rest = at + length + strspn(at + length, " \t\r\f");
    rest += *rest == '=';
    // A word and what parts it from the next take two bytes at least.
    line->words =
        arena_alloc(reader->arena, (strlen(rest) / 2 + 2) * sizeof *line->words);
    line->words[line->count++] = arena_copy(reader->arena, at, length);
    for (;;) {
        rest += strspn(rest, " \t\r\f");
        if (!*rest || *rest == '#')
            return true;
        bool open = false;
        line->words[line->count++] = next_word(&rest, &open);
        if (open)
            return refuse(reader, "a quote is not closed", "close it");
    }
}

static bool names_our_host(const struct reader *reader, const struct line *line)
{
    bool matches = false;
    for (size_t i = 1; i < line->count; i++) {
        const char *pattern = line->words[i];
        bool negated = *pattern == '!';
        pattern += negated;
        if (!host_pattern_matches(pattern, strlen(pattern), reader->host))
            continue;
        if (negated)
            return false;
        matches = true;
    }
    return matches;
}

static bool take_host(struct reader *reader, const struct line *line, bool outer)
{
    if (strcasecmp(line->words[0], "Host") == 0) {
        reader->active = outer && names_our_host(reader, line);
        return true;
    }
    if (line->count == 2 && strcasecmp(line->words[1], "all") == 0) {
        reader->active = outer;
        return true;
    }
    reader->active = false;
    if (outer && !reader->config->note)
        reader->config->note =
            arena_format(reader->arena, "%s:%u: the Match block there was passed over",
                         reader->path, reader->line);
    return true;
}

static bool take_port(struct reader *reader, const char *word)
{
    char *end = NULL;
    long port = strtol(word, &end, 10);
    if (end == word || *end || port < 1 || port > 65535)
        return refuse(reader, "Port is not a number from 1 to 65535", "correct it");
    if (!reader->config->port)
        reader->config->port = (int) port;
    return true;
}

static bool take_identity(struct reader *reader, char *word)
{
    reader->config->says_identities = true;
    if (strcasecmp(word, "none") == 0)
        return true;
    if (reader->identity_count == IDENTITY_LIMIT)
        return refuse(reader, "there are too many IdentityFile for one host",
                      "name the one that it needs");
    reader->identities[reader->identity_count++] = arena_text(reader->arena, word);
    return true;
}

static bool take_only(struct reader *reader, const char *word)
{
    bool yes = strcasecmp(word, "yes") == 0 || strcasecmp(word, "true") == 0;
    if (!yes && strcasecmp(word, "no") != 0 && strcasecmp(word, "false") != 0)
        return refuse(reader, "IdentitiesOnly is neither yes nor no", "correct it");
    if (!reader->says_only)
        reader->config->only_identities = yes;
    reader->says_only = true;
    return true;
}

static void take_text(struct reader *reader, const char **place, const char *text)
{
    if (!*place)
        *place = arena_text(reader->arena, text);
}

static bool include_pattern(struct reader *reader, const char *word)
{
    struct arena *arena = reader->arena;
    const char *pattern = word;
    if (!reader->folder)
        return true;
    if (strncmp(word, "~/", 2) == 0)
        pattern = arena_format(arena, "%s/%s", home_of_user(), word + 2);
    else if (*word != '/')
        pattern = arena_format(arena, "%s/%s", reader->folder, word);
    glob_t found = {0};
    bool ok = true;
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; ok && i < found.gl_pathc; i++) {
            ok = read_file(reader, arena_text(arena, found.gl_pathv[i]));
            reader->active = true;
        }
    }
    globfree(&found);
    return ok;
}

// What is included under a Host counts for that host alone, and a Host in it ends there.
static bool take_include(struct reader *reader, const struct line *line)
{
    bool ok = true;
    for (size_t i = 1; ok && reader->active && i < line->count; i++)
        ok = include_pattern(reader, line->words[i]);
    return ok;
}

enum keyword {
    KEYWORD_NONE,
    KEYWORD_HOST,
    KEYWORD_MATCH,
    KEYWORD_INCLUDE,
    KEYWORD_HOSTNAME,
    KEYWORD_PORT,
    KEYWORD_USER,
    KEYWORD_IDENTITY,
    KEYWORD_ONLY,
    KEYWORD_JUMP,
    KEYWORD_COMMAND,
};

static enum keyword find_keyword(const char *word)
{
    static const struct {
        const char *name;
        enum keyword keyword;
    } table[] = {
        {"Host", KEYWORD_HOST},           {"Match", KEYWORD_MATCH},
        {"Include", KEYWORD_INCLUDE},     {"HostName", KEYWORD_HOSTNAME},
        {"Port", KEYWORD_PORT},           {"User", KEYWORD_USER},
        {"ProxyJump", KEYWORD_JUMP},      {"IdentityFile", KEYWORD_IDENTITY},
        {"IdentitiesOnly", KEYWORD_ONLY}, {"ProxyCommand", KEYWORD_COMMAND},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcasecmp(table[i].name, word) == 0)
            return table[i].keyword;
    }
    return KEYWORD_NONE;
}

// A command is the rest of its line; its first word is enough to name it. Whichever of
// the two comes first decides.
static void take_way(struct reader *reader, enum keyword keyword, const char *word)
{
    struct ssh_config *config = reader->config;
    if (config->jump || config->proxy_command)
        return;
    if (keyword == KEYWORD_JUMP || strcasecmp(word, "none") == 0)
        take_text(reader, &config->jump, word);
    else
        take_text(reader, &config->proxy_command, word);
}

static bool take_value(struct reader *reader, enum keyword keyword, char *word)
{
    struct ssh_config *config = reader->config;
    if (!reader->active)
        return true;
    switch (keyword) {
    case KEYWORD_HOSTNAME:
        take_text(reader, &config->host_name, word);
        return true;
    case KEYWORD_USER:
        take_text(reader, &config->user, word);
        return true;
    case KEYWORD_PORT:
        return take_port(reader, word);
    case KEYWORD_IDENTITY:
        return take_identity(reader, word);
    case KEYWORD_ONLY:
        return take_only(reader, word);
    default:
        take_way(reader, keyword, word);
        return true;
    }
}

static bool take_line(struct reader *reader, char *text, bool outer)
{
    struct line line;
    if (!split_line(reader, text, &line))
        return false;
    enum keyword keyword = line.count > 0 ? find_keyword(line.words[0]) : KEYWORD_NONE;
    if (keyword == KEYWORD_NONE)
        return true;
    if (line.count < 2 || !*line.words[1])
        return refuse(reader,
                      arena_format(reader->arena, "%s has no value", line.words[0]),
                      "give it one, or remove the line");
    if (keyword == KEYWORD_INCLUDE)
        return take_include(reader, &line);
    if (keyword == KEYWORD_HOST || keyword == KEYWORD_MATCH)
        return take_host(reader, &line, outer);
    return take_value(reader, keyword, line.words[1]);
}

static bool take_lines(struct reader *reader, char *text)
{
    bool outer = reader->active;
    reader->line = 0;
    for (char *at = text, *next; at; at = next) {
        next = strchr(at, '\n');
        if (next)
            *next++ = '\0';
        reader->line++;
        if (!take_line(reader, at, outer))
            return false;
    }
    return true;
}

// As ssh checks it: whoever may write it decides where we connect.
static bool may_trust(struct reader *reader, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return refuse(reader, strerror(errno), "see what it is");
    if (!S_ISREG(status.st_mode))
        return refuse(reader, "it is no regular file", "see what it is");
    if ((status.st_uid != 0 && status.st_uid != getuid()) || (status.st_mode & 022) != 0)
        return refuse(reader, "its owner is another, or others may write it",
                      arena_format(reader->arena, "chown %s %s; chmod go-w %s",
                                   local_user(), reader->path, reader->path));
    if ((size_t) status.st_size >= FILE_LIMIT)
        return refuse(reader, "it is larger than 1 MiB", "see what it is");
    return true;
}

// What is appended meanwhile is not seen.
static char *read_all(struct reader *reader, int fd)
{
    struct stat status = {0};
    size_t used = 0, size = fstat(fd, &status) == 0 ? (size_t) status.st_size : 0;
    char *text = arena_alloc(reader->arena, size + 1);
    ssize_t got = 0;
    while (used < size && (got = read(fd, text + used, size - used)) > 0)
        used += (size_t) got;
    if (got >= 0)
        return text;
    refuse(reader, strerror(errno), "see what it is");
    return NULL;
}

static bool read_file(struct reader *reader, const char *path)
{
    const char *outer_path = reader->path;
    unsigned outer_line = reader->line;
    if (reader->depth == DEPTH_LIMIT || reader->files == FILES_LIMIT)
        return refuse(reader, "too many files include each other", "remove an Include");
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return true;
    int cause = errno;
    reader->path = path;
    reader->line = 0;
    if (fd < 0)
        return refuse(reader, strerror(cause), "make it readable");
    reader->depth++;
    reader->files++;
    char *text = may_trust(reader, fd) ? read_all(reader, fd) : NULL;
    close(fd);
    bool ok = text && take_lines(reader, text);
    reader->depth--;
    reader->path = outer_path;
    reader->line = outer_line;
    return ok;
}

static const char *text_of_token(struct reader *reader, char token)
{
    const struct ssh_config *config = reader->config;
    switch (token) {
    case 'h':
        return config->host_name ? config->host_name : reader->host;
    case 'n':
        return reader->host;
    case 'p':
        return arena_format(reader->arena, "%d", config->port ? config->port : 22);
    case 'r':
        return config->user ? config->user : "root";
    case 'u':
        return local_user();
    case 'd':
        return home_of_user();
    case '%':
        return "%";
    default:
        return NULL;
    }
}

// ${NAME} at *at, which is left at its closing brace; NULL when it stands for nothing.
static const char *text_of_variable(struct reader *reader, const char **at)
{
    const char *name = *at + 2, *end = strchr(name, '}');
    if (!end)
        return NULL;
    *at = end;
    return getenv(arena_copy(reader->arena, name, (size_t) (end - name)));
}

// The tokens that can be known here; in the name of a file also ~ and ${NAME}.
static const char *expand(struct reader *reader, const char *word, bool file)
{
    struct text text;
    text_init(&text, 64 << 10);
    bool known = true;
    if (file && strncmp(word, "~/", 2) == 0) {
        text_add(&text, home_of_user());
        word++;
    }
    for (; known && *word; word++) {
        const char *value = NULL;
        if (file && word[0] == '$' && word[1] == '{') {
            value = text_of_variable(reader, &word);
        } else if (*word == '%') {
            value = text_of_token(reader, word[1]);
            word += word[1] != '\0';
        } else {
            text_add_char(&text, *word);
            continue;
        }
        known = value != NULL;
        if (known)
            text_add(&text, value);
    }
    const char *whole = !known || text.overflow
                            ? NULL
                            : arena_copy(reader->arena, text.bytes, text.length);
    text_clear(&text);
    return whole;
}

static bool expand_one(struct reader *reader, const char *keyword, bool file,
                       const char **word)
{
    const char *expanded = expand(reader, *word, file);
    if (!expanded)
        return refuse(reader,
                      arena_format(reader->arena,
                                   "%s %s: it has a token that is not known%s", keyword,
                                   *word, file ? ", or a variable that is not set" : ""),
                      "write it out, or use one of %d %h %n %p %r %u and %%");
    *word = expanded;
    return true;
}

static bool expand_all(struct reader *reader)
{
    struct ssh_config *config = reader->config;
    const char *host_name = config->host_name ? config->host_name : reader->host;
    reader->line = 0;
    if (config->host_name) {
        config->host_name = NULL; // %h in it is the name asked for
        if (!expand_one(reader, "HostName", false, &host_name))
            return false;
    }
    config->host_name = host_name;
    if (config->jump && !expand_one(reader, "ProxyJump", false, &config->jump))
        return false;
    const char **identities =
        arena_alloc(reader->arena, (reader->identity_count + 1) * sizeof *identities);
    for (size_t i = 0; i < reader->identity_count; i++) {
        identities[i] = reader->identities[i];
        if (!expand_one(reader, "IdentityFile", true, &identities[i]))
            return false;
    }
    config->identities = identities;
    config->identity_count = reader->identity_count;
    return true;
}

static struct reader reader_over(struct arena *arena, const char *path, const char *host,
                                 struct ssh_config *config)
{
    *config = (struct ssh_config){0};
    return (struct reader){.arena = arena,
                           .config = config,
                           .host = arena_text(arena, host),
                           .path = path,
                           .active = true};
}

bool ssh_config_read(struct arena *arena, const char *path, const char *host,
                     struct ssh_config *config, struct fault *fault)
{
    struct reader reader = reader_over(arena, path, host, config);
    const char *slash = strrchr(path, '/');
    reader.fault = fault;
    reader.folder =
        slash ? arena_copy(arena, path, (size_t) (slash - path)) : arena_text(arena, ".");
    return read_file(&reader, path) && expand_all(&reader);
}

bool ssh_config_parse(struct arena *arena, const char *text, const char *host,
                      struct ssh_config *config, struct fault *fault)
{
    struct reader reader = reader_over(arena, "ssh_config", host, config);
    reader.fault = fault;
    return take_lines(&reader, arena_text(arena, text)) && expand_all(&reader);
}
