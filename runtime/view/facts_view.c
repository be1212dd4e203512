// SPDX-License-Identifier: MIT
#include "view/facts_view.h"

#include <inttypes.h>

#include "base/duration.h"
#include "base/text.h"

static void print(const struct terminal *terminal, const char *label, const char *text)
{
    if (*text == '\0')
        return;
    terminal_print(terminal, TERMINAL_DIM, "  %-13s", label);
    terminal_print(terminal, TERMINAL_PLAIN, "%s\n", text);
}

static void add_size(struct text *text, const struct value *map, const char *key)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double size = (double) value_find_integer(map, key, 0);
    size_t unit = 0;
    for (; size >= 1024 && unit < 5; unit++)
        size /= 1024;
    text_format(text, size < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static void add_word(struct text *text, const struct value *map, const char *key,
                     const char *before)
{
    const char *word = value_find_text(map, key, NULL);
    if (word != NULL)
        text_format(text, "%s%s", text->length > 0 ? before : "", word);
}

static void print_words(const struct terminal *terminal, const char *label,
                        const struct value *list)
{
    struct text text;
    text_init(&text, 0);
    for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count;
         i++)
        if (list->list.items[i]->kind == VALUE_STRING)
            text_format(&text, "%s%s", i > 0 ? ", " : "",
                        list->list.items[i]->string.bytes);
    print(terminal, label, text.bytes);
    text_clear(&text);
}

static void print_each(const struct terminal *terminal, const char *label,
                       const struct value *list,
                       void (*add)(struct text *text, const struct value *item))
{
    for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count;
         i++) {
        struct text text;
        text_init(&text, 0);
        add(&text, list->list.items[i]);
        print(terminal, i == 0 ? label : "", text.bytes);
        text_clear(&text);
    }
}

static void add_disk(struct text *text, const struct value *disk)
{
    add_word(text, disk, "mount", "");
    text_add(text, "  ");
    add_size(text, disk, "used");
    text_add(text, " of ");
    add_size(text, disk, "size");
    add_word(text, disk, "device", "  ");
    add_word(text, disk, "type", " ");
}

static void add_address(struct text *text, const struct value *address)
{
    add_word(text, address, "address", "");
    add_word(text, address, "interface", "  ");
}

static void add_port(struct text *text, const struct value *port)
{
    text_format(text, "%s/%" PRId64, value_find_text(port, "protocol", ""),
                value_find_integer(port, "port", 0));
    add_word(text, port, "address", "  ");
    add_word(text, port, "process", "  ");
}

static void print_machine(const struct terminal *terminal, const struct value *facts)
{
    struct text text;
    text_init(&text, 0);
    const struct value *cpu = value_find(facts, "cpu");
    const struct value *memory = value_find(facts, "memory");
    print(terminal, "os", value_find_text(value_find(facts, "os"), "name", ""));
    add_word(&text, facts, "kernel", "");
    add_word(&text, facts, "architecture", " ");
    print(terminal, "kernel", text.bytes);
    text_reset(&text);
    text_format(&text, "%" PRId64, value_find_integer(cpu, "count", 0));
    add_word(&text, cpu, "model", " × ");
    print(terminal, "cpu", text.bytes);
    text_reset(&text);
    add_size(&text, memory, "available");
    text_add(&text, " free of ");
    add_size(&text, memory, "total");
    if (value_find_integer(memory, "swap_total", 0) > 0) {
        text_add(&text, ", swap ");
        add_size(&text, memory, "swap_free");
        text_add(&text, " free of ");
        add_size(&text, memory, "swap_total");
    }
    print(terminal, "memory", text.bytes);
    text_clear(&text);
}

static void print_state(const struct terminal *terminal, const struct value *facts)
{
    char span[DURATION_TEXT_SIZE];
    struct text text;
    text_init(&text, 0);
    const struct value *packages = value_find(facts, "packages");
    int64_t age = value_find_integer(packages, "lists_age_s", -1);
    print(terminal, "up for",
          duration_format(value_find_integer(facts, "uptime_s", 0) * 1000, span));
    print(terminal, "boot id", value_find_text(facts, "boot_id", ""));
    text_add(&text, value_find_bool(facts, "reboot_required", false) ? "required" : "");
    print(terminal, "reboot", text.bytes);
    print_words(terminal, "because of", value_find(facts, "reboot_packages"));
    text_reset(&text);
    if (value_find_integer(packages, "installed", 0) > 0)
        text_format(&text, "%" PRId64 " installed, lists %s%s",
                    value_find_integer(packages, "installed", 0),
                    age < 0 ? "never read" : duration_format(age * 1000, span),
                    age < 0 ? "" : " old");
    print(terminal, "packages", text.bytes);
    text_reset(&text);
    add_word(&text, value_find(facts, "docker"), "version", "");
    if (text.length > 0)
        text_format(&text, ", %" PRId64 " containers running",
                    value_find_integer(value_find(facts, "docker"), "running", 0));
    print(terminal, "docker", text.bytes);
    print_words(terminal, "failed units", value_find(facts, "failed_units"));
    text_clear(&text);
}

void facts_view_print(const struct terminal *terminal, const char *name,
                      const struct value *facts)
{
    terminal_print(terminal, TERMINAL_BOLD, "%s", name);
    terminal_print(terminal, TERMINAL_DIM, "  %s, as %s\n",
                   value_find_text(facts, "address", ""),
                   value_find_text(facts, "login", ""));
    print_machine(terminal, facts);
    print_each(terminal, "disks", value_find(facts, "disks"), add_disk);
    print_each(terminal, "addresses", value_find(facts, "addresses"), add_address);
    print_state(terminal, facts);
    print_each(terminal, "ports", value_find(facts, "ports"), add_port);
}
