// SPDX-License-Identifier: MIT
#include "command/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/lab_daemon.h"
#include "net/linked.h"
#include "store/connection.h"
#include "store/journal.h"
#include "store/secret.h"

// Of everything that state remembers.
static int64_t newest_change(struct doctor *doctor)
{
    struct state_rows rows;
    struct fault ignored;
    int64_t newest = 0;
    if (!state_load(doctor->database, &doctor->arena, &rows, &ignored))
        return 0;
    for (size_t i = 0; i < rows.count; i++)
        if (rows.rows[i].changed_at_ms > newest)
            newest = rows.rows[i].changed_at_ms;
    return newest;
}

static void check_clock(struct doctor *doctor)
{
    char now[CLOCK_TEXT_SIZE], then[CLOCK_TEXT_SIZE];
    struct timex timex = {0};
    int64_t newest = newest_change(doctor), here = clock_now_ms();
    clock_format(here, now);
    if (newest > here + 60000)
        doctor_say(doctor, DOCTOR_FAIL, "clock", "timedatectl set-ntp true",
                   "it is behind: state was changed at %s, and here it is %s",
                   clock_format(newest, then), now);
    else if (adjtimex(&timex) == TIME_ERROR)
        doctor_say(doctor, DOCTOR_WARN, "clock", "timedatectl set-ntp true",
                   "%s, and nothing keeps it right", now);
    else
        doctor_say(doctor, DOCTOR_OK, "clock", NULL, "%s", now);
}

static bool agent_answers(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers =
        descriptor >= 0 &&
        connect(descriptor, (const struct sockaddr *) &address, sizeof address) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return answers;
}

static void check_ssh(struct doctor *doctor)
{
    const struct value *settings =
        project_settings(&doctor->project, &doctor->arena, "", doctor->options);
    const struct value *ssh = value_find(settings, "ssh");
    const struct value *files = value_find(ssh, "identities");
    const char *path = getenv("SSH_AUTH_SOCK"), *first = NULL;
    for (size_t i = 0; files && files->kind == VALUE_LIST && i < files->list.count; i++) {
        const char *file = files->list.items[i]->string.bytes;
        if (!first && access(file, R_OK) == 0)
            first = file;
    }
    if (agent_answers(path))
        doctor_say(doctor, DOCTOR_OK, "ssh", NULL, "an agent answers%s%s",
                   first ? ", and there is " : "", first ? first : "");
    else if (first)
        doctor_say(doctor, DOCTOR_OK, "ssh", NULL, "%s", first);
    else
        doctor_say(doctor, DOCTOR_WARN, "ssh", "ssh-keygen -t ed25519, or start an agent",
                   "%s, and no key file is there",
                   path ? "the agent of SSH_AUTH_SOCK does not answer"
                        : "there is no agent");
}

static void check_lab(struct doctor *doctor)
{
    bool runs = lab_daemon_is_running(doctor->project.lab_directory);
    doctor_say(doctor, DOCTOR_OK, "lab", NULL, "%s: %s", runs ? "it runs" : "it is down",
               doctor->project.lab_directory);
}

static void check_core(struct doctor *doctor)
{
    struct rlimit limit;
    bool none = getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 &&
                prctl(PR_GET_DUMPABLE) == 0;
    if (none)
        doctor_say(doctor, DOCTOR_OK, "core", NULL, "none is written");
    else
        doctor_say(doctor, DOCTOR_FAIL, "core", "ulimit -c 0",
                   "a core of this process would hold secrets");
}

static void list_libraries(struct doctor *doctor)
{
    struct text text;
    text_init(&text, 0);
    linked_list_versions(&text);
    doctor_say(doctor, DOCTOR_OK, "with", NULL, "pipster %s, SQLite %s, libsodium %s, %s",
               PIPSTER_VERSION, connection_library(), vault_library(), text.bytes);
    text_clear(&text);
}

void doctor_machine_check(struct doctor *doctor)
{
    check_clock(doctor);
    doctor_token_check(doctor);
    check_ssh(doctor);
    check_lab(doctor);
    check_core(doctor);
    list_libraries(doctor);
}
