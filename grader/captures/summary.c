#include "grader/captures/summary.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "pkt/decode.h"

enum { BYTES_SHOWN = 24 };

static __attribute__((format(printf, 2, 3))) void put(char out[SUMMARY_SIZE], const char *fmt, ...)
{
    size_t n = 0;
    va_list args;

    while (n < SUMMARY_SIZE - 1 && out[n])
        n++;
    va_start(args, fmt);
    vsnprintf(out + n, SUMMARY_SIZE - n, fmt, args);
    va_end(args);
}

/* " name value" where the packet has the field. */
static void put_field(const struct packet *packet, const char *name, const char *shown,
                      char out[SUMMARY_SIZE])
{
    const struct field *field = field_find(name);
    char text[FIELD_TEXT_SIZE];
    uint64_t value;

    if (packet_value(packet, field, &value) == FIELD_OK)
        put(out, "%s%s", shown, field_text(field, value, text));
}

const char *summary_text(const struct handed_packet *handed, char out[SUMMARY_SIZE])
{
    struct packet packet;
    char when[CLOCK_TEXT_SIZE], address[IPADDR_TEXT_SIZE];
    size_t length;

    packet_decode(&packet, LINK_RAW, handed->packet, handed->length, handed->length);
    snprintf(out, SUMMARY_SIZE, "%.19sZ ", clock_text(handed->frame_us, when));
    put(out, "%s > ", ipaddr_text(packet_src(&packet), address));
    put(out, "%s", ipaddr_text(packet_dst(&packet), address));
    put_field(&packet, "ip.proto", ", protocol ", out);
    put_field(&packet, "ip.dsfield", ", DS byte ", out);
    put_field(&packet, "ip.id", ", id ", out);
    put_field(&packet, "tcp.srcport", ", ports ", out);
    put_field(&packet, "tcp.dstport", " > ", out);
    put_field(&packet, "tcp.flags", ", flags ", out);
    put_field(&packet, "udp.srcport", ", ports ", out);
    put_field(&packet, "udp.dstport", " > ", out);
    const uint8_t *payload = packet_payload(&packet, &length);
    put(out, ", %zu byte%s", length, length == 1 ? "" : "s");
    for (size_t i = 0; i < length && i < BYTES_SHOWN; i++)
        put(out, "%s%c", i ? "" : ": ", payload[i] >= 0x20 && payload[i] < 0x7F ? payload[i] : '.');
    return out;
}
