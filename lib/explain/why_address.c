#include "explain/why_address.h"

#include <string.h>

#include "base/str.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

enum { LOOPBACK = 127 };

static uint32_t reversed(uint32_t address)
{
    return __builtin_bswap32(address);
}

static void begin(struct diagnosis *d, const char *code)
{
    *d = (struct diagnosis){
        .code = code_find(code), .confidence = CONFIDENCE_CERTAIN, .see = "RFC 791, section 3.1"};
}

static void of_source(const struct class *class, uint32_t source, uint32_t destination, struct diagnosis *d)
{
    char text[16], other[16];

    if (source == class->target && !class->own_host) {
        begin(d, "SWAPPED_WITH");
        suspect_say(d, "the source is the target's own address%s",
                    class_has_student(class, destination) ? ": source and destination are exchanged" : "");
    } else if (source >> 24 == LOOPBACK) {
        begin(d, "NOT_IN_RANGE");
        suspect_say(d, "%s is the loopback's address: no other machine can answer it",
                    ipv4_text(source, text));
    } else if (class_has_student(class, reversed(source))) {
        begin(d, "ADDRESS_REVERSED");
        suspect_say(d, "%s is %s in reverse: it was packed in the host's byte order", ipv4_text(source, text),
                    ipv4_text(reversed(source), other));
    } else {
        begin(d, source ? "NOT_IN_RANGE" : "NOT_SET");
        suspect_say(d, "%s lies in none of the class's networks: no answer goes there",
                    ipv4_text(source, text));
    }
    suspect_mend(d, "src = socket.inet_aton('...')   # your own, as ip -4 addr shows it");
}

static void of_destination(const struct class *class, uint32_t source, uint32_t destination,
                           struct diagnosis *d)
{
    char text[16], other[16];

    if (source == class->target && !class->own_host) {
        begin(d, "SWAPPED_WITH");
        suspect_say(d, "the target's own address stands in the source's place");
    } else if (reversed(destination) == class->target) {
        begin(d, "ADDRESS_REVERSED");
        suspect_say(d, "%s is %s in reverse: it was packed in the host's byte order",
                    ipv4_text(destination, text), ipv4_text(class->target, other));
    } else {
        begin(d, destination ? "NOT_IN_RANGE" : "NOT_SET");
        suspect_say(d, "%s is not the class's target, which would not see this packet",
                    ipv4_text(destination, text));
    }
    suspect_mend(d, "dst = socket.inet_aton('%s')", ipv4_text(class->target, other));
}

void why_address(const struct rules *rules, const struct packet *packet, const struct finding *finding,
                 struct diagnosis *out)
{
    const uint32_t source = packet_src(packet), destination = packet_dst(packet);

    if (strcmp(finding->field->name, "ip.src") == 0)
        of_source(rules->class, source, destination, out);
    else
        of_destination(rules->class, source, destination, out);
}
