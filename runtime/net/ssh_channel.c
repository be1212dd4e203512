// SPDX-License-Identifier: MIT
//
// Channels beside the kept shell's. Waiting for the server's close can take as long as
// what runs there, so nobody waits for it: a channel that is done with drains by itself.
#include "net/ssh_sudo.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KILL_LIMIT_MS 8000

struct discard {
    struct ssh_user user;
    LIBSSH2_CHANNEL *channel;
    int stream; // a read that is half done goes on with the same one
    bool freeing;
};

struct kill {
    struct ssh_user user;
    struct ssh *ssh;
    LIBSSH2_CHANNEL *channel;
    struct arena arena;
    const char *command;
    struct ssh_sudo sudo;
    struct text answer;
    struct loop_timer *timer;
    ssh_channel_killed_fn done;
    bool started;
};

// Groups are ended by TERM, and after two seconds by KILL: apt and dpkg stop cleanly.
// Dead ones that nobody waited for do not count; kill -0 would count them.
static const char kill_script[] =
    "alive() { for file in /proc/[0-9]*/stat; do read -r line <$file || continue; "
    "set -- ${line##*) }; [ \"$3\" = $group ] && [ $1 != Z ] && return 0; done; return "
    "1; }; "
    "exec 2>/dev/null; read -r line </proc/%ld/stat || { echo pipster-gone; exit; }; "
    "set -- ${line##*) }; group=$3; kill -s TERM -- -$group; n=0; "
    "while alive; do n=$((n+1)); [ $n -eq 20 ] && kill -s KILL -- -$group; "
    "[ $n -gt 40 ] && exit 1; sleep 0.1; done; echo pipster-gone";

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

int ssh_channel_start(struct ssh *ssh, struct ssh_user *user, LIBSSH2_CHANNEL **channel,
                      const char *command)
{
    LIBSSH2_SESSION *session = ssh->link->session;
    int code = LIBSSH2_ERROR_EAGAIN;
    if (!*channel) {
        if (!ssh_queue_take_open(ssh, user))
            return code;
        *channel = libssh2_channel_open_session(session);
        code = *channel ? 0 : libssh2_session_last_errno(session);
        if (ssh_queue_settle(ssh, user, code))
            return code;
        ssh_queue_give_open(ssh, user);
        if (code != 0)
            return code;
    }
    code = libssh2_channel_process_startup(*channel, "exec", 4, command,
                                           (unsigned) strlen(command));
    ssh_queue_settle(ssh, user, code);
    return code;
}

static void discard_end(struct ssh *ssh, struct ssh_user *user)
{
    ssh_queue_remove(ssh, user);
    free(user);
}

static bool discard_pump(struct ssh *ssh, struct ssh_user *user)
{
    struct discard *discard = (struct discard *) user;
    char buffer[32768];
    while (!discard->freeing) {
        ssize_t got = libssh2_channel_read_ex(discard->channel, discard->stream, buffer,
                                              sizeof buffer);
        bool again = ssh_queue_settle(ssh, user, got);
        if (ssh->sender == user)
            return false;
        if (got < 0 && !again) {
            ssh_queue_lose_by(ssh, got);
            return false;
        }
        if (got > 0)
            return true;
        discard->freeing = libssh2_channel_eof(discard->channel) == 1;
        if (discard->stream == SSH_EXTENDED_DATA_STDERR) {
            discard->stream = 0;
            break;
        }
        discard->stream = SSH_EXTENDED_DATA_STDERR;
    }
    if (!discard->freeing)
        return false;
    int code = libssh2_channel_free(discard->channel);
    if (ssh_queue_settle(ssh, user, code))
        return false;
    discard_end(ssh, user);
    return true;
}

static void discard_lost(struct ssh *ssh, struct ssh_user *user,
                         const struct fault *fault)
{
    (void) ssh;
    (void) fault;
    free(user);
}

void ssh_channel_discard(struct ssh *ssh, LIBSSH2_CHANNEL *channel)
{
    struct discard *discard = allocate(sizeof *discard);
    discard->user.pump = discard_pump;
    discard->user.lost = discard_lost;
    discard->channel = channel;
    ssh_queue_add(ssh, &discard->user);
}

static void kill_free(struct kill *kill)
{
    if (kill->timer)
        loop_timer_cancel(kill->timer);
    text_clear(&kill->answer);
    ssh_sudo_clear(&kill->sudo);
    arena_clear(&kill->arena);
    free(kill);
}

static void kill_lost(struct ssh *ssh, struct ssh_user *user, const struct fault *fault)
{
    (void) ssh;
    (void) fault;
    kill_free((struct kill *) user);
}

static bool kill_end(struct ssh *ssh, struct kill *kill, bool sure)
{
    ssh_channel_killed_fn done = kill->done;
    ssh_queue_remove(ssh, &kill->user);
    if (kill->channel)
        ssh_channel_discard(ssh, kill->channel);
    kill_free(kill);
    done(ssh, sure);
    return true;
}

// Whether it may be written on.
static bool answer_sudo(struct ssh *ssh, struct kill *kill)
{
    struct ssh_sudo *sudo = &kill->sudo;
    while (sudo->sent < sudo->answer.length) {
        ssize_t sent =
            libssh2_channel_write(kill->channel, sudo->answer.bytes + sudo->sent,
                                  sudo->answer.length - sudo->sent);
        if (ssh_queue_settle(ssh, &kill->user, sent) || sent <= 0)
            return false;
        sudo->sent += (size_t) sent;
    }
    return true;
}

static bool kill_pump(struct ssh *ssh, struct ssh_user *user)
{
    struct kill *kill = (struct kill *) user;
    if (!kill->started) {
        int code = ssh_channel_start(ssh, user, &kill->channel, kill->command);
        if (code == LIBSSH2_ERROR_EAGAIN)
            return false;
        if (code != 0)
            return kill_end(ssh, kill, false);
        kill->started = true;
        // What is left unread of one stream would hold back the end of both.
        libssh2_channel_handle_extended_data2(kill->channel,
                                              LIBSSH2_CHANNEL_EXTENDED_DATA_MERGE);
    }
    char buffer[1024];
    if (!answer_sudo(ssh, kill) && ssh->sender == user)
        return false;
    ssize_t got = libssh2_channel_read(kill->channel, buffer, sizeof buffer);
    bool again = ssh_queue_settle(ssh, user, got);
    if (got < 0 && !again)
        return kill_end(ssh, kill, false);
    if (got > 0) {
        text_add_bytes(&kill->answer, buffer, (size_t) got);
        ssh_sudo_hear(ssh, &kill->sudo, buffer, (size_t) got);
        return !kill->sudo.is_refused || kill_end(ssh, kill, false);
    }
    if (ssh->sender != user && libssh2_channel_eof(kill->channel) == 1)
        return kill_end(ssh, kill, strstr(kill->answer.bytes, "pipster-gone") != NULL);
    return false;
}

// The user may be in the middle of a packet, so it goes with the whole connection.
static void kill_expired(void *context)
{
    struct kill *kill = context;
    struct ssh *ssh = kill->ssh;
    ssh_channel_killed_fn done = kill->done;
    kill->timer = NULL;
    done(ssh, false);
}

void ssh_channel_kill(struct ssh *ssh, long pid, ssh_channel_killed_fn done)
{
    struct kill *kill = allocate(sizeof *kill);
    char script[768];
    snprintf(script, sizeof script, kill_script, pid);
    arena_init(&kill->arena, 0);
    ssh_sudo_init(&kill->sudo);
    kill->command = ssh_sudo_command(ssh, &kill->sudo, &kill->arena, script);
    kill->user.pump = kill_pump;
    kill->user.lost = kill_lost;
    kill->user.waits = true;
    kill->ssh = ssh;
    kill->done = done;
    text_init(&kill->answer, 64 << 10);
    kill->timer = loop_timer_start(ssh->loop, KILL_LIMIT_MS, kill_expired, kill);
    ssh_queue_add(ssh, &kill->user);
    ssh_queue_wake(ssh);
}
