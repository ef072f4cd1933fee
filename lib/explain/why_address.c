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

/* Digits and dots: the address as it is written, of which struct's 4s keeps four letters. */
static bool is_text(uint32_t address)
{
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t c = (uint8_t)(address >> 8 * i);
        if (c != '.' && (c < '0' || c > '9'))
            return false;
    }
    return true;
}

static void say_text(uint32_t address, struct diagnosis *d)
{
    char text[16];

    suspect_say(d, "%s is \"%c%c%c%c\": the address was packed as text, not as its 4 bytes",
                ipv4_text(address, text), (char)(address >> 24), (char)(address >> 16), (char)(address >> 8),
                (char)address);
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
    } else if (is_text(source)) {
        begin(d, "WRONG_FORMAT");
        say_text(source, d);
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
    } else if (is_text(destination)) {
        begin(d, "WRONG_FORMAT");
        say_text(destination, d);
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
