// SPDX-License-Identifier: MIT
//
// A far network on this machine: takes connections on PREFIX.a.b:PORT and carries them to
// HOSTPREFIX.a.b:22, each byte MS milliseconds late, either way.
//   delay MS PORT PREFIX HOSTPREFIX a.b …
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static uv_loop_t *loop;
static int delay_ms;

struct pipe {
    uv_tcp_t tcp;
    struct pipe *other;
};

struct gate {
    uv_tcp_t tcp;
    struct sockaddr_in target;
};

// What was read, on its way; an empty one is the end of the stream.
struct parcel {
    uv_timer_t timer;
    uv_write_t write;
    struct pipe *to;
    size_t length;
    char bytes[65536];
};

static void take_bytes(uv_handle_t *handle, size_t hint, uv_buf_t *buffer)
{
    (void) handle;
    (void) hint;
    struct parcel *parcel = calloc(1, sizeof *parcel);
    assert(parcel);
    *buffer = uv_buf_init(parcel->bytes, sizeof parcel->bytes);
}

static struct parcel *parcel_of(const uv_buf_t *buffer)
{
    return (struct parcel *) (void *) (buffer->base - offsetof(struct parcel, bytes));
}

static void end(struct pipe *pipe)
{
    struct pipe *both[] = {pipe, pipe->other};
    for (int i = 0; i < 2; i++)
        if (!uv_is_closing((uv_handle_t *) &both[i]->tcp))
            uv_close((uv_handle_t *) &both[i]->tcp, NULL);
}

static void drop(uv_handle_t *handle)
{
    free(handle->data);
}

static void written(uv_write_t *write, int status)
{
    struct parcel *parcel = write->data;
    if (status < 0)
        end(parcel->to);
    uv_close((uv_handle_t *) &parcel->timer, drop);
}

static void arrive(uv_timer_t *timer)
{
    struct parcel *parcel = timer->data;
    uv_buf_t buffer = uv_buf_init(parcel->bytes, (unsigned) parcel->length);
    parcel->write.data = parcel;
    if (parcel->length > 0 && !uv_is_closing((uv_handle_t *) &parcel->to->tcp) &&
        uv_write(&parcel->write, (uv_stream_t *) &parcel->to->tcp, &buffer, 1, written) ==
            0)
        return;
    end(parcel->to);
    uv_close((uv_handle_t *) timer, drop);
}

// Pairs live as long as the process: a bench makes a few thousand at most.
static void departed(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    if (!buffer->base)
        return;
    struct pipe *pipe = stream->data;
    struct parcel *parcel = parcel_of(buffer);
    if (count == 0) {
        free(parcel);
        return;
    }
    if (count < 0)
        uv_read_stop(stream);
    parcel->to = pipe->other;
    parcel->length = count > 0 ? (size_t) count : 0;
    parcel->timer.data = parcel;
    uv_timer_init(loop, &parcel->timer);
    uv_timer_start(&parcel->timer, arrive, (uint64_t) delay_ms, 0);
}

static void connected(uv_connect_t *connect, int status)
{
    struct pipe *far = connect->handle->data;
    free(connect);
    if (status < 0) {
        end(far);
        return;
    }
    uv_read_start((uv_stream_t *) &far->tcp, take_bytes, departed);
    uv_read_start((uv_stream_t *) &far->other->tcp, take_bytes, departed);
}

static struct pipe *make_pipe(void)
{
    struct pipe *pipe = calloc(1, sizeof *pipe);
    assert(pipe);
    uv_tcp_init(loop, &pipe->tcp);
    uv_tcp_nodelay(&pipe->tcp, 1);
    pipe->tcp.data = pipe;
    return pipe;
}

static void came(uv_stream_t *stream, int status)
{
    struct gate *gate = stream->data;
    if (status < 0)
        return;
    struct pipe *near = make_pipe(), *far = make_pipe();
    near->other = far;
    far->other = near;
    uv_connect_t *connect = malloc(sizeof *connect);
    if (uv_accept(stream, (uv_stream_t *) &near->tcp) != 0 ||
        uv_tcp_connect(connect, &far->tcp, (struct sockaddr *) &gate->target,
                       connected) != 0) {
        free(connect);
        end(near);
    }
}

static int open_gate(const char *prefix, int port, const char *host_prefix,
                     const char *rest)
{
    char address[64];
    struct sockaddr_in here;
    struct gate *gate = calloc(1, sizeof *gate);
    assert(gate);
    snprintf(address, sizeof address, "%s.%s", host_prefix, rest);
    if (uv_ip4_addr(address, 22, &gate->target) != 0)
        return 1;
    snprintf(address, sizeof address, "%s.%s", prefix, rest);
    if (uv_ip4_addr(address, port, &here) != 0)
        return 1;
    uv_tcp_init(loop, &gate->tcp);
    gate->tcp.data = gate;
    return uv_tcp_bind(&gate->tcp, (struct sockaddr *) &here, 0) != 0 ||
           uv_listen((uv_stream_t *) &gate->tcp, 64, came) != 0;
}

int main(int argc, char **argv)
{
    if (argc < 6)
        return 64;
    loop = uv_default_loop();
    delay_ms = atoi(argv[1]);
    for (int i = 5; i < argc; i++) {
        if (open_gate(argv[3], atoi(argv[2]), argv[4], argv[i])) {
            fprintf(stderr, "delay: cannot listen for %s\n", argv[i]);
            return 1;
        }
    }
    puts("ready");
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}
