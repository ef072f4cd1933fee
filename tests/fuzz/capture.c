/* Input: a capture file: pcap, pcapng, either packed by gzip, or none of these. Every frame is read to its
 * last byte, and the file once more by small steps. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pkt/capture.h"

enum { AT_ONCE = 0, STEP = 3, TOLD_MAX = 2000 };

void fuzz_open(void)
{
}

struct told {
    struct buf *said;
    int n;
};

static void on_frame(void *context, const struct frame *frame)
{
    struct told *told = context;
    unsigned sum = 0;

    if (frame->link == LINK_UNKNOWN && (frame->bytes || frame->length))
        fuzz_fail("bytes of a link type that is not read");
    if (frame->length > FRAME_MAX)
        fuzz_fail("a frame that is too long");
    if (frame->utc_us < 0)
        fuzz_fail("a time before 1970");
    for (size_t i = 0; i < frame->length; i++)
        sum = sum * 31 + frame->bytes[i];
    if (told->n++ < TOLD_MAX)
        buf_printf(told->said, "%d %u %zu %zu %lld %08x\n", (int)frame->link, frame->link_type, frame->length,
                   frame->wire_length, (long long)frame->utc_us, sum);
}

/* Reads the file in calls of at most `max` frames; answers how many there were. */
static int read_all(const char *path, int max, struct buf *said)
{
    struct told told = {said, 0};
    struct capture *capture;
    struct err err = {.text = ""};
    char unread[600];
    int n;

    if (capture_open_file(&capture, path, &err) == ST_OK) {
        while ((n = capture_read(capture, max, on_frame, &told, &err)) > 0)
            ;
        buf_printf(said, "%lld %llu\n", (long long)capture_offset(capture),
                   (unsigned long long)capture_unread(capture, unread, sizeof(unread)));
        if (n < 0 && !err.text[0])
            fuzz_fail("no word of what is wrong");
        capture_close(capture);
    } else if (!err.text[0]) {
        fuzz_fail("no word of what it is");
    }
    /* the folder has this process's number */
    const char *text = strstr(err.text, path) ? strstr(err.text, path) + strlen(path) : err.text;
    buf_printf(said, "%s\n", strstr(text, path) ? "a command" : text);
    return told.n;
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    char *path = path_join(fuzz_dir(), "capture");

    if (!path)
        fuzz_fail("no memory");
    fuzz_put("capture", data, size);
    if (read_all(path, AT_ONCE, said) != read_all(path, STEP, said))
        fuzz_fail("another number of frames by small steps");
    free(path);
}
