#include "files.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/wiregrade-spec-XXXXXX";

void files_begin(void)
{
    memset(dir + sizeof(dir) - 7, 'X', 6);
    if (!mkdtemp(dir))
        abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void files_done(void)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *files_dir(void)
{
    return dir;
}

const char *files_path(const char *name)
{
    static char paths[4][512];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
    return path;
}

void files_write_bytes(const char *name, const void *bytes, size_t len)
{
    char path[512];

    snprintf(path, sizeof(path), "%s", files_path(name));
    for (char *slash = strchr(path + sizeof(dir), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *out = fopen(path, "we");
    if (!out || fwrite(bytes, 1, len, out) != len || fclose(out))
        abort();
}

void files_write(const char *name, const char *text)
{
    files_write_bytes(name, text, strlen(text));
}

const char *files_problems(struct problems *problems)
{
    static char text[65536];
    char *printed = NULL;
    size_t size = 0, n = 0, len = strlen(dir);
    FILE *out = open_memstream(&printed, &size);

    problems_print(problems, out);
    fclose(out);
    for (const char *p = printed; *p && n < sizeof(text) - 1;) {
        if (!strncmp(p, dir, len))
            p += len + (p[len] == '/');
        else
            text[n++] = *p++;
    }
    text[n] = '\0';
    free(printed);
    problems_free(problems);
    return text;
}
