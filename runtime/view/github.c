// SPDX-License-Identifier: MIT
#include "view/github.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

// Their own escapes: of words, and of properties, which commas and colons end.
static void escape(struct text *out, const char *words, bool is_property)
{
    for (; *words; words++)
        if (strchr("%\r\n", *words) || (is_property && strchr(":,", *words)))
            text_format(out, "%%%02X", (unsigned) (unsigned char) *words);
        else
            text_add_char(out, *words);
}

void github_annotate(const struct terminal *terminal, const struct github_note *note)
{
    struct text line;
    text_init(&line, 0);
    text_format(&line, "::%s ", note->level);
    if (note->file) {
        text_add(&line, "file=");
        escape(&line, note->file, true);
        text_add_char(&line, ',');
    }
    if (note->file && note->line > 0)
        text_format(&line, "line=%d,", note->line);
    text_add(&line, "title=");
    escape(&line, note->title, true);
    text_add(&line, "::");
    escape(&line, note->words, false);
    terminal_print(terminal, TERMINAL_PLAIN, "%s\n", line.bytes);
    text_clear(&line);
}

static bool fail(const char *path, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "the summary of the step cannot be written");
    fault_where(fault, "%s", path);
    return fault_why(fault, "%s", strerror(errno));
}

bool github_open_summary(FILE **file, struct fault *fault)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    *file = NULL;
    if (!path || !*path)
        return true;
    *file = fopen(path, "ae");
    return *file != NULL || fail(path, fault);
}

bool github_close_summary(FILE *file, struct fault *fault)
{
    bool whole = !ferror(file);
    whole = fclose(file) == 0 && whole;
    return whole || fail(getenv("GITHUB_STEP_SUMMARY"), fault);
}
