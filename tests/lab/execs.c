// SPDX-License-Identifier: MIT
//
// Records every execve below one command: `execs LOG COMMAND…` appends a line for each
// new program, with its whole argument vector as the kernel has it before the program's
// first instruction runs. Nothing is polled: each process is traced from its birth, and
// stops at each execve until it is written down. Ends when the last of them has, with the
// command's exit status (128 + N for signal N).
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const long options =
    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;

// One line: arguments are told apart by spaces, line breaks within become "\n".
static void write_arguments(FILE *log, int arguments)
{
    char buffer[65536];
    ssize_t size;
    while ((size = read(arguments, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < size; i++)
            switch (buffer[i]) {
            case '\0':
                putc(' ', log);
                break;
            case '\n':
                fputs("\\n", log);
                break;
            default:
                putc(buffer[i], log);
            }
}

static void record(FILE *log, pid_t pid)
{
    char path[64];
    struct timespec now;
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int) pid);
    int arguments = open(path, O_RDONLY | O_CLOEXEC);
    clock_gettime(CLOCK_REALTIME, &now);
    fprintf(log, "%lld.%06ld %d ", (long long) now.tv_sec, now.tv_nsec / 1000, (int) pid);
    if (arguments < 0) {
        fprintf(log, "(no arguments: %s)", strerror(errno));
    } else {
        write_arguments(log, arguments);
        close(arguments);
    }
    putc('\n', log);
    fflush(log);
}

static bool is_stop_signal(int number)
{
    return number == SIGSTOP || number == SIGTSTP || number == SIGTTIN ||
           number == SIGTTOU;
}

// Lets a stopped one go on; a signal that it stopped for is its own.
static void go_on(FILE *log, pid_t pid, int status)
{
    int event = status >> 16, number = WSTOPSIG(status);
    if (event == PTRACE_EVENT_STOP && is_stop_signal(number)) {
        ptrace(PTRACE_LISTEN, pid, NULL, NULL);
        return;
    }
    if (event == PTRACE_EVENT_EXEC)
        record(log, pid);
    ptrace(PTRACE_CONT, pid, NULL, (void *) (long) (event != 0 ? 0 : number));
}

static pid_t start(char **command, int *gate)
{
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        close(pipes[1]);
        if (read(pipes[0], &byte, 1) != 1)
            _exit(125);
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    close(pipes[0]);
    *gate = pipes[1];
    return pid;
}

int main(int argc, char **argv)
{
    FILE *log = argc > 2 ? fopen(argv[1], "ae") : NULL;
    int gate, status, result = 125;
    if (!log) {
        fputs("usage: execs LOG COMMAND…\n", stderr);
        return 125;
    }
    pid_t first = start(argv + 2, &gate);
    if (first < 0 || ptrace(PTRACE_SEIZE, first, NULL, (void *) options) != 0 ||
        write(gate, ".", 1) != 1) {
        perror("execs");
        return 125;
    }
    // What a signal to our group would end is the command's to end.
    signal(SIGINT, SIG_IGN);
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            break;
        if (WIFSTOPPED(status))
            go_on(log, pid, status);
        else if (pid == first)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    fclose(log);
    return result;
}
