/* Packets that a tool made by itself: what it writes where nobody gave a value. */
#include <string.h>

#include "base/cursor.h"
#include "explain/said.h"
#include "judge/rules_private.h"

enum { TCP_WINDOW = 14, TCP_FLAGS = 13, SYN = 0x02 };

/* How many of these fields are wrong. */
static size_t wrong_of(const struct suspect *s, const char *const *fields, size_t n)
{
    size_t wrong = 0;

    for (size_t i = 0; i < s->verdict->n; i++)
        for (size_t k = 0; k < n; k++)
            wrong += s->verdict->findings[i].status == FINDING_FAIL && s->verdict->findings[i].clause &&
                     strcmp(s->verdict->findings[i].field->name, fields[k]) == 0;
    return wrong;
}

static bool is_empty(const struct suspect *s)
{
    size_t length = 0;

    return packet_payload(s->packet, &length) && length == 0;
}

/* nmap -sS: the maximum segment size alone, window 1024, nothing acknowledged, numbers of its own. */
static bool is_scan_of_ports(const struct suspect *s, const uint8_t *tcp, size_t length)
{
    static const char *const fields[] = {"tcp.srcport", "tcp.seq_raw", "tcp.ack_raw"};
    enum { MSS = 2, MSS_BYTES = 4, WINDOW = 1024, WITH_MSS = 24 };

    return length == WITH_MSS && tcp[TCP_FLAGS] == SYN && tcp[20] == MSS && tcp[21] == MSS_BYTES &&
           load_be16(tcp + TCP_WINDOW) == WINDOW && !load_be32(tcp + 8) &&
           wrong_of(s, fields, sizeof(fields) / sizeof(fields[0])) > 1;
}

/* nmap -sO: nothing behind an IPv4 header that is made by chance, with a TTL of 37 to 59. */
static bool is_scan_of_protocols(const struct suspect *s)
{
    static const char *const fields[] = {"ip.dsfield.dscp", "ip.id"};
    enum { TTL_FIRST = 37, TTL_LAST = 59 };

    return s->field->layer == LAYER_IP && s->header && s->header_length >= 20 && s->header[0] == 0x45 &&
           !s->header[1] && !load_be16(s->header + 6) && s->header[8] >= TTL_FIRST &&
           s->header[8] <= TTL_LAST && is_empty(s) && wrong_of(s, fields, 2) == 2;
}

static bool asks_for_window(const struct suspect *s)
{
    for (size_t i = 0; i < s->verdict->n; i++)
        if (s->verdict->findings[i].clause &&
            strcmp(s->verdict->findings[i].field->name, "tcp.window_size_value") == 0)
            return true;
    return false;
}

/* hping3: window 512, and where no others are given a source port and two numbers by chance. */
static enum fit by_hping3(const struct suspect *s, const uint8_t *tcp, struct diagnosis *d)
{
    static const char *const fields[] = {"tcp.srcport", "tcp.seq_raw", "tcp.ack_raw"};
    static const char *const options[] = {"-s", "-M", "-L"};
    enum { WINDOW = 512, COUNTED_MOST = 15, BASE_FIRST = 1024, BASE_LAST = 3023 };
    size_t i = 0;

    while (i < 3 && strcmp(s->field->name, fields[i]) != 0)
        i++;
    if (i == 3 || load_be16(tcp + TCP_WINDOW) != WINDOW || !s->one || !s->got)
        return FIT_NONE;
    if (i == 0 && s->got > s->expected && s->got - s->expected <= COUNTED_MOST) {
        suspect_say(d, "hping3 counts the source port up with each packet, and this one is %llu more",
                    (unsigned long long)(s->got - s->expected));
        suspect_mend(d, "hping3 -s %llu -k   # -k keeps it; -c 1 sends one", (unsigned long long)s->expected);
        return FIT_STRONG;
    }
    /* its base port is one of 2,000, so that a port of them says it alone where nobody asked for the window;
     * an acknowledgment number of 0 nobody writes as another */
    const bool base = i == 0 && s->got >= BASE_FIRST && s->got <= BASE_LAST && !asks_for_window(s);
    const bool none = i == 2 && !s->expected;
    if ((wrong_of(s, fields, 3) < 2 && !base && !none) || (i && s->got <= UINT16_MAX))
        return FIT_NONE;
    suspect_say(d, "hping3 takes a number by chance here, where none is given");
    suspect_mend(d, "hping3 %s %llu%s", options[i], (unsigned long long)s->expected, i ? "" : " -k");
    return FIT_GOOD;
}

enum fit why_tool(const struct suspect *s, struct diagnosis *d)
{
    const struct span *span = &s->packet->layers[LAYER_TCP];

    if (rules_kind(s->rules) != TARGET_PACKET)
        return FIT_NONE;
    if (is_scan_of_protocols(s)) {
        suspect_say(d, "nothing stands behind such a header where nmap -sO looks which protocols are taken");
        suspect_mend(d, "a scan makes its own packets: send the one of your script");
        return FIT_GOOD;
    }
    if (s->field->layer < LAYER_TCP || !span->present || !span->complete || span->length < 20 ||
        (size_t)span->offset + span->length > s->packet->length)
        return FIT_NONE;
    const uint8_t *tcp = s->packet->frame + span->offset;
    if (s->field->kind != FIELD_CHECKSUM_STATUS && is_scan_of_ports(s, tcp, span->length)) {
        suspect_say(d, "MSS alone, window 1024 and numbers by chance: this SYN is of nmap -sS, not of your "
                       "script");
        suspect_mend(d, "a scan makes its own segments: send the one of your script, with your payload");
        return FIT_GOOD;
    }
    return by_hping3(s, tcp, d);
}
