#include "targets/kinds/wanted.h"

#include <string.h>

#include "judge/listen.h"

enum { FILTER_LISTENS = 32 };

/* Packets for a challenge are taken whatever their addresses, to be told at `seen`; of all others the
 * students' own to the target. What is listened for is a protocol or a port in nearly every challenge, and
 * libpcap takes long over many. */
static void put_listens(const struct rulebook *book, struct buf *filter)
{
    static const char *const words[][2] = {{"ip.proto", "ip proto"},
                                           {"ipv6.nxt", "ip6 proto"},
                                           {"tcp.dstport", "tcp dst port"},
                                           {"udp.dstport", "udp dst port"},
                                           {"sctp.dstport", "sctp dst port"}};

    for (size_t i = 0, n = 0; i < rulebook_count(book) && n < FILTER_LISTENS; i++) {
        const struct rules *rules = rulebook_at(book, i);
        const struct target_spec *target = &rules_challenge(rules)->target;
        uint64_t value;
        for (size_t k = 0; rules_kind(rules) == TARGET_PACKET && k < target->n_listen; k++)
            for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
                const char *name = target->listen[k].field.text;
                if (strcmp(name, words[w][0]) != 0)
                    continue;
                for (size_t v = 0; listen_names(rules, name, v, &value); v++, n++)
                    buf_printf(filter, " or %s %llu", words[w][1], (unsigned long long)value);
            }
    }
}

static void put_networks(const struct class *class, const char *direction, struct buf *filter)
{
    char address[IPADDR_TEXT_SIZE];

    for (size_t i = 0; i < class->n_students; i++)
        buf_printf(filter, "%s%s net %s/%u", i ? " or " : "(", direction,
                   ipaddr_text(class->students[i].net, address),
                   ipaddr_mask_bits(ipaddr_is6(class->students[i].net), class->students[i].mask));
    buf_puts(filter, ")");
}

/* A header with a letter of struct's too many or too few has the target's address some bytes before or behind
 * its place. Behind all else: a load beyond a short packet's end is no match of the whole filter. */
static void put_shifted(uint32_t target, struct buf *filter)
{
    static const unsigned places[] = {13, 14, 15, 17, 18, 19, 20};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        buf_printf(filter, " or ip[%u:4] = 0x%08x", places[i], target);
}

/* Behind two headers of Ethernet; it loads more than put_shifted, and so stands behind that. */
static void put_doubled(uint32_t target, struct buf *filter)
{
    buf_printf(filter, " or (link[26:2] = 0x0800 and link[28] = 0x45 and link[44:4] = 0x%08x)", target);
}

/* What was made by hand and is for nobody: of a protocol that is no socket's with whatever source, what is
 * sent as IPv4 and is none, an IPv4 packet in the place of a frame, and a broadcast. */
static void put_made(uint32_t target, struct buf *filter)
{
    char address[IPADDR_TEXT_SIZE];

    buf_printf(filter, " or (dst host %s and ip[9] != 1 and ip[9] != 6 and ip[9] != 17)",
               ipaddr_text(target, address));
    buf_puts(filter, " or (ip and ip[0] & 0xf0 != 0x40)");
    buf_printf(filter, " or (link[0] = 0x45 and link[16:4] = 0x%08x)", target);
    buf_puts(filter, " or (udp and dst host 255.255.255.255)");
}

/* Where a challenge is of ARP, every frame with a message of it but what each kernel asks: by ARP's and
 * RARP's type, whatever addresses they say, and behind any other type. */
static void put_arp(const struct rulebook *book, struct buf *filter)
{
    for (size_t i = 0; i < rulebook_count(book); i++)
        if (rules_is_arp(rulebook_at(book, i))) {
            buf_puts(filter,
                     " or (arp and not (arp[6:2] = 1 and arp[18:4] = 0 and arp[22:2] = 0)) or rarp"
                     " or (link[14:4] = 0x00010800 and link[18:2] = 0x0604 and link[12:2] != 0x0806)");
            return;
        }
}

/* To a challenge that asks for a foreign source with its two ports exchanged: nothing else in it is of the
 * class. */
static void put_exchanged(const struct runtime *rt, uint32_t target, struct buf *filter)
{
    char address[IPADDR_TEXT_SIZE];
    uint64_t port;

    for (size_t i = 0; i < rulebook_count(rt->book); i++)
        if (rules_to_home(rulebook_at(rt->book, i)) &&
            listen_names(rulebook_at(rt->book, i), "udp.dstport", 0, &port))
            buf_printf(filter, " or (udp src port %llu and dst host %s)", (unsigned long long)port,
                       ipaddr_text(target, address));
}

bool wanted_put(const struct runtime *rt, struct buf *filter)
{
    char address[IPADDR_TEXT_SIZE];

    buf_puts(filter, "((");
    if (rt->class.own_host)
        put_networks(&rt->class, "dst", filter);
    else
        buf_printf(filter, "dst host %s", ipaddr_text(rt->class.target, address));
    if (rt->class.other_target)
        buf_printf(filter, " or dst host %s", ipaddr_text(rt->class.other_target, address));
    buf_puts(filter, ")");
    buf_puts(filter, " and ");
    put_networks(&rt->class, "src", filter);
    buf_puts(filter, ")");
    put_listens(rt->book, filter);
    put_arp(rt->book, filter);
    if (!rt->class.own_host && class_target(&rt->class, false)) {
        put_made((uint32_t)class_target(&rt->class, false), filter);
        put_exchanged(rt, (uint32_t)class_target(&rt->class, false), filter);
        put_shifted((uint32_t)class_target(&rt->class, false), filter);
        put_doubled((uint32_t)class_target(&rt->class, false), filter);
    }
    return !filter->failed;
}
