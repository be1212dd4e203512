// SPDX-License-Identifier: MIT
//
// The kept shell: one channel with `exec /bin/sh`, opened for the first script and again
// after a script had to be ended. Scripts wait in a line; the first one is written (where
// sudo takes a password: once root's shell has answered), then both streams are read
// until each has shown its end marker.
#include "net/ssh_exec.h"

#include "base/clock.h"
#include "base/text.h"
#include "net/ssh_frame.h"
#include "net/ssh_sudo.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS     600000
#define CEILING        ((size_t) 128 << 20)
#define READS_PER_PUMP 16
#define WRITE_SIZE     ((size_t) 32000)

enum shell_state {
    SHELL_NONE,
    SHELL_STARTING,
    SHELL_ASKING, // sudo is, or may be, for a password
    SHELL_READY,
    SHELL_ENDING,  // the script is being ended on the host
    SHELL_LEAVING, // the channel is of no more use
};

struct job {
    struct job *next;
    struct loop *loop;
    struct ssh *ssh;
    struct text script; // then the whole frame
    size_t sent;
    bool framed;
    struct ssh_frame out, err;
    size_t ceiling;
    int64_t timeout_ms;
    struct loop_timer *timer;
    int64_t started_ms, ended_ms;
    void (*line)(void *context, const char *line, size_t length);
    ssh_exec_fn done;
    void *context;
    struct fault fault;
};

struct ssh_shell {
    struct ssh_user user;
    enum shell_state state;
    LIBSSH2_CHANNEL *channel;
    struct job *first; // under way
    struct job **last;
    int stream;         // a read that is half done goes on with the same one
    bool fresh;         // no frame was written yet
    struct arena arena; // of what follows
    const char *command;
    struct ssh_sudo sudo;
    bool hung_up; // on a sudo that refused
};

static void job_free(struct job *job)
{
    text_clear(&job->script);
    ssh_frame_clear(&job->out);
    ssh_frame_clear(&job->err);
    free(job);
}

static void job_deliver(void *context)
{
    struct job *job = context;
    const struct ssh_frame *out = &job->out, *err = &job->err;
    bool failed = fault_is_set(&job->fault);
    struct ssh_result result = {
        .status = failed ? -1 : (int) out->end_number,
        .output = out->begun ? out->text.bytes : "",
        .length = out->begun ? out->text.length : 0,
        .errors = err->begun ? err->text.bytes : "",
        .errors_length = err->begun ? err->text.length : 0,
        .ms = job->ended_ms - job->started_ms,
    };
    if (!failed && result.status > 128)
        result.signal = sigabbrev_np(result.status - 128);
    job->done(job->context, &result, failed ? &job->fault : NULL);
    job_free(job);
}

// The first of the line is done, well or not; its owner is told on the next turn.
static void finish_first(struct ssh *ssh, const struct fault *fault)
{
    struct ssh_shell *shell = ssh->shell;
    struct job *job = shell->first;
    shell->first = job->next;
    if (!shell->first)
        shell->last = &shell->first;
    if (job->timer)
        loop_timer_cancel(job->timer);
    job->timer = NULL;
    if (fault)
        job->fault = *fault;
    job->ended_ms = clock_monotonic_ms();
    shell->user.waits = shell->first != NULL;
    loop_defer(job->loop, job_deliver, job);
}

static void shell_lost(struct ssh *ssh, struct ssh_user *user, const struct fault *fault)
{
    struct ssh_shell *shell = ssh->shell;
    (void) user;
    shell->channel = NULL; // freed with the session
    shell->state = SHELL_NONE;
    while (shell->first) {
        // What was being ended has a better reason than this one.
        bool has_own = fault_is_set(&shell->first->fault);
        finish_first(ssh, has_own ? NULL : fault);
    }
}

static void killed(struct ssh *ssh, bool sure)
{
    struct ssh_shell *shell = ssh->shell;
    struct fault *fault = &shell->first->fault;
    if (sure) {
        fault_while(fault, "running a script on %s; what it started there was ended",
                    ssh->target.name);
        finish_first(ssh, NULL);
        shell->state = SHELL_LEAVING;
        ssh_queue_wake(ssh);
        return;
    }
    struct fault lost;
    fault_while(fault, "running a script on %s; it may still be running there",
                ssh->target.name);
    fault_set(&lost, FAULT_UNREACHABLE, "the connection to %s was given up",
              ssh_place(ssh));
    fault_why(&lost, "a script could not be ended there");
    ssh_queue_lose(ssh, &lost);
}

static void end_first(struct ssh *ssh)
{
    struct ssh_shell *shell = ssh->shell;
    shell->state = SHELL_ENDING;
    if (shell->first->out.begun)
        ssh_channel_kill(ssh, shell->first->out.begin_number, killed);
    else
        killed(ssh, false);
}

static void job_expired(void *context)
{
    struct job *job = context;
    job->timer = NULL;
    if (job->ssh->shell->state == SHELL_ENDING)
        return;
    long long seconds = (long long) (job->timeout_ms + 999) / 1000;
    if (!job->framed) {
        struct fault fault;
        fault_set(&fault, FAULT_UNREACHABLE, "%s gave no shell within %lld s",
                  ssh_place(job->ssh), seconds);
        ssh_queue_lose(job->ssh, &fault);
        return;
    }
    fault_set(&job->fault, FAULT_ERROR, "no end within %lld s", seconds);
    fault_next(&job->fault, "find out what it waits for, or give it a longer timeout");
    end_first(job->ssh);
}

static void check_ceiling(struct ssh *ssh, struct job *job)
{
    struct ssh_frame *frames[] = {&job->out, &job->err};
    for (int i = 0; i < 2; i++) {
        struct text *text = &frames[i]->text;
        // What is over it may still turn out to be the end marker.
        size_t limit = job->ceiling + (frames[i]->ended ? 0 : 2 * SSH_FRAME_NONCE_SIZE);
        if (!frames[i]->begun || (text->length <= limit && !text->overflow))
            continue;
        fault_set(&job->fault, FAULT_ERROR, "more than %zu bytes of output",
                  job->ceiling);
        fault_next(&job->fault, "let the script print less, or write it to a file");
        end_first(ssh);
        return;
    }
}

static void tell_lines(struct ssh *ssh, struct job *job)
{
    size_t length = 0;
    const char *line = NULL;
    while (job->line && ssh->link && (line = ssh_frame_line(&job->out, &length)))
        job->line(job->context, line, length);
}

// Takes what was read to where it belongs.
static void take(struct ssh *ssh, const char *bytes, size_t length)
{
    struct ssh_shell *shell = ssh->shell;
    struct job *job = shell->first;
    if (shell->state == SHELL_ASKING && shell->stream != 0) {
        ssh_sudo_hear(ssh, &shell->sudo, bytes, length);
        if (shell->sudo.is_root)
            shell->state = SHELL_READY;
        return;
    }
    if (shell->state != SHELL_READY || !job || !job->framed)
        return;
    bool is_out = shell->stream == 0;
    ssh_frame_add(is_out ? &job->out : &job->err, bytes, length);
    if (is_out)
        tell_lines(ssh, job);
    if (!ssh->link)
        return;
    check_ceiling(ssh, job);
    if (shell->state == SHELL_READY && job->out.ended && job->err.ended)
        finish_first(ssh, NULL);
}

static void explain_end(struct ssh *ssh, struct job *job, struct fault *fault)
{
    if (job->out.begun) {
        fault_set(fault, FAULT_UNREACHABLE, "the shell on %s ended before the script did",
                  ssh_place(ssh));
        fault_why(fault,
                  "the script ended its own parent, or the host ran out of memory");
        return;
    }
    const struct ssh_shell *shell = ssh->shell;
    const struct text *said = &job->out.text;
    if (job->err.text.length > 0)
        said = &job->err.text;
    if (shell->state == SHELL_ASKING)
        said = &shell->sudo.said;
    ssh_sudo_explain(ssh, &shell->sudo, said, fault);
}

// The server closed the channel.
static bool shell_ended(struct ssh *ssh)
{
    struct ssh_shell *shell = ssh->shell;
    bool was_open = shell->state == SHELL_READY || shell->state == SHELL_ASKING;
    if (was_open && shell->first) {
        struct fault fault;
        explain_end(ssh, shell->first, &fault);
        finish_first(ssh, &fault);
    }
    if (was_open)
        shell->state = SHELL_LEAVING;
    return shell->state == SHELL_LEAVING;
}

static bool read_streams(struct ssh *ssh, struct ssh_shell *shell)
{
    char buffer[32768];
    bool progress = false;
    int idle = 0;
    for (int reads = 0; idle < 2 && reads < READS_PER_PUMP; reads++) {
        ssize_t got =
            libssh2_channel_read_ex(shell->channel, shell->stream, buffer, sizeof buffer);
        bool again = ssh_queue_settle(ssh, &shell->user, got);
        if (ssh->sender)
            return progress;
        if (got < 0 && !again) {
            ssh_queue_lose_by(ssh, got);
            return false;
        }
        if (got > 0) {
            progress = true;
            idle = 0;
            take(ssh, buffer, (size_t) got);
            if (!ssh->link)
                return false;
        } else {
            idle++;
            shell->stream = shell->stream == 0 ? SSH_EXTENDED_DATA_STDERR : 0;
        }
    }
    return progress;
}

static void prepare_shell(struct ssh *ssh, struct ssh_shell *shell)
{
    ssh_sudo_clear(&shell->sudo);
    arena_clear(&shell->arena);
    ssh_sudo_init(&shell->sudo);
    shell->command = ssh_sudo_command(ssh, &shell->sudo, &shell->arena, NULL);
    shell->hung_up = false;
    shell->state = SHELL_STARTING;
}

static bool start_shell(struct ssh *ssh, struct ssh_shell *shell)
{
    int code = ssh_channel_start(ssh, &shell->user, &shell->channel, shell->command);
    if (code == 0) {
        bool asks = ssh_sudo_is_needed(ssh) && ssh->sudo_password;
        shell->state = asks ? SHELL_ASKING : SHELL_READY;
        shell->fresh = true;
        shell->stream = 0;
        return true;
    }
    if (code == LIBSSH2_ERROR_EAGAIN)
        return false;
    if (ssh_queue_is_fatal(code)) {
        ssh_queue_lose_by(ssh, code);
        return false;
    }
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "%s opens no shell", ssh_place(ssh));
    fault_why(&fault, "%s", ssh_link_error(ssh->link));
    fault_next(&fault,
               "see that MaxSessions in its sshd_config is at least 2 and that no "
               "ForceCommand stands in the way");
    finish_first(ssh, &fault);
    shell->state = shell->channel ? SHELL_LEAVING : SHELL_NONE;
    return true;
}

static void frame_first(struct ssh_shell *shell, struct job *job)
{
    struct text script = job->script;
    text_init(&job->script, 0);
    ssh_frame_write(&job->script, job->out.nonce, script.bytes, script.length,
                    shell->fresh);
    text_clear(&script);
    shell->fresh = false;
    job->framed = true;
    ssh_count_script();
}

// True while there is more to send that the server takes.
static bool write_some(struct ssh *ssh, struct ssh_shell *shell, struct text *text,
                       size_t *written)
{
    if (*written == text->length)
        return false;
    size_t size = text->length - *written;
    ssize_t sent = libssh2_channel_write(shell->channel, text->bytes + *written,
                                         size < WRITE_SIZE ? size : WRITE_SIZE);
    if (ssh_queue_settle(ssh, &shell->user, sent))
        return false;
    if (sent < 0 && ssh_queue_is_fatal(sent)) {
        ssh_queue_lose_by(ssh, sent);
        return false;
    }
    // Otherwise the channel was closed: reading will find that out, and why.
    if (sent <= 0)
        return false;
    *written += (size_t) sent;
    if (*written < text->length)
        return true;
    text_reset(text);
    *written = 0;
    return false;
}

static bool write_next(struct ssh *ssh, struct ssh_shell *shell)
{
    struct job *job = shell->first;
    if (shell->state == SHELL_ASKING)
        return write_some(ssh, shell, &shell->sudo.answer, &shell->sudo.sent);
    if (shell->state == SHELL_READY && job)
        return write_some(ssh, shell, &job->script, &job->sent);
    return false;
}

// A sudo that is told that nothing more comes asks no third time.
static void hang_up(struct ssh *ssh, struct ssh_shell *shell)
{
    if (!shell->sudo.is_refused || shell->hung_up)
        return;
    int code = libssh2_channel_send_eof(shell->channel);
    shell->hung_up = !ssh_queue_settle(ssh, &shell->user, code);
}

static bool shell_pump(struct ssh *ssh, struct ssh_user *user)
{
    struct ssh_shell *shell = (struct ssh_shell *) user;
    bool progress = false;
    struct job *job = shell->first;
    if (job && !job->timer && !job->framed && shell->state <= SHELL_READY) {
        job->started_ms = clock_monotonic_ms();
        job->timer =
            loop_timer_start(ssh->loop, (uint64_t) job->timeout_ms, job_expired, job);
    }
    if (shell->state == SHELL_NONE && job)
        prepare_shell(ssh, shell);
    if (shell->state == SHELL_STARTING)
        return start_shell(ssh, shell);
    if (!shell->channel)
        return false;
    if (shell->state == SHELL_READY && job && !job->framed)
        frame_first(shell, job);
    while (write_next(ssh, shell))
        progress = true;
    if (ssh->link && ssh->sender != user)
        hang_up(ssh, shell);
    if (!ssh->link || ssh->sender == user)
        return progress;
    progress |= read_streams(ssh, shell);
    if (!ssh->link || ssh->sender == user)
        return progress;
    if (libssh2_channel_eof(shell->channel) == 1)
        progress |= shell_ended(ssh);
    if (shell->state == SHELL_LEAVING) {
        ssh_channel_discard(ssh, shell->channel);
        shell->channel = NULL;
        shell->state = SHELL_NONE;
        progress = true;
    }
    return progress;
}

static struct ssh_shell *shell_of(struct ssh *ssh)
{
    if (ssh->shell)
        return ssh->shell;
    struct ssh_shell *shell = calloc(1, sizeof *shell);
    if (!shell)
        abort();
    arena_init(&shell->arena, 0);
    shell->last = &shell->first;
    shell->user.pump = shell_pump;
    shell->user.lost = shell_lost;
    ssh->shell = shell;
    if (ssh->link)
        ssh_queue_add(ssh, &shell->user);
    return shell;
}

void ssh_exec_free_shell(struct ssh *ssh)
{
    if (ssh->shell) {
        ssh_sudo_clear(&ssh->shell->sudo);
        arena_clear(&ssh->shell->arena);
    }
    free(ssh->shell);
    ssh->shell = NULL;
}

static struct job *job_new(struct ssh *ssh, const struct ssh_script *script,
                           ssh_exec_fn done, void *context)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    job->ssh = ssh;
    job->loop = ssh->loop;
    job->ceiling = script->ceiling ? script->ceiling : CEILING;
    text_init(&job->script, 0);
    text_add_bytes(&job->script, script->text, script->length);
    char nonce[SSH_FRAME_NONCE_SIZE];
    ssh_frame_nonce(nonce);
    ssh_frame_init(&job->out, nonce, job->ceiling);
    ssh_frame_init(&job->err, nonce, job->ceiling);
    job->timeout_ms = script->timeout_ms > 0 ? script->timeout_ms : TIMEOUT_MS;
    job->line = script->line;
    job->done = done;
    job->context = context;
    return job;
}

void ssh_exec(struct ssh *ssh, const struct ssh_script *script, ssh_exec_fn done,
              void *context)
{
    struct ssh_shell *shell = shell_of(ssh);
    struct job *job = job_new(ssh, script, done, context);
    if (!ssh->link)
        job->fault = ssh->lost;
    else if (memchr(script->text, '\0', script->length))
        fault_set(&job->fault, FAULT_ERROR, "a script cannot hold a NUL byte");
    else if (job->script.overflow)
        fault_set(&job->fault, FAULT_ERROR, "a script is larger than %zu bytes",
                  TEXT_CEILING);
    if (fault_is_set(&job->fault)) {
        loop_defer(ssh->loop, job_deliver, job);
        return;
    }
    *shell->last = job;
    shell->last = &job->next;
    shell->user.waits = true;
    ssh_queue_wake(ssh);
}
