#include "pkt/capture.h"

#include <inttypes.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/installed.h"
#include "pkt/recording.h"

/* libpcap makes of the buffer a ring of whole pages, two frames in each: a quarter more. All of it is
 * resident, and a target has 20 MiB to live in; 11 MiB are some 7,000 full-sized packets. */
enum { SNAPLEN = 2048, BUFFER_BYTES = 11 << 20, UNREAD_LINKS = 8, LINK_NAME = 32 };

#define LINKS_READ "Ethernet, raw IP, BSD loopback and Linux cooked are"

struct capture {
    pcap_t *pcap; /* NULL for a file */
    struct recording *file;
    uint32_t link_type; /* of the interface */
    enum link link;
    capture_fn *each; /* during capture_read */
    void *context;
    uint64_t read, unread; /* frames of a file */
    struct {
        uint32_t link_type;
        uint64_t frames;
    } links[UNREAD_LINKS]; /* those that are not read; the last is for all others, too */
};

static const char *link_name(uint32_t link_type, char out[LINK_NAME])
{
    const char *name = pcap_datalink_val_to_name((int)link_type);

    if (name)
        snprintf(out, LINK_NAME, "%s", name);
    else
        snprintf(out, LINK_NAME, "%" PRIu32, link_type);
    return out;
}

static enum status check_link(uint32_t link_type, const char *name, struct err *err)
{
    char text[LINK_NAME];

    if (link_of_dlt((int)link_type) != LINK_UNKNOWN)
        return ST_OK;
    return err_set(err, ST_INPUT, "%s: link type %s is not read here; " LINKS_READ, name,
                   link_name(link_type, text));
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
    int code = pcap_activate(pcap), on = 1;
    /* libpcap drops what leaves only after the kernel has put it into the ring; on lo that is every packet
     * twice. A kernel without this option (before 4.20) loses nothing but the room. */
    if (code >= 0)
        setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
    return code;
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
    struct capture *capture = calloc(1, sizeof(*capture));
    if (!capture) {
        pcap_close(pcap);
        return err_set(err, ST_ENV, "no memory for a capture");
    }
    capture->pcap = pcap;
    capture->link_type = (uint32_t)pcap_datalink(pcap);
    capture->link = link_of_dlt(pcap_datalink(pcap));
    if ((st = check_link(capture->link_type, interface, err)) == ST_OK)
        *out = capture;
    else
        capture_close(capture);
    return st;
}

enum status capture_open_file(struct capture **out, const char *path, struct err *err)
{
    struct capture *capture = calloc(1, sizeof(*capture));
    uint32_t link_type;

    *out = NULL;
    if (!capture)
        return err_set(err, ST_ENV, "no memory for a capture");
    enum status st = recording_open(&capture->file, path, err);
    if (st == ST_OK && recording_link_type(capture->file, &link_type))
        st = check_link(link_type, path, err);
    if (st == ST_OK)
        *out = capture;
    else
        capture_close(capture);
    return st;
}

void capture_close(struct capture *capture)
{
    if (!capture)
        return;
    if (capture->pcap)
        pcap_close(capture->pcap);
    recording_close(capture->file);
    free(capture);
}

int64_t capture_offset(const struct capture *capture)
{
    return capture->file ? (int64_t)recording_offset(capture->file) : 0;
}

int capture_fd(const struct capture *capture)
{
    return capture->pcap ? pcap_get_selectable_fd(capture->pcap) : -1;
}

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct capture *capture = (struct capture *)(void *)user;
    struct frame frame = {
        .bytes = bytes,
        .length = header->caplen,
        .wire_length = header->len,
        .utc_us = (int64_t)header->ts.tv_sec * 1000000 + header->ts.tv_usec,
        .link_type = capture->link_type,
        .link = capture->link,
    };

    capture->each(capture->context, &frame);
}

static int read_live(struct capture *capture, int max, capture_fn *each, void *context, struct err *err)
{
    capture->each = each;
    capture->context = context;
    int n = pcap_dispatch(capture->pcap, max ? max : -1, on_packet, (u_char *)capture);
    if (n >= 0)
        return n;
    err_set(err, ST_ENV, "%s", pcap_geterr(capture->pcap));
    return -1;
}

static void count_unread(struct capture *capture, uint32_t link_type)
{
    size_t i = 0;

    while (i < UNREAD_LINKS - 1 && capture->links[i].frames && capture->links[i].link_type != link_type)
        i++;
    capture->links[i].link_type = link_type;
    capture->links[i].frames++;
    capture->unread++;
}

uint64_t capture_unread(const struct capture *capture, char *out, size_t size)
{
    char name[LINK_NAME], names[UNREAD_LINKS * (LINK_NAME + 24)] = "";
    size_t used = 0;

    for (size_t i = 0; i < UNREAD_LINKS && capture->links[i].frames; i++)
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s (%" PRIu64 ")", i ? ", " : "",
                                 link_name(capture->links[i].link_type, name), capture->links[i].frames);
    snprintf(out, size, "%" PRIu64 " packet%s of a link type that is not read here: %s; " LINKS_READ,
             capture->unread, capture->unread == 1 ? "" : "s", names);
    return capture->unread;
}

static int read_file(struct capture *capture, int max, capture_fn *each, void *context, struct err *err)
{
    struct frame frame;
    char text[600];
    int n = 0, r = 1;

    while ((!max || n < max) && (r = recording_next(capture->file, &frame, err)) > 0) {
        if (frame.link == LINK_UNKNOWN)
            count_unread(capture, frame.link_type);
        else
            capture->read++;
        each(context, &frame);
        n++;
    }
    if (r < 0 || n || capture->read || !capture_unread(capture, text, sizeof(text)))
        return r < 0 ? -1 : n;
    err_set(err, ST_INPUT, "%s", text);
    return -1;
}

int capture_read(struct capture *capture, int max, capture_fn *each, void *context, struct err *err)
{
    return capture->pcap ? read_live(capture, max, each, context, err)
                         : read_file(capture, max, each, context, err);
}

uint64_t capture_dropped(const struct capture *capture)
{
    struct pcap_stat stat;

    if (!capture->pcap || pcap_stats(capture->pcap, &stat) < 0)
        return 0;
    return stat.ps_drop;
}
