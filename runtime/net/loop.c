// SPDX-License-Identifier: MIT
#include "net/loop.h"

#include "base/log.h"

#include <uv.h>

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <ucontext.h>
#include <unistd.h>

static const int watched[] = {SIGINT, SIGTERM, SIGHUP};
#define WATCHED (sizeof watched / sizeof *watched)

struct deferred {
    loop_fn callback;
    void *context;
    struct deferred *next;
};

struct queue {
    struct deferred *first;
    struct deferred **end;
};

// Signals are read by a thread of their own, so that the second one ends the process
// even when the loop hangs in some C function.
struct signal_watch {
    pthread_t thread;
    sigset_t signals;
    int signal_fd;
    int stop_fd;
    volatile int *interrupted;
    volatile int *given_up;
    int patience_ms; // -1: nothing is given up
    uv_async_t *noticed;
    struct sigaction old[WATCHED];
    sigset_t old_mask;
};

struct loop {
    uv_loop_t uv;
    uv_async_t wake;
    uv_async_t noticed;
    uv_idle_t hurry; // active while something is deferred
    loop_fn woken;
    void *woken_context;
    bool wake_expected;
    bool turning;
    struct queue later; // for the next turn
    struct queue due;   // being delivered now
    struct signal_watch *signals;
};

struct loop_timer {
    uv_timer_t uv;
    loop_fn callback;
    void *context;
};

struct work {
    uv_work_t uv;
    loop_fn work;
    loop_fn done;
    void *context;
};

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

static void wake_arrived(uv_async_t *handle)
{
    struct loop *loop = handle->data;
    if (loop->woken)
        loop->woken(loop->woken_context);
}

static void signal_noticed(uv_async_t *handle)
{
    (void) handle; // it is enough that loop_turn returns
}

static void queue_init(struct queue *queue)
{
    queue->first = NULL;
    queue->end = &queue->first;
}

struct loop *loop_new(void)
{
    struct loop *loop = allocate(sizeof *loop);
    if (uv_loop_init(&loop->uv) != 0)
        abort();
    uv_async_init(&loop->uv, &loop->wake, wake_arrived);
    uv_async_init(&loop->uv, &loop->noticed, signal_noticed);
    uv_idle_init(&loop->uv, &loop->hurry);
    loop->wake.data = loop;
    uv_unref((uv_handle_t *) &loop->wake);
    uv_unref((uv_handle_t *) &loop->noticed);
    uv_unref((uv_handle_t *) &loop->hurry);
    queue_init(&loop->later);
    queue_init(&loop->due);
    // A peer that went away must be an error of write, not the end of the process.
    signal(SIGPIPE, SIG_IGN);
    return loop;
}

struct uv_loop_s *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

static void hurry(uv_idle_t *handle)
{
    (void) handle; // it is enough that polling does not wait while this is active
}

// Timers are due before the loop polls: what one of them defers must not wait for a
// socket.
void loop_defer(struct loop *loop, loop_fn callback, void *context)
{
    if (!uv_is_closing((uv_handle_t *) &loop->hurry))
        uv_idle_start(&loop->hurry, hurry);
    struct deferred *deferred = allocate(sizeof *deferred);
    deferred->callback = callback;
    deferred->context = context;
    *loop->later.end = deferred;
    loop->later.end = &deferred->next;
}

static void queue_forget(struct queue *queue, loop_fn callback, void *context)
{
    struct deferred **link = &queue->first;
    while (*link) {
        struct deferred *deferred = *link;
        if (deferred->callback == callback && deferred->context == context) {
            *link = deferred->next;
            free(deferred);
        } else {
            link = &deferred->next;
        }
    }
    queue->end = link;
}

void loop_defer_cancel(struct loop *loop, loop_fn callback, void *context)
{
    queue_forget(&loop->later, callback, context);
    queue_forget(&loop->due, callback, context);
}

// What is deferred while this runs waits for the next turn.
static void deliver_deferred(struct loop *loop)
{
    uv_idle_stop(&loop->hurry);
    loop->due.first = loop->later.first;
    loop->due.end = loop->later.first ? loop->later.end : &loop->due.first;
    queue_init(&loop->later);
    while (loop->due.first) {
        struct deferred *deferred = loop->due.first;
        loop->due.first = deferred->next;
        if (!loop->due.first)
            loop->due.end = &loop->due.first;
        loop_fn callback = deferred->callback;
        void *context = deferred->context;
        free(deferred);
        callback(context);
    }
}

bool loop_turn(struct loop *loop)
{
    assert(!loop->turning);
    if (!loop->later.first && !uv_loop_alive(&loop->uv))
        return false;
    loop->turning = true;
    uv_run(&loop->uv, loop->later.first ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    deliver_deferred(loop);
    loop->turning = false;
    return true;
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void timer_due(uv_timer_t *handle)
{
    struct loop_timer *timer = handle->data;
    uv_close((uv_handle_t *) handle, timer_closed);
    timer->callback(timer->context);
}

struct loop_timer *loop_timer_start(struct loop *loop, uint64_t ms, loop_fn callback,
                                    void *context)
{
    struct loop_timer *timer = allocate(sizeof *timer);
    timer->callback = callback;
    timer->context = context;
    uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    // libuv counts from the time it last looked, which a long callback leaves behind.
    uv_update_time(&loop->uv);
    uv_timer_start(&timer->uv, timer_due, ms, 0);
    return timer;
}

void loop_timer_cancel(struct loop_timer *timer)
{
    if (timer)
        uv_close((uv_handle_t *) &timer->uv, timer_closed);
}

static void work_run(uv_work_t *request)
{
    struct work *work = request->data;
    work->work(work->context);
}

static void work_ended(uv_work_t *request, int status)
{
    (void) status;
    struct work *work = request->data;
    loop_fn done = work->done;
    void *context = work->context;
    free(work);
    done(context);
}

void loop_work(struct loop *loop, loop_fn work_fn, loop_fn done, void *context)
{
    struct work *work = allocate(sizeof *work);
    work->work = work_fn;
    work->done = done;
    work->context = context;
    work->uv.data = work;
    if (uv_queue_work(&loop->uv, &work->uv, work_run, work_ended) != 0)
        abort();
}

void loop_on_wake(struct loop *loop, loop_fn woken, void *context)
{
    loop->woken = woken;
    loop->woken_context = context;
}

void loop_wake(struct loop *loop)
{
    uv_async_send(&loop->wake);
}

void loop_expect_wake(struct loop *loop, bool expected)
{
    if (expected == loop->wake_expected)
        return;
    loop->wake_expected = expected;
    if (expected)
        uv_ref((uv_handle_t *) &loop->wake);
    else
        uv_unref((uv_handle_t *) &loop->wake);
}

static void notice(struct signal_watch *watch, volatile int *flag, int number)
{
    __atomic_store_n(flag, number, __ATOMIC_SEQ_CST);
    uv_async_send(watch->noticed);
}

// What is written here is read by people only: nothing depends on it.
static void end_at_once(int number)
{
    static const char words[] =
        "\nstopped at once: the next run settles what was begun\n";
    ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
    (void) ignored;
    _exit(128 + number);
}

static void *signal_thread(void *context)
{
    struct signal_watch *watch = context;
    struct pollfd fds[] = {{watch->signal_fd, POLLIN, 0}, {watch->stop_fd, POLLIN, 0}};
    for (int patience_ms = -1;;) {
        int due = poll(fds, 2, patience_ms);
        if (due == 0)
            notice(watch, watch->given_up, 1);
        if (due == 0)
            patience_ms = -1;
        if (due <= 0)
            continue;
        if (fds[1].revents)
            return NULL;
        struct signalfd_siginfo info;
        if (read(watch->signal_fd, &info, sizeof info) != sizeof info)
            continue;
        if (*watch->interrupted)
            end_at_once((int) info.ssi_signo);
        patience_ms = __atomic_load_n(&watch->patience_ms, __ATOMIC_SEQ_CST);
        notice(watch, watch->interrupted, (int) info.ssi_signo);
    }
}

// A thread older than the watch does not have the signals blocked and may be given one:
// it blocks them from here on and passes this one on to the watching thread.
static void pass_on(int number, siginfo_t *info, void *context)
{
    (void) info;
    ucontext_t *interrupted = context;
    for (size_t i = 0; i < WATCHED; i++)
        sigaddset(&interrupted->uc_sigmask, watched[i]);
    kill(getpid(), number);
}

// Under nohup the terminal's end is no concern of ours.
static void choose_signals(struct signal_watch *watch)
{
    sigemptyset(&watch->signals);
    for (size_t i = 0; i < WATCHED; i++) {
        sigaction(watched[i], NULL, &watch->old[i]);
        if (watched[i] != SIGHUP || watch->old[i].sa_handler != SIG_IGN)
            sigaddset(&watch->signals, watched[i]);
    }
}

static void catch_signals(const struct signal_watch *watch)
{
    struct sigaction action = {.sa_sigaction = pass_on,
                               .sa_flags = SA_SIGINFO | SA_RESTART};
    action.sa_mask = watch->signals;
    for (size_t i = 0; i < WATCHED; i++)
        if (sigismember(&watch->signals, watched[i]) == 1)
            sigaction(watched[i], &action, NULL);
}

void loop_watch_signals(struct loop *loop, volatile int *interrupted)
{
    assert(!loop->signals);
    struct signal_watch *watch = allocate(sizeof *watch);
    loop->signals = watch;
    watch->interrupted = interrupted;
    watch->patience_ms = -1;
    watch->noticed = &loop->noticed;
    choose_signals(watch);
    pthread_sigmask(SIG_BLOCK, &watch->signals, &watch->old_mask);
    catch_signals(watch);
    watch->signal_fd = signalfd(-1, &watch->signals, SFD_CLOEXEC);
    watch->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (watch->signal_fd < 0 || watch->stop_fd < 0 ||
        pthread_create(&watch->thread, NULL, signal_thread, watch) != 0)
        abort();
}

void loop_give_up_after(struct loop *loop, int ms, volatile int *given_up)
{
    loop->signals->given_up = given_up;
    __atomic_store_n(&loop->signals->patience_ms, ms, __ATOMIC_SEQ_CST);
}

static void stop_signals(struct signal_watch *watch)
{
    if (!watch)
        return;
    eventfd_write(watch->stop_fd, 1);
    pthread_join(watch->thread, NULL);
    close(watch->signal_fd);
    close(watch->stop_fd);
    for (size_t i = 0; i < WATCHED; i++)
        sigaction(watched[i], &watch->old[i], NULL);
    pthread_sigmask(SIG_SETMASK, &watch->old_mask, NULL);
    free(watch);
}

static void find_open(uv_handle_t *handle, void *context)
{
    if (!uv_is_closing(handle))
        *(bool *) context = true;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    assert(!loop->turning);
    stop_signals(loop->signals);
    uv_close((uv_handle_t *) &loop->wake, NULL);
    uv_close((uv_handle_t *) &loop->noticed, NULL);
    uv_close((uv_handle_t *) &loop->hurry, NULL);
    bool open = false;
    do {
        deliver_deferred(loop);
        open = false;
        uv_walk(&loop->uv, find_open, &open);
        if (!open)
            uv_run(&loop->uv, loop->later.first ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    } while (!open && (loop->later.first || uv_loop_alive(&loop->uv)));
    if (uv_loop_close(&loop->uv) == 0)
        free(loop);
    else
        log_debug("the loop was freed while something is still under way on it");
}
