/* Runs every input twice. With libFuzzer (the preset fuzz) its main calls LLVMFuzzerTestOneInput; without,
 * the main below runs the files and folders it is given once each, so that any compiler can replay them. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { SAID_MAX = 8 << 20, INPUT_MAX = 1 << 20 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buf said[2];
static int run;

uint8_t fuzz_dirt(void)
{
    return run ? 0xA5 : 0;
}

void fuzz_fail(const char *what)
{
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    buf_init(&said[0], SAID_MAX);
    buf_init(&said[1], SAID_MAX);
    fuzz_open();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (run = 0; run < 2; run++) {
        buf_clear(&said[run]);
        fuzz_once(data, size, &said[run]);
        if (said[run].failed)
            fuzz_fail("an answer larger than 8 MiB");
    }
    if (said[0].len != said[1].len || (said[0].len && memcmp(said[0].data, said[1].data, said[0].len) != 0)) {
        fprintf(stderr, "first:\n%s\nthen:\n%s\n", buf_text(&said[0]), buf_text(&said[1]));
        fuzz_fail("the same input gave two answers");
    }
    return 0;
}

#ifndef WIREGRADE_LIBFUZZER

static size_t replay(const char *path)
{
    struct err err;
    struct stat st;
    struct buf bytes;
    size_t n = 0;

    if (stat(path, &st))
        fuzz_fail(path);
    if (S_ISDIR(st.st_mode)) {
        DIR *dir = opendir(path);
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            char *name = path_join(path, entry->d_name);
            n += entry->d_name[0] != '.' && name ? replay(name) : 0;
            free(name);
        }
        if (dir)
            closedir(dir);
        return n;
    }
    buf_init(&bytes, INPUT_MAX);
    if (file_read(path, &bytes, &err) != ST_OK)
        fuzz_fail(err.text);
    /* exactly as long as the input, so that a read beyond it is seen */
    uint8_t *data = malloc(bytes.len ? bytes.len : 1);
    if (!data)
        fuzz_fail("no memory");
    memcpy(data, buf_text(&bytes), bytes.len);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, bytes.len);
    free(data);
    buf_free(&bytes);
    return 1;
}

int main(int argc, char **argv)
{
    size_t n = 0;

    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        n += replay(argv[i]);
    printf("%zu inputs\n", n);
    buf_free(&said[0]);
    buf_free(&said[1]);
    return n ? 0 : 1;
}

#endif
