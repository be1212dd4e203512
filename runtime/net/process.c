// SPDX-License-Identifier: MIT
#include "net/process.h"

#include "base/arena.h"
#include "base/text.h"

#include <uv.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_CEILING ((size_t) 64 << 20)
// What a process left running in the background may hold its outputs open for.
#define DRAIN_MS 500

struct process {
    uv_process_t uv;
    struct loop *loop;
    struct loop_timer *time_limit;
    struct loop_timer *drain_limit;
    uv_pipe_t input_pipe;
    uv_pipe_t output_pipe;
    uv_pipe_t errors_pipe;
    uv_write_t write;
    char *input;
    size_t input_length;
    char *name;
    int64_t timeout_ms;
    struct text output;
    struct text errors;
    int open;    // handles that are not closed yet
    int reading; // outputs that have not ended yet
    bool exited;
    bool timed_out;
    struct process_result result;
    struct fault fault;
    process_done_fn done;
    void *context;
};

static void deliver(void *context)
{
    struct process *process = context;
    process->result.output = process->output.bytes;
    process->result.length = process->output.length;
    process->result.errors = process->errors.bytes;
    process->result.errors_length = process->errors.length;
    if (!fault_is_set(&process->fault) &&
        (process->output.overflow || process->errors.overflow))
        fault_set(&process->fault, FAULT_ERROR, "%s printed more than %zu bytes",
                  process->name, OUTPUT_CEILING);
    process->done(process->context, &process->result, &process->fault);
    text_clear(&process->output);
    text_clear(&process->errors);
    if (process->input)
        explicit_bzero(process->input, process->input_length);
    free(process->input);
    free(process->name);
    free(process);
}

static void handle_closed(uv_handle_t *handle)
{
    struct process *process = handle->data;
    if (--process->open == 0)
        loop_defer(process->loop, deliver, process);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, handle_closed);
}

static void close_all(struct process *process)
{
    loop_timer_cancel(process->time_limit);
    loop_timer_cancel(process->drain_limit);
    process->time_limit = process->drain_limit = NULL;
    close_handle((uv_handle_t *) &process->uv);
    close_handle((uv_handle_t *) &process->input_pipe);
    close_handle((uv_handle_t *) &process->output_pipe);
    close_handle((uv_handle_t *) &process->errors_pipe);
}

static void drained(void *context)
{
    struct process *process = context;
    process->drain_limit = NULL;
    close_all(process);
}

static void end_if_over(struct process *process)
{
    if (!process->exited)
        return;
    if (process->reading == 0)
        close_all(process);
    else if (!process->drain_limit)
        process->drain_limit =
            loop_timer_start(process->loop, DRAIN_MS, drained, process);
}

static void exited(uv_process_t *handle, int64_t status, int signal_number)
{
    struct process *process = handle->data;
    process->exited = true;
    process->result.status = (int) status;
    process->result.signal = signal_number;
    if (process->timed_out) {
        fault_set(&process->fault, FAULT_ERROR, "%s was ended after %.1f s",
                  process->name, (double) process->timeout_ms / 1000);
        fault_why(&process->fault, "it took longer than its time limit");
    }
    end_if_over(process);
}

static void time_is_up(void *context)
{
    struct process *process = context;
    process->time_limit = NULL;
    process->timed_out = true;
    // Its group: it was started as the leader of one.
    if (!process->exited)
        kill(-process->uv.pid, SIGKILL);
}

static void room_for_output(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void) handle;
    buffer->base = malloc(suggested);
    if (!buffer->base)
        abort();
    buffer->len = suggested;
}

static void output_arrived(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct process *process = stream->data;
    struct text *text = (uv_pipe_t *) stream == &process->output_pipe ? &process->output
                                                                      : &process->errors;
    if (length > 0)
        text_add_bytes(text, buffer->base, (size_t) length);
    if (buffer->base)
        explicit_bzero(buffer->base, length > 0 ? (size_t) length : 0);
    free(buffer->base);
    if (length >= 0)
        return;
    uv_read_stop(stream);
    process->reading--;
    end_if_over(process);
}

static void input_written(uv_write_t *write, int status)
{
    (void) status; // a process need not read its input
    struct process *process = write->data;
    close_handle((uv_handle_t *) &process->input_pipe);
}

static void init_handles(struct process *process)
{
    uv_loop_t *uv = loop_uv(process->loop);
    uv_pipe_t *pipes[] = {&process->input_pipe, &process->output_pipe,
                          &process->errors_pipe};
    for (int i = 0; i < 3; i++) {
        uv_pipe_init(uv, pipes[i], 0);
        pipes[i]->data = process;
    }
    process->uv.data = process;
    process->write.data = process;
    process->open = 4;
}

static int spawn(struct process *process, const struct process_call *call)
{
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE,
         .data.stream = (uv_stream_t *) &process->input_pipe},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *) &process->output_pipe},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *) &process->errors_pipe},
    };
    uv_process_options_t options = {
        .exit_cb = exited,
        .file = call->argv[0],
        .args = (char **) call->argv,
        .env = (char **) call->environment,
        .cwd = call->directory,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = stdio,
    };
    return uv_spawn(loop_uv(process->loop), &process->uv, &options);
}

static void feed_and_read(struct process *process)
{
    process->reading = 2;
    uv_read_start((uv_stream_t *) &process->output_pipe, room_for_output, output_arrived);
    uv_read_start((uv_stream_t *) &process->errors_pipe, room_for_output, output_arrived);
    uv_buf_t buffer = uv_buf_init(process->input, (unsigned) process->input_length);
    if (process->input_length == 0 ||
        uv_write(&process->write, (uv_stream_t *) &process->input_pipe, &buffer, 1,
                 input_written) != 0)
        close_handle((uv_handle_t *) &process->input_pipe);
}

void process_start(struct loop *loop, const struct process_call *call,
                   process_done_fn done, void *context)
{
    struct process *process = calloc(1, sizeof *process);
    if (!process || !(process->name = strdup(call->argv[0])) ||
        !(process->input = malloc(call->input_length + 1)))
        abort();
    if (call->input_length)
        memcpy(process->input, call->input, call->input_length);
    process->input_length = call->input_length;
    process->loop = loop;
    process->done = done;
    process->context = context;
    process->timeout_ms = call->timeout_ms ? call->timeout_ms : 600000;
    text_init(&process->output, OUTPUT_CEILING);
    text_init(&process->errors, OUTPUT_CEILING);
    init_handles(process);
    int status = spawn(process, call);
    if (status != 0) {
        fault_set(&process->fault, FAULT_ERROR, "Cannot start %s", process->name);
        fault_why(&process->fault, "%s", uv_strerror(status));
        close_all(process);
        return;
    }
    process->time_limit =
        loop_timer_start(loop, (uint64_t) process->timeout_ms, time_is_up, process);
    feed_and_read(process);
}

struct waiting_run {
    struct arena *arena;
    struct process_result *result;
    struct fault *fault;
    bool over;
};

static void run_ended(void *context, const struct process_result *result,
                      const struct fault *fault)
{
    struct waiting_run *run = context;
    *run->result = *result;
    run->result->output = arena_copy(run->arena, result->output, result->length);
    run->result->errors = arena_copy(run->arena, result->errors, result->errors_length);
    *run->fault = *fault;
    run->over = true;
}

bool process_run(const struct process_call *call, struct arena *arena,
                 struct process_result *result, struct fault *fault)
{
    struct waiting_run run = {.arena = arena, .result = result, .fault = fault};
    struct loop *loop = loop_new();
    process_start(loop, call, run_ended, &run);
    while (!run.over && loop_turn(loop))
        continue;
    loop_free(loop);
    return !fault_is_set(fault);
}
