/* A value that nobody gave: the kernel chose it, or the library that made the packet. */
#include <string.h>

#include "base/cursor.h"
#include "explain/said.h"
#include "explain/slip.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

enum { KERNEL_PORT_FIRST = 32768, KERNEL_PORT_LAST = 60999, KERNEL_PORT_BESIDE = 16 };

/* What a kernel writes into an IPv4 header of its own: DSCP 0, don't fragment, TTL 64, an identification that
 * it counts; of these more than one is not what was asked for, and none is what only the student could know.
 */
static bool kernels_header(const struct suspect *s)
{
    static const char *const fields[] = {"ip.dsfield.dscp", "ip.id", "ip.flags", "ip.ttl"};
    enum { FLAGS = 6, DONT_FRAGMENT = 0x4000, TTL = 64 };
    size_t failed = 0;

    if (s->field->layer != LAYER_IP || !s->header || s->header_length < 20 || s->header[0] != 0x45 ||
        s->header[1] || load_be16(s->header + FLAGS) != DONT_FRAGMENT || s->header[8] != TTL ||
        !load_be16(s->header + 4))
        return false;
    for (size_t i = 0; i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
            if (f->clause && strcmp(f->field->name, fields[k]) == 0) {
                failed += f->status == FINDING_FAIL;
                if (f->status == FINDING_PASS && f->clause->kind == MATCH_PARAM)
                    return false;
            }
    }
    return failed > 1;
}

/* A datagram of UDP with nothing wrong but the number that an ordinary socket's kernel gives it: the
 * identification beside don't fragment, IPv6's flow label. */
static bool is_ordinary_datagram(const struct suspect *s)
{
    enum { FLAGS = 6, DONT_FRAGMENT = 0x4000, TTL = 64, HOPS6 = 7 };
    const bool six = strcmp(s->field->name, "ipv6.flow") == 0;

    if ((!six && strcmp(s->field->name, "ip.id") != 0) || rules_kind(s->rules) != TARGET_PACKET ||
        !s->packet->layers[LAYER_UDP].present || !s->got || !s->header || s->header_length < 20)
        return false;
    for (size_t i = 0; i < s->verdict->n; i++)
        if (s->verdict->findings[i].status == FINDING_FAIL && &s->verdict->findings[i] != s->finding &&
            strcmp(s->verdict->findings[i].field->name, "udp.srcport") != 0)
            return false;
    /* a kernel draws it; zeros at its end are those of a shift */
    return six ? s->header[HOPS6] == TTL && s->got > UINT16_MAX && s->got & UINT8_MAX
               : load_be16(s->header + FLAGS) == DONT_FRAGMENT && s->header[8] == TTL;
}

/* What send(IP()/TCP()) carries where nobody gave a value; of small numbers only ports that nobody would
 * choose. */
static bool is_default_of_scapy(const struct suspect *s)
{
    static const struct {
        const char *field;
        uint16_t value;
    } rows[] = {{"tcp.srcport", 20}, {"udp.srcport", 53}, {"tcp.window_size_value", 8192},
                {"tcp.dstport", 80}, {"udp.dstport", 53}, {"ip.id", 1}};

    for (size_t i = 0; s->one && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(s->field->name, rows[i].field) == 0)
            return s->got == rows[i].value;
    return false;
}

/* The try goes on from the port that it began at, which may be the kernel's pick as well. */
static enum fit another_socket(const struct suspect *s, struct diagnosis *d)
{
    if (s->field->kind != FIELD_PORT)
        return FIT_NONE;
    suspect_say(d,
                "this try began from port %llu, and this came from %llu: another socket, with a port of "
                "its own, sent it",
                (unsigned long long)s->expected, (unsigned long long)s->got);
    suspect_mend(d, "send it through the socket that sent the first; nc: the same nc");
    return s->got < KERNEL_PORT_FIRST || s->got > KERNEL_PORT_LAST ? FIT_NONE : FIT_GOOD;
}

/* A source port out of the range that the kernel takes one from. */
static enum fit kernels_port(const struct suspect *s, struct diagnosis *d)
{
    /* one beside the port that is asked for, or like it but for a digit, was chosen by hand: the kernel has
     * thirty thousand others */
    const bool beside =
        s->one && s->got + KERNEL_PORT_BESIDE >= s->expected && s->got <= s->expected + KERNEL_PORT_BESIDE;
    if (strcmp(s->field->name + 3, ".srcport") != 0 || s->got < KERNEL_PORT_FIRST ||
        s->got > KERNEL_PORT_LAST || beside || (s->one && slip_digits(s->got, s->expected, false)))
        return FIT_NONE;
    suspect_say(d, "%llu is one of the ports that the kernel hands out: no source port was bound or packed%s",
                (unsigned long long)s->got,
                s->clause->plus ? ", or not the one that was told, reckoned on" : "");
    if (rules_kind(s->rules) == TARGET_PACKET)
        suspect_mend(d, "raw: struct.pack('!HH', source, destination)   else: s.bind(('', source))");
    else if (s->one && s->clause->plus)
        suspect_mend(d, "another socket: s.bind(('', told + %llu))   # before it sends or connects",
                     (unsigned long long)s->clause->plus);
    else
        suspect_mend(
            d,
            "s.bind(('', %s)), of the socket that sends, before it does; nc -p %s; in C htons(), not htonl()",
            s->one ? "source" : "port", s->one ? "source" : "port");
    /* what is built by hand has a port by hand: four in ten of all are the kernel's */
    struct diagnosis unused = *d;
    bool by_hand = s->field->layer == LAYER_TCP && rules_kind(s->rules) == TARGET_PACKET &&
                   why_header_not_raw(s, &unused) == FIT_NONE;
    return by_hand ? FIT_LAST : FIT_WEAK;
}

enum fit why_value_kernel_picked(const struct suspect *s, struct diagnosis *d)
{
    const enum fit tool = why_tool(s, d);

    if (tool != FIT_NONE)
        return tool;
    if (!s->number)
        return FIT_NONE;
    if (kernels_header(s)) {
        suspect_say(d,
                    "the kernel wrote this IPv4 header: DSCP 0, don't fragment, TTL 64, a number of its own");
        suspect_mend(
            d, "socket(AF_INET, SOCK_RAW, IPPROTO_RAW), or setsockopt IP_HDRINCL, and a header of yours");
        return FIT_GOOD;
    }
    if (!s->got)
        return FIT_NONE;
    if (is_ordinary_datagram(s)) {
        suspect_say(d, "an ordinary UDP socket's kernel writes such a header, with %s",
                    s->field->layer == LAYER_IP ? "don't fragment and a number of its own"
                                                : "a flow label of its own");
        suspect_mend(d, "socket.SOCK_RAW, socket.IPPROTO_RAW and a header of yours");
        return FIT_GOOD;
    }
    if (is_default_of_scapy(s)) {
        suspect_say(d, "%llu is what scapy fills in where no value is given", (unsigned long long)s->got);
        suspect_mend(d, "%s=%llu",
                     s->field->kind != FIELD_PORT ? s->field->layer == LAYER_IP ? "id" : "window"
                     : strcmp(s->field->name + 3, ".srcport") == 0 ? "sport"
                                                                   : "dport",
                     (unsigned long long)s->expected);
        return FIT_GOOD;
    }
    /* what anybody may have packed himself, and nothing in this one packet says that he did not */
    if (strcmp(s->field->name, "ip.id") == 0) {
        suspect_say(d, "if 0 was packed: the kernel puts a number of its own in the place of an "
                       "identification of 0");
        suspect_mend(d, "pack the identification as value 4 of '!BBHHHBBH4s4s'");
        return FIT_LAST;
    }
    if (suspect_is_bound(s) && !s->clause->plus)
        return another_socket(s, d);
    return kernels_port(s, d);
}
