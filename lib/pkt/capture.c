#include "pkt/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "base/installed.h"

/* libpcap makes of the buffer a ring of whole pages, two frames in each: a quarter more. All of it is
 * resident, and a target has 20 MiB to live in; 11 MiB are some 7,000 full-sized packets. */
enum { SNAPLEN = 2048, BUFFER_BYTES = 11 << 20, STREAM_BYTES = 1 << 18 };

struct capture {
    pcap_t *pcap;
    enum link link;
    bool live;
    char *buffer;     /* the file's, to be freed after it is closed */
    capture_fn *each; /* during capture_read */
    void *context;
};

static enum status capture_new(struct capture **out, pcap_t *pcap, bool live, struct err *err)
{
    struct capture *capture = calloc(1, sizeof(*capture));

    if (!capture) {
        pcap_close(pcap);
        return err_set(err, ST_ENV, "no memory for a capture");
    }
    *capture = (struct capture){.pcap = pcap, .link = link_of_dlt(pcap_datalink(pcap)), .live = live};
    *out = capture;
    return ST_OK;
}

static enum status check_link(const struct capture *capture, const char *name, struct err *err)
{
    if (capture->link != LINK_UNKNOWN)
        return ST_OK;
    const char *text = pcap_datalink_val_to_name(pcap_datalink(capture->pcap));
    return err_set(err, ST_INPUT,
                   "%s: link type %s is not read here; Ethernet, raw IP, BSD loopback and Linux cooked are",
                   name, text ? text : "unknown");
}

static enum status activate_err(pcap_t *pcap, int code, const char *interface, struct err *err)
{
    if (code == PCAP_ERROR_PERM_DENIED)
        return err_set(
            err, ST_ENV,
            "%s: not permitted to capture; mend: start as root with --user NAME, or " INSTALLED_SETCAP,
            interface);
    if (code == PCAP_ERROR_NO_SUCH_DEVICE)
        return err_set(err, ST_ENV, "%s: no such interface", interface);
    const char *detail = pcap_geterr(pcap);
    return err_set(err, ST_ENV, "%s: %s", interface, *detail ? detail : pcap_statustostr(code));
}

/* Immediate mode, because a student waits; the direction is set on the handle and never in the filter, which
 * would lose the first packet. */
static int configure(pcap_t *pcap)
{
    pcap_set_immediate_mode(pcap, 1);
    pcap_set_snaplen(pcap, SNAPLEN);
    pcap_set_buffer_size(pcap, BUFFER_BYTES);
    pcap_set_promisc(pcap, 0);
    pcap_set_timeout(pcap, 1);
    return pcap_activate(pcap);
}

enum status capture_open_live(struct capture **out, const char *interface, const char *filter,
                              struct err *err)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    struct bpf_program program;

    *out = NULL;
    pcap_t *pcap = pcap_create(interface, text);
    if (!pcap)
        return err_set(err, ST_ENV, "%s: %s", interface, text);
    int code = configure(pcap);
    enum status st = code < 0 ? activate_err(pcap, code, interface, err) : ST_OK;
    if (st == ST_OK && pcap_setnonblock(pcap, 1, text) < 0)
        st = err_set(err, ST_ENV, "%s: %s", interface, text);
    if (st == ST_OK && pcap_setdirection(pcap, PCAP_D_IN) < 0)
        st = err_set(err, ST_ENV, "%s: %s", interface, pcap_geterr(pcap));
    if (st == ST_OK && pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
        st = err_set(err, ST_INPUT, "%s: capture filter: %s", interface, pcap_geterr(pcap));
    else if (st == ST_OK) {
        if (pcap_setfilter(pcap, &program) < 0)
            st = err_set(err, ST_ENV, "%s: %s", interface, pcap_geterr(pcap));
        pcap_freecode(&program);
    }
    if (st != ST_OK) {
        pcap_close(pcap);
        return st;
    }
    st = capture_new(out, pcap, true, err);
    if (st == ST_OK && (st = check_link(*out, interface, err)) != ST_OK) {
        capture_close(*out);
        *out = NULL;
    }
    return st;
}

/* stdio's own 4 KiB are a system call for every fifty packets; a pipe's bytes still come as they are there.
 * Standard input keeps its buffer until the process ends, as it keeps itself. */
static FILE *open_stream(const char *path, char **buffer)
{
    FILE *stream = strcmp(path, "-") ? fopen(path, "rbe") : stdin;

    *buffer = stream ? malloc(STREAM_BYTES) : NULL;
    if (*buffer)
        setvbuf(stream, *buffer, _IOFBF, STREAM_BYTES);
    /* libpcap reads twice a packet, and a lock is a third of what that costs; nobody else reads here */
    if (stream)
        __fsetlocking(stream, FSETLOCKING_BYCALLER);
    if (stream == stdin)
        *buffer = NULL;
    return stream;
}

enum status capture_open_file(struct capture **out, const char *path, struct err *err)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    char *buffer;
    FILE *stream = open_stream(path, &buffer);

    *out = NULL;
    if (!stream)
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    pcap_t *pcap = pcap_fopen_offline(stream, text);
    if (!pcap) {
        if (stream != stdin)
            fclose(stream);
        free(buffer);
        return err_set(err, ST_INPUT, "%s: no pcap or pcapng file (%s); `tcpdump -w FILE` writes one", path,
                       text);
    }
    enum status st = capture_new(out, pcap, false, err);
    if (st != ST_OK) {
        free(buffer);
        return st;
    }
    (*out)->buffer = buffer;
    if ((st = check_link(*out, path, err)) != ST_OK) {
        capture_close(*out);
        *out = NULL;
    }
    return st;
}

void capture_close(struct capture *capture)
{
    if (!capture)
        return;
    pcap_close(capture->pcap);
    free(capture->buffer);
    free(capture);
}

enum link capture_link(const struct capture *capture)
{
    return capture->link;
}

int64_t capture_offset(const struct capture *capture)
{
    off_t at = capture->live ? 0 : ftello(pcap_file(capture->pcap));

    return at < 0 ? 0 : at;
}

int capture_fd(const struct capture *capture)
{
    return capture->live ? pcap_get_selectable_fd(capture->pcap) : -1;
}

#define YEAR_10000 INT64_C(253402300800) /* in seconds since 1970 */

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct capture *capture = (struct capture *)(void *)user;
    struct frame frame = {
        .bytes = bytes,
        .length = header->caplen,
        .wire_length = header->len,
    };

    /* a file may say any time; one that is none is 1970 */
    if (header->ts.tv_sec >= 0 && header->ts.tv_sec < YEAR_10000 && header->ts.tv_usec >= 0 &&
        header->ts.tv_usec < 1000000)
        frame.utc_us = (int64_t)header->ts.tv_sec * 1000000 + header->ts.tv_usec;

    capture->each(capture->context, &frame);
}

int capture_read(struct capture *capture, int max, capture_fn *each, void *context, struct err *err)
{
    capture->each = each;
    capture->context = context;
    int n = pcap_dispatch(capture->pcap, max ? max : -1, on_packet, (u_char *)capture);
    if (n >= 0)
        return n;
    err_set(err, capture->live ? ST_ENV : ST_INPUT, "%s", pcap_geterr(capture->pcap));
    return -1;
}

uint64_t capture_dropped(const struct capture *capture)
{
    struct pcap_stat stat;

    if (!capture->live || pcap_stats(capture->pcap, &stat) < 0)
        return 0;
    return stat.ps_drop;
}
