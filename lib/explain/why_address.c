#include "explain/why_address.h"

#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

static ipaddr reversed(ipaddr address)
{
    return __builtin_bswap32((uint32_t)address);
}

/* Digits and dots: the address as it is written, of which struct's 4s keeps four letters. */
static bool is_text(ipaddr address)
{
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t c = (uint8_t)(address >> 8 * i);
        if (c != '.' && (c < '0' || c > '9'))
            return false;
    }
    return !ipaddr_is6(address);
}

static void say_text(ipaddr address, struct diagnosis *d)
{
    char text[IPADDR_TEXT_SIZE];

    suspect_say(d, "%s is \"%c%c%c%c\": the address was packed as text, not as its 4 bytes",
                ipaddr_text(address, text), (char)(address >> 24), (char)(address >> 16),
                (char)(address >> 8), (char)address);
}

/* The Ethernet address stands behind the IPv4 address, or the target's before the sender's: of each pair ARP
 * has the Ethernet address first (RFC 826). */
static bool says_arp_order(const struct class *class, const struct packet *packet, struct diagnosis *d)
{
    enum { STATION = 6, SENDER = 8 };
    const struct span *arp = &packet->layers[LAYER_ARP];

    if (!arp->present || !arp->complete || !packet->layers[LAYER_ETH].complete)
        return false;
    const uint8_t *sender = packet->frame + arp->offset + SENDER;
    if (!class_has_student(class, load_be32(sender)) ||
        memcmp(sender + 4, packet->frame + STATION, STATION) != 0)
        return false;
    suspect_say(d, "the sender's IPv4 address and its Ethernet address are exchanged");
    suspect_mend(d, "struct.pack('!HHBBH6s4s6s4s', 1, 0x0800, 6, 4, opcode, mac, ip, mac, ip)");
    return true;
}

static void begin(struct diagnosis *d, bool six, const char *code)
{
    *d = (struct diagnosis){.code = code_find(code),
                            .confidence = CONFIDENCE_CERTAIN,
                            .see = six ? "RFC 8200, section 3" : "RFC 791, section 3.1"};
}

static void of_source(const struct class *class, ipaddr source, ipaddr destination, struct diagnosis *d)
{
    const bool six = ipaddr_is6(source) || (!source && ipaddr_is6(destination)); /* :: */
    char text[IPADDR_TEXT_SIZE], other[IPADDR_TEXT_SIZE];

    if (six && !source) {
        begin(d, six, "NOT_SET");
        suspect_say(d, ":: stands for no address: no answer goes there");
    } else if (source && !class->own_host && class_has_target(class, source)) {
        begin(d, ipaddr_is6(source), "SWAPPED_WITH");
        suspect_say(d, "the source is the target's own address%s",
                    class_has_student(class, destination) ? ": source and destination are exchanged" : "");
    } else if (ipaddr_is_link_local6(source)) {
        begin(d, ipaddr_is6(source), "NOT_IN_RANGE");
        suspect_say(d, "%s is link-local: it means a host only on one link, and no answer goes there",
                    ipaddr_text(source, text));
    } else if (ipaddr_is_loopback(source)) {
        begin(d, ipaddr_is6(source), "NOT_IN_RANGE");
        suspect_say(d, "%s is the loopback's address: no other machine can answer it",
                    ipaddr_text(source, text));
    } else if (!ipaddr_is6(source) && class_has_student(class, reversed(source))) {
        begin(d, ipaddr_is6(source), "ADDRESS_REVERSED");
        suspect_say(d, "%s is %s in reverse: it was packed in the host's byte order",
                    ipaddr_text(source, text), ipaddr_text(reversed(source), other));
    } else if (is_text(source)) {
        begin(d, false, "WRONG_FORMAT");
        say_text(source, d);
    } else {
        begin(d, ipaddr_is6(source), source ? "NOT_IN_RANGE" : "NOT_SET");
        suspect_say(d, "%s lies in none of the class's networks: no answer goes there",
                    ipaddr_text(source, text));
    }
    if (six)
        suspect_mend(d,
                     "src = socket.inet_pton(socket.AF_INET6, '...')   # your own, as ip -6 addr shows it");
    else
        suspect_mend(d, "src = socket.inet_aton('...')   # your own, as ip -4 addr shows it");
}

static void of_destination(const struct class *class, ipaddr source, ipaddr destination, struct diagnosis *d)
{
    char text[IPADDR_TEXT_SIZE], other[IPADDR_TEXT_SIZE];

    const ipaddr target = class_target(class, ipaddr_is6(destination));

    if (source && !class->own_host && class_has_target(class, source)) {
        begin(d, ipaddr_is6(destination), "SWAPPED_WITH");
        suspect_say(d, "the target's own address stands in the source's place");
    } else if (!ipaddr_is6(destination) && reversed(destination) == target) {
        begin(d, ipaddr_is6(destination), "ADDRESS_REVERSED");
        suspect_say(d, "%s is %s in reverse: it was packed in the host's byte order",
                    ipaddr_text(destination, text), ipaddr_text(target, other));
    } else if (is_text(destination)) {
        begin(d, false, "WRONG_FORMAT");
        say_text(destination, d);
    } else {
        begin(d, ipaddr_is6(destination), destination ? "NOT_IN_RANGE" : "NOT_SET");
        suspect_say(d, "%s is not the class's target, which would not see this packet",
                    ipaddr_text(destination, text));
    }
    if (ipaddr_is6(destination))
        suspect_mend(d, "dst = socket.inet_pton(socket.AF_INET6, '%s')", ipaddr_text(target, other));
    else
        suspect_mend(d, "dst = socket.inet_aton('%s')", ipaddr_text(target, other));
}

/* Everybody hears a broadcast, the target too: it is somebody else of whom the message tells. */
static void say_of_arp(ipaddr source, ipaddr destination, struct diagnosis *d)
{
    char text[IPADDR_TEXT_SIZE];

    suspect_say(d, "%s is %s, and not the class's target, to whom the message is to speak",
                ipaddr_text(destination, text), source == destination ? "the sender itself" : "another's");
}

void why_address(const struct rules *rules, const struct packet *packet, const struct finding *finding,
                 struct diagnosis *out)
{
    const ipaddr source = packet_src(packet), destination = packet_dst(packet);
    const bool arp = finding->field->layer == LAYER_ARP;

    if (strstr(finding->field->name, ".src"))
        of_source(rules->class, source, destination, out);
    else
        of_destination(rules->class, source, destination, out);
    if (!arp)
        return;
    out->see = finding->field->see;
    if (says_arp_order(rules->class, packet, out))
        out->code = code_find("SWAPPED_WITH");
    else if (strcmp(out->code->name, "NOT_IN_RANGE") == 0 && strstr(finding->field->name, ".dst"))
        say_of_arp(source, destination, out);
}
