// SPDX-License-Identifier: MIT
//
// embed FILE… > stdlib.c: whole files as one C table, sorted by path, for the binary.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_paths(const void *left, const void *right)
{
    return strcmp(*(const char *const *) left, *(const char *const *) right);
}

static void put_byte(int byte)
{
    if (byte == '\n') {
        fputs("\\n\"\n\"", stdout);
    } else if (byte == '"' || byte == '\\' || byte == '?' || byte < ' ' || byte > '~') {
        printf("\\%03o", (unsigned) byte);
    } else {
        putchar(byte);
    }
}

// Prints one entry of the table; false when the file cannot be read.
static bool put_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return false;
    }
    size_t length = 0;
    printf("    {\"%s\",\n\"", path);
    for (int byte = getc(file); byte != EOF; byte = getc(file)) {
        put_byte(byte);
        length++;
    }
    bool whole = ferror(file) == 0;
    fclose(file);
    printf("\",\n     %zu},\n", length);
    return whole;
}

int main(int argc, char **argv)
{
    qsort(argv + 1, (size_t) argc - 1, sizeof *argv, compare_paths);
    puts("// Made by embed; do not edit.\n#include \"script/embedded.h\"\n");
    puts("const struct embedded_file embedded_files[] = {");
    for (int i = 1; i < argc; i++) {
        if (!put_file(argv[i])) {
            return 1;
        }
    }
    puts("    {0, 0, 0},\n};");
    printf("const unsigned long embedded_file_count = %d;\n", argc - 1);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : 1;
}
