// SPDX-License-Identifier: MIT
#include "view/host_view.h"

#include <string.h>

#include "base/redact.h"

void host_view_init(struct host_view *view, const struct terminal *out,
                    const struct terminal *err)
{
    *view = (struct host_view){.out = out, .err = err};
}

void host_view_widen(struct host_view *view, const char *name)
{
    int width = (int) terminal_columns(name);
    view->width = width > view->width ? width : view->width;
}

static void print_name(const struct host_view *view, const struct terminal *terminal,
                       const char *name)
{
    if (!view->bare)
        terminal_print(terminal, TERMINAL_CYAN, "%-*s| ", view->width, name);
}

static void print(const struct host_view *view, const struct terminal *terminal,
                  const char *name, const char *bytes, size_t length)
{
    print_name(view, terminal, name);
    // A NUL would end what terminal_print is given.
    if (terminal->live && !memchr(bytes, '\0', length))
        terminal_print(terminal, TERMINAL_PLAIN, "%.*s", (int) length, bytes);
    else
        redact_write(terminal->stream, bytes, length);
    fputc('\n', terminal->stream);
    fflush(terminal->stream);
}

void host_view_line(const struct host_view *view, const char *name, const char *bytes,
                    size_t length)
{
    print(view, view->out, name, bytes, length);
}

void host_view_errors(const struct host_view *view, const char *name, const char *bytes,
                      size_t length)
{
    const char *end = bytes + length;
    while (bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t) (end - bytes));
        const char *stop = newline ? newline : end;
        print(view, view->err, name, bytes, (size_t) (stop - bytes));
        bytes = stop + 1;
    }
}

void host_view_note(const struct host_view *view, const char *name, const char *words)
{
    print_name(view, view->err, name);
    terminal_print(view->err, TERMINAL_RED, "%s\n", words);
}

void host_view_fault(const struct host_view *view, const char *name,
                     const struct fault *fault)
{
    print_name(view, view->err, name);
    terminal_print(view->err, TERMINAL_RED, "%s", fault->what);
    if (fault->why[0])
        terminal_print(view->err, TERMINAL_PLAIN, ": %s", fault->why);
    if (fault->next[0])
        terminal_print(view->err, TERMINAL_DIM, " (%s)", fault->next);
    terminal_print(view->err, TERMINAL_PLAIN, "\n");
}
