#include "targets/state/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

enum { DROPS_MAX = 224 /* bytes that "dropped" may take */, END_MAX = 8 };

static const char *const DROP_NAMES[N_DROPS] = {
    [DROP_CAPTURE] = "capture", [DROP_NEAR] = "near",       [DROP_PASSES] = "passes",
    [DROP_LINES] = "lines",     [DROP_ANSWERS] = "answers", [DROP_BUSY] = "busy"};

static const char *const NO_MORE[N_RANKS] = {
    [JOURNAL_KEPT] = "nothing more is",
    [JOURNAL_FIRST] = "only what is handed in at the briefing is still",
    [JOURNAL_SHARED] = "near misses and repetitions are no longer",
};

static bool open_folder(struct journal *journal, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = path_dir(path);

    if (folder)
        journal->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    return journal->folder >= 0 && str_copy(journal->name, sizeof(journal->name), slash ? slash + 1 : path);
}

/* flags: O_EXCL or 0. -1 with errno: EMEDIUMTYPE when it is no regular file. */
static int open_file(const struct journal *journal, int flags)
{
    struct stat st;
    int fd = openat(journal->folder, journal->name, JOURNAL_FLAGS | flags, 0640);

    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    close(fd);
    errno = EMEDIUMTYPE;
    return -1;
}

/* For a sentence, from errno. */
static const char *why_not(void)
{
    switch (errno) {
    case ELOOP:
        return "it is a link, and is not written through; name the file itself";
    case EMEDIUMTYPE:
    case ENXIO: /* a pipe that nobody reads */
    case EISDIR:
        return "it is no regular file";
    case ENOSYS:
        return "that takes Landlock, which is not to be had here";
    default:
        return strerror(errno);
    }
}

static void take_size(struct journal *journal)
{
    struct stat st;

    journal->size = fstat(journal->fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

enum status journal_open(struct journal *journal, const char *path, uint64_t ceiling, struct err *err)
{
    *journal = (struct journal){.fd = -1, .folder = -1, .ceiling = ceiling};
    buf_init(&journal->line, JOURNAL_LINE_MAX);
    if (!path)
        return ST_OK;
    if (!share_init(&journal->share, ceiling))
        return err_memory(err);
    if (open_folder(journal, path)) {
        journal->fd = open_file(journal, O_EXCL);
        journal->made = journal->fd >= 0;
        if (!journal->made && errno == EEXIST)
            journal->fd = open_file(journal, 0);
    }
    if (journal->fd < 0)
        return err_set(err, ST_INPUT, "%s: the journal cannot be opened: %s", path, why_not());
    take_size(journal);
    return ST_OK;
}

bool journal_tail(const struct journal *journal, struct buf *out)
{
    char part[4096];
    ssize_t n = 0;
    uint64_t at = journal->size > out->ceiling ? journal->size - out->ceiling : 0;
    int fd = journal->fd < 0 ? -1
                             : openat(journal->folder, journal->name,
                                      O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

    if (fd < 0)
        return false;
    bool cut = at > 0;
    while (at < journal->size && (n = pread(fd, part, sizeof(part), (off_t)at)) > 0) {
        const char *from = cut ? memchr(part, '\n', (size_t)n) : part;
        at += (uint64_t)n;
        if (from)
            buf_add(out, from + cut, (size_t)(part + n - from - cut));
        cut = cut && !from;
    }
    close(fd);
    return n >= 0 && !out->failed;
}

enum status journal_reopen(struct journal *journal, bool *fresh, struct err *err)
{
    struct stat was, is;

    *fresh = false;
    if (journal->fd < 0)
        return ST_OK;
    int fd = open_file(journal, 0);
    if (fd < 0)
        return err_set(err, ST_ENV, "the journal is not opened anew, and the present one is kept: %s",
                       why_not());
    *fresh = fstat(journal->fd, &was) || fstat(fd, &is) || was.st_dev != is.st_dev || was.st_ino != is.st_ino;
    close(journal->fd);
    journal->fd = fd;
    take_size(journal);
    journal->torn &= !*fresh;
    memset(journal->full, 0, sizeof(journal->full));
    return ST_OK;
}

void journal_close(struct journal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    if (journal->folder >= 0)
        close(journal->folder);
    journal->fd = journal->folder = -1;
    share_done(&journal->share);
    buf_free(&journal->line);
}

void journal_chown(const struct journal *journal, uid_t uid, gid_t gid)
{
    if (journal->fd >= 0 && journal->made && fchown(journal->fd, uid, gid) < 0)
        return;
}

void journal_drop(struct journal *journal, enum journal_drop what, uint64_t n)
{
    journal->drops[what] += n;
    journal->totals[what] += n;
}

/* What is left to a line of this rank, in bytes of the file. */
static uint64_t end_of(const struct journal *journal, enum journal_rank rank)
{
    return rank == JOURNAL_KEPT    ? journal->ceiling
           : rank == JOURNAL_FIRST ? journal->ceiling / 16 * 15
                                   : journal->ceiling / 8 * 7;
}

/* Before any work is done for the line: whether the longest there is would still have a place. */
static bool has_room(const struct journal *journal, const struct journal_cause *c)
{
    return c->rank == JOURNAL_KEPT ||
           (journal->size < end_of(journal, c->rank) &&
            (c->rank == JOURNAL_FIRST ||
             share_has(&journal->share, c->source, c->weight, JOURNAL_LINE_MAX, c->now_ms)));
}

struct json_writer *journal_begin(struct journal *journal, const char *event,
                                  const struct journal_cause *cause)
{
    char now[CLOCK_TEXT_SIZE];

    if (journal->fd < 0)
        return NULL;
    if (!has_room(journal, cause)) {
        journal_drop(journal, cause->drop, 1);
        return NULL;
    }
    journal->cause = *cause;
    buf_clear(&journal->line);
    journal->line.ceiling = JOURNAL_LINE_MAX - DROPS_MAX - END_MAX;
    buf_puts(&journal->line, "\n");
    journal->writer = (struct json_writer){.out = &journal->line};
    json_open_object(&journal->writer, NULL);
    json_put_text(&journal->writer, "time", clock_text(clock_utc_us(), now));
    json_put_text(&journal->writer, "event", event);
    return &journal->writer;
}

bool journal_time(const struct journal *journal, char out[CLOCK_TEXT_SIZE])
{
    static const char before[] = "{\"time\":\"";
    const char *text = strstr(buf_text(&journal->line), before), *end;

    if (!text)
        return false;
    text += sizeof(before) - 1;
    end = strchr(text, '"');
    if (!end || end - text >= CLOCK_TEXT_SIZE)
        return false;
    memcpy(out, text, (size_t)(end - text));
    out[end - text] = '\0';
    return true;
}

void journal_frame(struct journal *journal, const void *bytes, size_t length)
{
    char text[BASE64_SIZE(JOURNAL_LINE_MAX)];
    const size_t names = sizeof(",\"frame_bytes\":65535,\"frame\":\"\"");

    size_t used = journal->line.len + names;
    size_t room = used < journal->line.ceiling ? (journal->line.ceiling - used) / 4 * 3 : 0;
    base64_encode(text, bytes, length < room ? length : room);
    json_put_int(&journal->writer, "frame_bytes", (int64_t)length);
    /* as json_put_text would, without looking at every character */
    buf_printf(&journal->line, ",\"frame\":\"%s\"", text);
}

static void put_drops(struct journal *journal)
{
    bool any = false;

    for (size_t i = 0; i < N_DROPS; i++) {
        if (!journal->drops[i])
            continue;
        if (!any)
            json_open_object(&journal->writer, "dropped");
        any = true;
        json_put_int(&journal->writer, DROP_NAMES[i], (int64_t)journal->drops[i]);
    }
    if (any)
        json_close_object(&journal->writer);
}

static bool write_line(struct journal *journal)
{
    const char *text = buf_text(&journal->line);
    /* a new line before the text mends a write that the disk cut short */
    size_t skip = journal->torn ? 0 : 1;
    ssize_t n = write(journal->fd, text + skip, journal->line.len - skip);

    if (n > 0) {
        journal->size += (uint64_t)n;
        journal->torn = (size_t)n != journal->line.len - skip;
    }
    return n > 0 && !journal->torn;
}

bool journal_end(struct journal *journal)
{
    const struct journal_cause *cause = &journal->cause;

    if (journal->fd < 0)
        return false;
    journal->line.ceiling = JOURNAL_LINE_MAX;
    put_drops(journal);
    json_close_object(&journal->writer);
    buf_puts(&journal->line, "\n");
    uint64_t length = journal->line.len;
    bool fits = !journal->line.failed && journal->size + length <= end_of(journal, cause->rank);
    if (!fits && !journal->full[cause->rank])
        log_line("the journal has %llu of its %llu MiB: %s written until it is moved away",
                 (unsigned long long)(journal->size >> 20), (unsigned long long)(journal->ceiling >> 20),
                 NO_MORE[cause->rank]);
    journal->full[cause->rank] |= !fits;
    if (!fits || !write_line(journal)) {
        journal_drop(journal, cause->drop, 1);
        return false;
    }
    memset(journal->drops, 0, sizeof(journal->drops));
    if (cause->rank == JOURNAL_SHARED)
        share_charge(&journal->share, cause->source, cause->weight, (uint32_t)length, cause->now_ms);
    return true;
}
