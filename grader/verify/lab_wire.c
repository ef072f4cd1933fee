/* What goes into a lab's range and what its target's journal says of it. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "grader/verify/lab.h"
#include "grader/verify/sender.h"
#include "pkt/decode.h"

enum { SENDER_SLACK_MS = 8000, JOURNAL_LINE = 4096 };

/* Exactly len bytes, or false at the deadline or the end. */
static bool read_exactly(int fd, void *out, size_t len, int64_t deadline)
{
    char *p = out;

    while (len) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        if (left <= 0 || poll(&ready, 1, (int)left) == 0)
            return false;
        ssize_t n = read(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* What no router takes for a source (RFC 1812, section 5.3.7). */
static bool is_martian(ipaddr source)
{
    const uint32_t first = (uint32_t)source >> 24;

    return !ipaddr_is6(source) && (first == 0 || first == 127 || first >= 224);
}

/* A router takes one from the TTL or hop limit and drops what it cannot forward. False: this cannot come
 * through one as it is. */
static bool through_router(uint8_t *packet, size_t length, unsigned hops)
{
    struct packet p;

    if (!hops)
        return true;
    packet_decode(&p, LINK_RAW, packet, length, length);
    const bool six = packet[0] >> 4 == 6;
    uint8_t *left = &packet[six ? 7 : 8];
    if (!p.layers[six ? LAYER_IP6 : LAYER_IP].complete || p.faults & (FAULT_BAD_IHL | FAULT_BAD_OPTIONS) ||
        *left == 0 || *left + hops > UINT8_MAX || is_martian(packet_src(&p)))
        return false;
    *left = (uint8_t)(*left + hops);
    return true;
}

enum status lab_send(struct lab *lab, const struct exchange *e, ipaddr source, uint16_t connect, int wait_ms,
                     char *answer, int *error, struct err *err)
{
    bool packet = e->kind == TARGET_PACKET;
    const bool framed = packet && e->link == LINK_ETHERNET;
    const struct sender_request request = {.op = framed                     ? SENDER_FRAME
                                                 : packet                   ? SENDER_PACKET
                                                 : e->kind == TARGET_STREAM ? SENDER_STREAM
                                                                            : SENDER_DATAGRAM,
                                           .source = source,
                                           .port = packet ? connect : e->port,
                                           .wait_ms = (uint16_t)wait_ms,
                                           .length = (uint16_t)e->length,
                                           .sport = e->sport};
    int64_t deadline = clock_ms() + wait_ms + SENDER_SLACK_MS;
    struct sender_answer reply;
    char got[SENDER_BYTES_MAX + 1];
    uint8_t bytes[EXCHANGE_MAX];

    memcpy(bytes, e->bytes, e->length);
    if (framed ? lab->options->hops > 0 : packet && !through_router(bytes, e->length, lab->options->hops)) {
        *error = EHOSTUNREACH;
        return ST_OK;
    }
    if (write_all(lab->to_sender, &request, sizeof(request)) || write_all(lab->to_sender, bytes, e->length) ||
        !read_exactly(lab->from_sender, &reply, sizeof(reply), deadline) || reply.length > SENDER_BYTES_MAX ||
        !read_exactly(lab->from_sender, got, reply.length, deadline))
        return err_set(err, ST_ENV, "the program that sends exchanges has ended or hangs");
    got[reply.length] = '\0';
    *error = reply.error;
    if (answer)
        snprintf(answer, LAB_ANSWER_MAX + 1, "%s", got);
    return ST_OK;
}

enum status lab_ask(struct lab *lab, const struct exchange *e, int wait_ms, uint8_t *reply, size_t *length,
                    int *error, struct err *err)
{
    const struct sender_request request = {
        .op = SENDER_ASK, .wait_ms = (uint16_t)wait_ms, .length = (uint16_t)e->length};
    int64_t deadline = clock_ms() + wait_ms + SENDER_SLACK_MS;
    struct sender_answer answer;
    uint8_t bytes[EXCHANGE_MAX];

    *length = 0;
    memcpy(bytes, e->bytes, e->length);
    if (!through_router(bytes, e->length, lab->options->hops)) {
        *error = EHOSTUNREACH;
        return ST_OK;
    }
    if (write_all(lab->to_sender, &request, sizeof(request)) || write_all(lab->to_sender, bytes, e->length) ||
        !read_exactly(lab->from_sender, &answer, sizeof(answer), deadline) ||
        answer.length > LAB_ANSWER_MAX || !read_exactly(lab->from_sender, reply, answer.length, deadline))
        return err_set(err, ST_ENV, "the program that sends exchanges has ended or hangs");
    *length = answer.length;
    *error = answer.error;
    return ST_OK;
}

enum status lab_converse(struct lab *lab, const struct sender_request *request, const void *bytes,
                         struct lab_said *said, struct err *err)
{
    int64_t deadline = clock_ms() + request->wait_ms + SENDER_SLACK_MS;
    struct sender_answer reply;

    *said = (struct lab_said){.error = 0};
    if (write_all(lab->to_sender, request, sizeof(*request)) ||
        write_all(lab->to_sender, bytes, request->length) ||
        !read_exactly(lab->from_sender, &reply, sizeof(reply), deadline) || reply.length > LAB_ANSWER_MAX ||
        !read_exactly(lab->from_sender, said->text, reply.length, deadline))
        return err_set(err, ST_ENV, "the program that sends exchanges has ended or hangs");
    said->text[reply.length] = '\0';
    said->error = reply.error;
    said->sport = reply.sport;
    return ST_OK;
}

static void take_text(const struct json *json, const char *key, char *out, size_t size)
{
    const char *text = json_text(json_get(json, key));

    snprintf(out, size, "%s", text ? text : "");
}

/* By its bytes, for a clause may say which source it must have; SCTP pads behind them. */
static bool is_probe(const char *frame)
{
    uint8_t bytes[JOURNAL_LINE];
    const size_t n = strlen(LAB_PROBE);
    ptrdiff_t length = frame ? base64_decode(bytes, sizeof(bytes), frame, strlen(frame)) : -1;

    return length >= (ptrdiff_t)n && memmem(bytes, (size_t)length, LAB_PROBE, n);
}

/* False: a line about something else. */
static bool parse_attempt(const char *line, size_t length, struct lab_attempt *out)
{
    char text[32];
    struct json *json = json_parse(line, length, NULL);

    *out = (struct lab_attempt){0};
    take_text(json, "event", text, sizeof(text));
    bool is = strcmp(text, "attempt") == 0;
    take_text(json, "verdict", text, sizeof(text));
    out->pass = strcmp(text, "pass") == 0;
    take_text(json, "student", out->student, sizeof(out->student));
    out->probe = is_probe(json_text(json_get(json, "frame")));
    const struct json *findings = json_get(json, "findings");
    out->told = json_is_array(findings);
    for (const struct json *f = json_first(findings); out->told && f && out->n < LAB_FINDINGS;
         f = json_next(f)) {
        take_text(f, "field", out->findings[out->n].field, sizeof(out->findings[0].field));
        take_text(f, "status", text, sizeof(text));
        out->findings[out->n].failed = strcmp(text, "fail") == 0;
        take_text(f, "expected", out->findings[out->n].expected, sizeof(out->findings[0].expected));
        take_text(f, "got", out->findings[out->n].got, sizeof(out->findings[0].got));
        for (const struct json *code = json_first(json_get(f, "codes")); code; code = json_next(code))
            if (json_text(code))
                reason_add(&out->findings[out->n].reason, json_text(code));
        out->n++;
    }
    json_free(json);
    return is;
}

/* The next attempt among the bytes that are there. */
static bool next_attempt(struct lab *lab, struct lab_attempt *out)
{
    char chunk[4096];

    for (;;) {
        const char *text = buf_text(&lab->line), *end = strchr(text, '\n');
        if (end) {
            size_t length = (size_t)(end - text);
            bool is = parse_attempt(text, length, out);
            memmove(lab->line.data, end + 1, lab->line.len - length); /* the NUL too */
            lab->line.len -= length + 1;
            if (is)
                return true;
            continue;
        }
        ssize_t n = pread(lab->journal_fd, chunk, sizeof(chunk), lab->journal_at);
        if (n <= 0 || !buf_add(&lab->line, chunk, (size_t)n))
            return false;
        lab->journal_at += n;
    }
}

enum status lab_attempt(struct lab *lab, int timeout_ms, struct lab_attempt *out, struct err *err)
{
    int64_t deadline = clock_ms() + timeout_ms;

    for (;;) {
        struct pollfd target = {.fd = program_poll_fd(lab->targets.program), .events = POLLIN};
        if (next_attempt(lab, out))
            return ST_OK;
        if (clock_ms() >= deadline)
            return ST_NO;
        /* a file cannot be polled; the target's end can */
        if (poll(&target, 1, 1) > 0 && program_wait(lab->targets.program, 0, NULL) == ST_OK)
            return next_attempt(lab, out) ? ST_OK : targets_check(&lab->targets, 0, err);
    }
}

void lab_part(const struct lab *lab, enum lab_part part, struct buf *out)
{
    const int from = (const int[]){
        [LAB_PCAP] = lab->capture_fd, [LAB_JOURNAL] = lab->journal_fd, [LAB_TARGET] = lab->log_fd}[part];
    char chunk[8192];
    off_t at = 0;
    ssize_t n;

    while ((n = pread(from, chunk, sizeof(chunk), at)) > 0 && buf_add(out, chunk, (size_t)n))
        at += n;
}
