#include "grader/grades/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "grader/grades/spool.h"

enum status pages_make(struct pages *pages, size_t n, size_t each, struct err *err)
{
    *pages = (struct pages){.at = NULL};
    if (n >= SIZE_MAX / 2 / each)
        return err_memory(err);
    const size_t size = n * each + 1;
    const int fd = spool_file();
    /* room that is not there would be a signal at the first touch */
    int why = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)size);
    void *at = why ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (!why && at == MAP_FAILED)
        why = errno;
    if (fd >= 0)
        close(fd);
    if (why)
        return spool_refused(why, err);
    *pages = (struct pages){at, size};
    return ST_OK;
}

void pages_free(struct pages *pages)
{
    if (pages->at)
        munmap(pages->at, pages->size);
    *pages = (struct pages){.at = NULL};
}
