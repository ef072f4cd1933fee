#include "grader/check/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { FIRST_MS = 1000, EVERY_MS = 200 };

void progress_open(struct progress *progress, const char *file)
{
    struct stat st;

    *progress = (struct progress){.wanted = isatty(STDERR_FILENO), .next_ms = clock_ms() + FIRST_MS};
    if (strcmp(file, "-") != 0 && stat(file, &st) == 0 && S_ISREG(st.st_mode))
        progress->size = st.st_size;
}

void progress_put(struct progress *progress, uint64_t packets, int64_t offset)
{
    int64_t now;

    if (!progress->wanted || (now = clock_ms()) < progress->next_ms)
        return;
    progress->next_ms = now + EVERY_MS;
    progress->shown = true;
    fprintf(stderr, "\r%" PRIu64 " packets", packets);
    if (progress->size > 0 && offset > 0)
        fprintf(stderr, ", %" PRId64 " %%", offset * 100 / progress->size);
    fputs("  ", stderr);
}

void progress_clear(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
}
