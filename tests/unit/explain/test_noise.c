#include "explain/noise.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"
#include "tree.h"
#include "told.h"
#include "unit.h"

#define PACKET(listen)                                                                                       \
    "kind: packet\nlisten: {" listen "}\nexpect:\n  payload: {text: \"{student}\"}\n"                        \
    "deliver: {connect: 1111}\n"

static const struct tree_file course[] = {
    {"raw-ipv4", PACKET("ip.proto: CHAOS")},
    {"raw-tcp", PACKET("tcp.dstport: 8081")},
    {"talk", "kind: stream\nlisten: {tcp.dstport: 1111}\nexpect:\n  payload: {text: \"{student}\"}\n"},
    {"from", "kind: stream\nlisten: {tcp.dstport: 6111}\nexpect:\n  tcp.srcport: 4321\n  payload: {text: "
             "\"{student}\"}\n"},
    {"call", "kind: datagram\nlisten: {udp.dstport: 2222}\nexpect:\n  payload: {text: \"{student}\"}\n"},
    {"ping", PACKET("icmp.type: 8, icmp.ident: 0x5747")},
};

struct sent {
    uint8_t protocol;
    uint16_t port;
    uint32_t to;
    uint8_t options[12];
    size_t n_options;
    uint8_t flags;
    uint16_t fragment;
    uint16_t from;
};

enum { SYN = 2, ACK = 16 };
#define KERNEL                                                                                               \
    {                                                                                                        \
        2, 4, 5, 180, 4, 2, 8, 10                                                                            \
    }

static size_t make(uint8_t *out, const struct sent *sent)
{
    size_t upper = sent->protocol == 6 ? 20 + sent->n_options : 8;

    memset(out, 0, 64);
    out[0] = 0x45;
    store_be16(out + 2, (uint16_t)(20 + upper));
    store_be16(out + 6, sent->fragment);
    out[8] = 64;
    out[9] = sent->protocol;
    store_be32(out + 12, 0x0A0A0028);
    store_be32(out + 16, sent->to);
    store_be16(out + 10, csum_finish(csum_add(0, out, 20)));
    store_be16(out + 20, sent->from);
    store_be16(out + 22, sent->port);
    if (sent->protocol == 6) {
        out[32] = (uint8_t)((5 + sent->n_options / 4) << 4);
        out[33] = sent->flags;
        memcpy(out + 40, sent->options, sent->n_options);
    } else if (sent->protocol == 17) {
        store_be16(out + 24, 8);
    } else if (sent->protocol == 1) {
        out[20] = sent->options[0];
    }
    return 20 + upper;
}

static const struct {
    struct sent sent;
    const char *what, *why;
} TOLD[] = {
    {{6, 81, TARGET, {0}, 0, SYN, 0, 0},
     "TCP to port 81",
     "a SYN with nothing behind it, as nmap -sS sends; no challenge takes it; raw-tcp takes port 8081"},
    {{6, 5000, TARGET, {2, 4, 5, 180, 4, 2, 1, 1}, 8, SYN, 0, 0},
     "TCP to port 5000",
     "connect() was used, and nothing listens there; no challenge takes it; from takes port 6111 (a "
     "stream); talk takes port 1111 (a stream)"},
    {{6, 8082, TARGET, {2, 4, 5, 180, 4, 2, 1, 1}, 8, SYN, 0, 0},
     "TCP to port 8082",
     "a kernel's own SYN: connect() was used, not a raw socket; no challenge takes it; raw-tcp takes "
     "port 8081; from takes port 6111 (a stream)"},
    {{6, 4321, TARGET, {2, 4, 5, 180, 4, 2, 1, 1}, 8, SYN, 0, 0},
     "TCP to port 4321",
     "4321 is the port that from wants it to come from; it goes to port 6111"},
    {{17, 14150, TARGET, {0}, 0, 0, 0, 0},
     "UDP to port 14150",
     "no challenge takes it; raw-ipv4 takes protocol 16 (CHAOS); call takes port 2222 (a datagram)"},
    {{17, 53, TARGET, {0}, 0, 0, 0, 40000},
     "UDP to port 53",
     "53 is where scapy sends when no dport is given; no challenge takes it; raw-ipv4 takes protocol 16 "
     "(CHAOS); call takes port 2222 (a datagram)"},
    {{6, 80, TARGET, {0}, 0, SYN, 0, 20},
     "TCP to port 80",
     "80 is where scapy sends when no dport is given, from its port 20; a SYN with nothing behind it, as "
     "nmap "
     "-sS sends; no challenge takes it; raw-tcp takes port 8081"},
    {{17, 0, TARGET, {0}, 0, 0, 0, 40000},
     "UDP to port 0",
     "no port was given, as hping3 has it without -p, or in C htonl() stands for htons(); no challenge takes "
     "it; raw-ipv4 takes protocol 16 (CHAOS); call takes port 2222 (a datagram)"},
    {{6, 1112, TARGET, {0}, 0, SYN, 0, 0},
     "TCP to port 1112",
     "a SYN with nothing behind it, as nmap -sS sends; no challenge takes it; talk takes port 1111 (a "
     "stream); raw-tcp takes port 8081"},
    {{47, 0, TARGET, {0}, 0, 0, 0, 0},
     "IP protocol 47 (GRE)",
     "no challenge takes it; raw-ipv4 takes protocol 16 (CHAOS)"},
    {{1, 0, TARGET, {8}, 0, 0, 0, 0},
     "IP protocol 1 (ICMP)",
     "no challenge takes it; ping takes ICMP identifier 0x5747 (22343)"},
    {{6, 40961, TARGET, {0}, 0, ACK, 0, 8081},
     "TCP to port 40961",
     "it comes from the port that raw-tcp listens at: the two are exchanged"},
    {{6, 22276, TARGET, {0}, 0, SYN, 0, 0},
     "TCP to port 22276",
     "22276 is 1111, the port of talk, with its two bytes exchanged"},
    {{17, 44552, TARGET, {0}, 0, 0, 0, 0},
     "UDP to port 44552",
     "44552 is 2222, the port of call, with its two bytes exchanged"},
    {{6, 37151, TARGET, {0}, 0, SYN, 0, 0},
     "TCP to port 37151",
     "37151 is 8081, the port of raw-tcp, with its two bytes exchanged"},
    {{6, 1111, TARGET, KERNEL, 8, SYN, 0, 0},
     "TCP to port 1111",
     "meant for talk, whose stream target answers by itself"},
    {{17, 2222, TARGET, {0}, 0, 0, 0, 0},
     "UDP to port 2222",
     "meant for call, whose datagram target answers by itself"},
    {{6, 8081, 0x7F000001, {0}, 0, SYN, 0, 0},
     "TCP to port 8081",
     "a SYN with nothing behind it, as nmap -sS sends; sent to 127.0.0.1, but the target is 172.16.1.15; "
     "no challenge takes it; raw-tcp takes port 8081"},
    {{6, 0, TARGET, {0}, 0, 0, 7, 0},
     "a later fragment, IP protocol 6 (TCP)",
     "the fragment offset is 7: this claims to be byte 56 of a larger packet, so that no TCP header is read "
     "in it"},
};

static void each_packet_is_told_with_what_would_have_been_taken(void)
{
    struct tree tree;

    tree_open(&tree, course, 6, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(TOLD) / sizeof(TOLD[0]); i++) {
        uint8_t bytes[64];
        struct packet p;
        struct noise noise;
        size_t n = make(bytes, &TOLD[i].sent);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        noise_of(tree.book, NULL, &p, &noise);
        CU_ASSERT_STRING_EQUAL(noise.what, TOLD[i].what);
        CU_ASSERT_STRING_EQUAL(noise.why, TOLD[i].why);
        CU_ASSERT_EQUAL(noise.source, 0x0A0A0028);
        CU_ASSERT_EQUAL(noise.key, noise_key(tree.book, &p));
    }
    tree_close(&tree);
}

/* A text, or the pseudo-header of the sum, where the header belongs whose ports would be read. */
static void what_stands_in_the_place_of_a_header_is_told(void)
{
    static const struct {
        uint8_t protocol;
        const char *behind;
        size_t length;
        const char *code, *why;
    } rows[] = {
        {17, "smith", 5, "MISSING_HEADER", "the text stands where the UDP header belongs"},
        {17, "I am smith", 10, "MISSING_HEADER", "the text stands where the UDP header belongs"},
        {6, "I am smith", 10, "MISSING_HEADER", "the text stands where the TCP header belongs"},
        {6,
         "\x0A\x0A\x00\x28\xAC\x10\x01\x0F\x00\x06\x00\x1C\x00\x51\x00\x51\x00\x00\x00\x00\x00\x00\x00\x00"
         "\x50\x02\x00\x00",
         28, "NESTED_HEADER", "the pseudo-header stands before the TCP header"},
        {17, "\x00\x51\x15\xB3\x00\x08\x00\x00", 8, "", "no challenge takes it"},
        {47, "smith", 5, "", "no challenge takes it"},
        {0, "smith", 5, "MISSING_HEADER", "the text stands right behind the IPv4 header"},
        {0, "smith\x00\x35\x08\xAE\x00\x08\x00\x00", 13, "MISPLACED",
         "the UDP header stands behind the text"},
        {0, "\x01\x02\x03", 3, "", "no challenge takes it"},
        {17, "\x0F\xA1\x00\x0D\x08\xAE\x00\x00smith", 13, "SWAPPED_WITH",
         "destination port and length of the UDP header are exchanged: 2222 is call's port"},
        {17, "\x08\xAE\x00\x35\x00\x0D\x00\x00smith", 13, "SWAPPED_WITH",
         "2222, the port of call, is its source port"},
        {6, "\x0F\xA1\x08\xAE\x00\x0D\x00\x00smith", 13, "WRONG_PROTOCOL",
         "a UDP header to port 2222, call's, follows"},
        {136, "\x0F\xA1\x08\xAE\x00\x0D\x00\x00smith", 13, "WRONG_PROTOCOL",
         "a UDP header to port 2222, call's, follows"},
        {17, "\x0F\xA1\x22\x22\x00\x0D\x00\x00smith", 13, "DECIMAL_AS_HEX",
         "8738 is 0x2222: 2222, the port of call, is decimal"},
    };
    struct tree tree;

    tree_open(&tree, course, 6, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[64];
        struct packet p;
        struct noise noise;
        const struct sent ip = {.protocol = rows[i].protocol, .to = TARGET};
        make(bytes, &ip);
        const size_t n = 20 + rows[i].length;
        memcpy(bytes + 20, rows[i].behind, rows[i].length);
        store_be16(bytes + 2, (uint16_t)n);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        noise_of(tree.book, NULL, &p, &noise);
        CU_ASSERT_STRING_EQUAL(noise.code ? noise.code->name : "", rows[i].code);
        CU_ASSERT_PTR_NOT_NULL(strstr(noise.why, rows[i].why));
    }
    tree_close(&tree);
}

/* Of several ports each is one that is named, and each can be had with its bytes exchanged. */
static void of_several_ports_the_nearest_is_told(void)
{
    static const struct tree_file doors[] = {
        {"doors",
         "kind: packet\nlisten: {udp.dstport: {in: [7411, 9622, 8533]}}\nexpect:\n  udp.dstport: 7411\n"
         "  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"},
        {"raw-ipv4", PACKET("ip.proto: CHAOS")},
        {"next", "kind: datagram\nlisten: {udp.dstport: 6222}\nsteps:\n"
                 "- expect: {udp.srcport: {bind: p}, payload: {text: \"{student}\"}}\n  say: \"{p}\"\n"
                 "- expect: {udp.srcport: {bound: p, plus: 1}, payload: {text: \"word\"}}\n"}};
    static const struct {
        struct sent sent;
        const char *why;
    } rows[] = {
        {{17, 8532, TARGET, {0}, 0, 0, 0, 0},
         "no challenge takes it; doors takes port 8533; doors takes port 9622"},
        {{17, 9600, TARGET, {0}, 0, 0, 0, 0},
         "no challenge takes it; doors takes port 9622; doors takes port 8533"},
        {{17, 21793, TARGET, {0}, 0, 0, 0, 0},
         "21793 is 8533, the port of doors, with its two bytes exchanged"},
        {{17, 6223, TARGET, {0}, 0, 0, 0, 0},
         "6223 is 6222, the port of next, and 1: that is added to the port it comes from, not to this"},
        {{17, 6221, TARGET, {0}, 0, 0, 0, 0},
         "no challenge takes it; next takes port 6222 (a datagram); doors takes port 7411"},
        {{6, 9622, TARGET, {0}, 0, SYN, 0, 0}, "9622 is doors's, by UDP, and this is TCP"},
        {{6, 9622, TARGET, KERNEL, 8, SYN, 0, 0}, "9622 is doors's, by UDP, and this is TCP"},
    };
    struct tree tree;

    tree_open(&tree, doors, sizeof(doors) / sizeof(doors[0]), false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[64];
        struct packet p;
        struct noise noise;
        size_t n = make(bytes, &rows[i].sent);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        noise_of(tree.book, NULL, &p, &noise);
        CU_ASSERT_STRING_EQUAL(noise.why, rows[i].why);
    }
    tree_close(&tree);
}

/* A segment that is right but for its port, which is a stream's, or one's own listener's. */
static void a_segment_to_another_port_is_told_whose_it_is(void)
{
    static const struct {
        uint16_t port;
        const char *code, *why;
    } rows[] = {
        {1111, "LISTENER_PORT",
         "it is what raw-tcp asks for, which takes port 8081; 1111 is of your own listener"},
        {6111, "OTHER_CHALLENGE", "it is what raw-tcp asks for, which takes port 8081; 6111 is from"},
    };
    static const struct packet_row row = {.proto = 6, .id = 1};
    struct tree tree;

    tree_open(&tree, course, 6, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[128];
        struct packet p;
        struct noise noise;
        const size_t n = told_packet(&row, bytes);
        store_be16(bytes + 22, rows[i].port);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        noise_of(tree.book, NULL, &p, &noise);
        CU_ASSERT_EQUAL(strncmp(noise.why, rows[i].why, strlen(rows[i].why)), 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(noise.code);
        CU_ASSERT_STRING_EQUAL(noise.code->name, rows[i].code);
        CU_ASSERT_PTR_NOT_NULL(strstr(noise.mend, "8081"));
    }
    tree_close(&tree);
}

static void a_kernels_own_syn_is_known_by_its_options(void)
{
    static const struct {
        struct sent sent;
        bool kernel;
    } rows[] = {
        {{6, 81, TARGET, KERNEL, 8, SYN, 0, 0}, true},
        {{6, 81, TARGET, KERNEL, 8, SYN | ACK, 0, 0}, false},
        {{6, 81, TARGET, {2, 4, 5, 180}, 4, SYN, 0, 0}, false},
        {{6, 81, TARGET, {1, 1, 4, 2, 2, 4, 5, 180}, 8, SYN, 0, 0}, true},
        {{6, 81, TARGET, {2, 4, 5, 180, 4, 9, 1, 1}, 8, SYN, 0, 0}, false}, /* runs past the header */
        {{6, 81, TARGET, {0}, 0, SYN, 0, 0}, false},
        {{17, 81, TARGET, {0}, 0, 0, 0, 0}, false},
    };
    struct tree tree;

    tree_open(&tree, course, 6, false);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[64];
        struct packet p;
        struct noise noise;
        struct sent sent = rows[i].sent;
        if (rows[i].kernel && sent.options[6] == 8)
            sent.options[6] = sent.options[7] = 1; /* two NOPs in the place of half an option */
        size_t n = make(bytes, &sent);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        CU_ASSERT_EQUAL(noise_is_kernel_syn(&p), rows[i].kernel);
        noise_of(tree.book, NULL, &p, &noise);
        CU_ASSERT_EQUAL(noise.kernel_syn, rows[i].kernel);
        CU_ASSERT_EQUAL(strstr(noise.why, "connect() was used") != NULL, rows[i].kernel);
    }
    tree_close(&tree);
}

static void keys_differ_where_the_telling_does(void)
{
    static const struct sent rows[] = {
        {6, 81, TARGET, {0}, 0, SYN, 0, 0}, {6, 82, TARGET, {0}, 0, SYN, 0, 0},
        {17, 81, TARGET, {0}, 0, 0, 0, 0},  {6, 81, 0x7F000001, {0}, 0, 0, 0, 0},
        {47, 0, TARGET, {0}, 0, 0, 0, 0},   {48, 0, TARGET, {0}, 0, 0, 0, 0},
        {6, 0, TARGET, {0}, 0, 0, 7, 0},    {6, 81, TARGET, {2, 4, 5, 180, 4, 2, 1, 1}, 8, SYN, 0, 0},
    };
    enum { N = sizeof(rows) / sizeof(rows[0]) };
    struct tree tree;
    uint64_t keys[N];

    tree_open(&tree, course, 6, false);
    for (size_t i = 0; i < N; i++) {
        uint8_t bytes[64];
        struct packet p;
        size_t n = make(bytes, &rows[i]);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        keys[i] = noise_key(tree.book, &p);
        bytes[4] ^= 1; /* another identification is told alike */
        CU_ASSERT_EQUAL(noise_key(tree.book, &p), keys[i]);
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_NOT_EQUAL(keys[i], keys[k]);
        bytes[15]++; /* another source is not */
        CU_ASSERT_NOT_EQUAL(noise_key(tree.book, &p), keys[i]);
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"each_packet_is_told_with_what_would_have_been_taken",
     each_packet_is_told_with_what_would_have_been_taken},
    {"what_stands_in_the_place_of_a_header_is_told", what_stands_in_the_place_of_a_header_is_told},
    {"of_several_ports_the_nearest_is_told", of_several_ports_the_nearest_is_told},
    {"a_segment_to_another_port_is_told_whose_it_is", a_segment_to_another_port_is_told_whose_it_is},
    {"a_kernels_own_syn_is_known_by_its_options", a_kernels_own_syn_is_known_by_its_options},
    {"keys_differ_where_the_telling_does", keys_differ_where_the_telling_does},
};
extern const struct unit_group noise_cases;
UNIT_GROUP(noise_cases, cases);
