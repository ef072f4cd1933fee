#include "grader/grades/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* One part: that of a student, or of all challenges. */
enum { PART_MAX = 64 << 20, LONG = 1 << 20 };

static const char *folder(void)
{
    const char *named = secure_getenv("TMPDIR");

    return named && *named ? named : "/tmp";
}

void spool_init(struct spool *spool)
{
    *spool = (struct spool){.fd = -1};
    buf_init(&spool->buf, PART_MAX);
}

void spool_done(struct spool *spool)
{
    buf_free(&spool->buf);
    if (spool->fd >= 0)
        close(spool->fd);
}

void spool_clear(struct spool *spool)
{
    buf_clear(&spool->buf);
    spool->why = 0;
    if (spool->fd >= 0 && (ftruncate(spool->fd, 0) || lseek(spool->fd, 0, SEEK_SET)))
        spool->why = errno;
}

int spool_file(void)
{
    return open(folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

enum status spool_refused(int why, struct err *err)
{
    return err_set(err, ST_ENV,
                   "%s: %s; the report is kept there until it is whole, in a file without a name: make "
                   "room, or name another folder by TMPDIR",
                   folder(), strerror(why));
}

static void move(struct spool *spool)
{
    if (spool->fd < 0)
        spool->fd = spool_file();
    if (!spool->why && (spool->fd < 0 || write_all(spool->fd, spool->buf.data, spool->buf.len)))
        spool->why = errno;
    spool->buf.len = 0;
}

void spool_settle(struct spool *spool)
{
    if (!spool->buf.failed && spool->buf.len >= LONG)
        move(spool);
}

enum status spool_copy(struct spool *spool, int fd, struct err *err)
{
    enum { CHUNK = 1 << 16 };
    char chunk[CHUNK];
    ssize_t n = 1;

    if (spool->buf.failed)
        return err_set(err, ST_ENV, "no memory, or one student's part is longer than %d MiB", PART_MAX >> 20);
    if (spool->fd >= 0 && lseek(spool->fd, 0, SEEK_SET))
        spool->why = errno;
    while (spool->fd >= 0 && !spool->why && n > 0) {
        n = read(spool->fd, chunk, sizeof(chunk));
        if (n < 0)
            spool->why = errno;
        else if (write_all(fd, chunk, (size_t)n))
            return err_set(err, ST_ENV, "the report cannot be written: %s", strerror(errno));
    }
    if (spool->why)
        return spool_refused(spool->why, err);
    if (write_all(fd, spool->buf.data, spool->buf.len))
        return err_set(err, ST_ENV, "the report cannot be written: %s", strerror(errno));
    return ST_OK;
}
