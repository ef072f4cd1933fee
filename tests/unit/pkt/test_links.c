#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "pkt/decode.h"

/* Made by tests/golden/make.py, whose packets are also compared with tshark. */
#include "frames.inc"

struct expected {
    const char *field;
    uint64_t value;
};

static size_t bytes_of(uint8_t *out, size_t size, const char *hex)
{
    ptrdiff_t n = hex_decode(out, size, hex, strlen(hex));

    CU_ASSERT_TRUE_FATAL(n > 0);
    return (size_t)n;
}

static enum field_result result(const struct packet *p, const char *name)
{
    const struct field *field = field_find(name);
    const uint8_t *bytes;
    size_t length;
    uint64_t v;

    return field->bits ? packet_value(p, field, &v) : packet_bytes(p, field, &bytes, &length);
}

static void check_rows(enum link link, const char *hex, const struct expected *rows)
{
    uint8_t frame[256];
    size_t n = bytes_of(frame, sizeof(frame), hex);
    struct packet p;

    packet_decode(&p, link, frame, n, n);
    CU_ASSERT_EQUAL(p.faults, 0);
    for (; rows->field; rows++) {
        uint64_t v = 0xDEAD;
        CU_ASSERT_EQUAL(packet_value(&p, field_find(rows->field), &v), FIELD_OK);
        CU_ASSERT_EQUAL(v, rows->value);
    }
}

static void fields_of_ipv6_and_tcp_options_are_read(void)
{
    ipaddr source;
    static const struct expected rows[] = {{"ipv6.version", 6},
                                           {"ipv6.tclass", 0x61},
                                           {"ipv6.tclass.dscp", 24},
                                           {"ipv6.tclass.ecn", 1},
                                           {"ipv6.flow", 0xABCDE},
                                           {"ipv6.nxt", 6},
                                           {"ipv6.hlim", 63},
                                           {"tcp.options.mss_val", 1460},
                                           {"tcp.options.wscale.shift", 7},
                                           {"tcp.options.timestamp.tsval", 99},
                                           {"tcp.options.timestamp.tsecr", 7},
                                           {"tcp.checksum.status", 1},
                                           {NULL, 0}};
    uint8_t frame[256], address[ADDRESS6_BYTES];
    size_t n = bytes_of(frame, sizeof(frame), TCP6_FRAME), length;
    char text[FIELD_TEXT_SIZE];
    const uint8_t *bytes;
    struct packet p;

    check_rows(LINK_ETHERNET, TCP6_FRAME, rows);
    packet_decode(&p, LINK_ETHERNET, frame, n, n);
    CU_ASSERT_EQUAL(packet_bytes(&p, field_find("ipv6.src"), &bytes, &length), FIELD_OK);
    CU_ASSERT_EQUAL(length, ADDRESS6_BYTES);
    CU_ASSERT_STRING_EQUAL(field_text_address6(bytes, text), "2001:db8::28");
    CU_ASSERT_PTR_NULL(field_parse_address6("2001:DB8:0:0::28", address));
    CU_ASSERT_EQUAL(memcmp(address, bytes, sizeof(address)), 0);
    CU_ASSERT_PTR_NOT_NULL(field_parse_address6("10.10.0.40", address));
    CU_ASSERT_EQUAL(result(&p, "ip.ttl"), FIELD_ABSENT);
    CU_ASSERT_EQUAL(result(&p, "ipv6.fraghdr.ident"), FIELD_ABSENT);
    ipaddr_parse("2001:db8::28", &source);
    CU_ASSERT_EQUAL(packet_src(&p), source);
    CU_ASSERT_STRING_EQUAL(packet_source_text(&p, text), "2001:db8::28");
    CU_ASSERT_STRING_EQUAL(packet_destination_text(&p, text), "2001:db8:1::f");
    packet_decode(&p, LINK_ETHERNET, frame, 50, n);
    CU_ASSERT_STRING_EQUAL(packet_destination_text(&p, text), "?");
    n = bytes_of(frame, sizeof(frame), UDP_FRAME);
    packet_decode(&p, LINK_ETHERNET, frame, n, n);
    CU_ASSERT_STRING_EQUAL(packet_destination_text(&p, text), "172.16.1.15");
}

static void tags_and_extension_headers_are_stepped_over(void)
{
    static const struct expected chain[] = {{"eth.type", 0x88A8},
                                            {"ieee8021ad.id", 10},
                                            {"vlan.id", 20},
                                            {"vlan.priority", 5},
                                            {"vlan.dei", 1},
                                            {"vlan.etype", 0x86DD},
                                            {"ipv6.nxt", 0},
                                            {"ipv6.hopopts.nxt", 60},
                                            {"ipv6.dstopts.nxt", 44},
                                            {"ipv6.fraghdr.nxt", 51},
                                            {"ipv6.fraghdr.ident", 0xDECAFBAD},
                                            {"ah.next_header", 58},
                                            {"ah.spi", 0xCAFE0001},
                                            {"icmpv6.type", 128},
                                            {"icmpv6.echo.sequence_number", 7},
                                            {"icmpv6.checksum.status", 1},
                                            {NULL, 0}};
    /* with a segment left the sum is over where the packet ends up */
    static const struct expected routing[] = {
        {"ipv6.routing.type", 2}, {"ipv6.routing.segleft", 1}, {"udp.checksum.status", 1}, {NULL, 0}};
    static const struct expected sll[] = {
        {"sll.pkttype", 4},    {"sll.hatype", 1}, {"sll.halen", 6},      {"sll.src.eth", 0x020000000001},
        {"sll.etype", 0x0800}, {"ip.proto", 17},  {"udp.dstport", 2222}, {NULL, 0}};
    static const struct expected sll2[] = {
        {"sll.pkttype", 0},    {"sll.hatype", 1},  {"sll.halen", 6}, {"sll.src.eth", 0x020000000001},
        {"sll.etype", 0x0800}, {"sll.ifindex", 3}, {"ip.proto", 17}, {NULL, 0}};

    check_rows(LINK_ETHERNET, CHAIN6_FRAME, chain);
    check_rows(LINK_ETHERNET, ROUTING6_FRAME, routing);
    check_rows(LINK_SLL, SLL_FRAME, sll);
    check_rows(LINK_SLL2, SLL2_FRAME, sll2);
}

static void what_contradicts_itself_is_a_fault(void)
{
    static const struct {
        const char *frame;
        size_t at;
        uint8_t byte;
        enum fault fault;
        const char *field; /* what can then not be read, or is not there */
        enum field_result result;
    } rows[] = {
        {TCP6_FRAME, 14, 0x45, FAULT_BAD_VERSION, "ipv6.hlim", FIELD_OK},
        {TCP6_FRAME, 18, 9, FAULT_BAD_LENGTH, "tcp.checksum.status", FIELD_CUT},
        {TCP6_FRAME, 20, 0, FAULT_BAD_EXTENSION, "tcp.srcport", FIELD_CUT},
        {TCP6_FRAME, 20, 59, 0, "tcp.srcport", FIELD_ABSENT},
        {TCP6_FRAME, 20, 50, 0, "tcp.srcport", FIELD_ABSENT},
        {CHAIN6_FRAME, 63, 9, FAULT_BAD_EXTENSION, "icmpv6.type", FIELD_CUT},
        {CHAIN6_FRAME, 65, 99, FAULT_BAD_OPTIONS, "icmpv6.type", FIELD_OK},
        {CHAIN6_FRAME, 81, 8, FAULT_FRAGMENT, "icmpv6.type", FIELD_CUT},
        {CHAIN6_FRAME, 87, 99, FAULT_BAD_EXTENSION, "icmpv6.type", FIELD_CUT},
        {CHAIN6_FRAME, 86, 60, FAULT_BAD_OPTIONS, "icmp.type", FIELD_ABSENT},
        {CHAIN6_FRAME, 17, 0x06, 0, "ipv6.nxt", FIELD_ABSENT},
        {SLL_FRAME, 5, 4, 0, "sll.src.eth", FIELD_ABSENT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t frame[256];
        size_t n = bytes_of(frame, sizeof(frame), rows[i].frame);
        struct packet p;
        char text[160] = "";
        frame[rows[i].at] = rows[i].byte;
        packet_decode(&p, strcmp(rows[i].frame, SLL_FRAME) ? LINK_ETHERNET : LINK_SLL, frame, n, n);
        CU_ASSERT_EQUAL(p.faults & rows[i].fault, rows[i].fault);
        CU_ASSERT_EQUAL(result(&p, rows[i].field), rows[i].result);
        if (rows[i].fault) {
            packet_fault_text(&p, rows[i].fault, text, sizeof(text));
            CU_ASSERT_TRUE(strlen(text) > 10);
        }
    }
}

static void every_truncation_is_told(void)
{
    static const struct {
        enum link link;
        const char *hex;
    } frames[] = {{LINK_ETHERNET, TCP6_FRAME},
                  {LINK_ETHERNET, CHAIN6_FRAME},
                  {LINK_ETHERNET, ROUTING6_FRAME},
                  {LINK_SLL, SLL_FRAME},
                  {LINK_SLL2, SLL2_FRAME}};

    for (size_t f = 0; f < sizeof(frames) / sizeof(frames[0]); f++) {
        uint8_t whole[256];
        size_t n = bytes_of(whole, sizeof(whole), frames[f].hex);
        for (size_t cut = 0; cut < n; cut++) {
            uint8_t *frame = malloc(cut ? cut : 1); /* exact, so that ASan sees a step too far */
            struct packet p;
            memcpy(frame, whole, cut);
            packet_decode(&p, frames[f].link, frame, cut, n);
            CU_ASSERT_TRUE(p.faults & FAULT_TRUNCATED);
            CU_ASSERT_NOT_EQUAL(result(&p, "payload"), FIELD_OK);
            CU_ASSERT_NOT_EQUAL(result(&p, "icmpv6.checksum.status"), FIELD_OK);
            free(frame);
        }
    }
}

/* Of Ethernet and IPv4 alone: of other sizes the addresses stand elsewhere. */
static void an_arp_message_has_two_addresses(void)
{
    static const struct {
        size_t at; /* a byte of ARP that is changed; 0: none */
        uint8_t to;
        bool there;
    } rows[] = {{0, 0, true}, {3, 1, false}, {4, 8, false}, {5, 16, false}, {7, 1, true}};
    uint8_t frame[64];
    struct packet p;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n =
            bytes_of(frame, sizeof(frame),
                     "ffffffffffff020000000028080600010800060400020200000000280a0a0028020000000001ac10010f");
        if (rows[i].at)
            frame[14 + rows[i].at] = rows[i].to;
        packet_decode(&p, LINK_ETHERNET, frame, n, n);
        CU_ASSERT_EQUAL(packet_src(&p), rows[i].there ? 0x0A0A0028 : 0);
        CU_ASSERT_EQUAL(packet_dst(&p), rows[i].there ? 0xAC10010F : 0);
        packet_decode(&p, LINK_ETHERNET, frame, n - 1, n);
        CU_ASSERT_EQUAL(packet_src(&p), 0);
    }
}

/* IEEE 802.3, clause 3.2.6: up to 1,500 a length, from 1,536 a type, between them neither. */
static void a_small_number_behind_the_addresses_is_a_length(void)
{
    static const struct {
        unsigned number;
        bool length, type;
    } rows[] = {{0, false, true},     {1, true, false},     {38, true, false},   {1500, true, false},
                {1501, false, false}, {1535, false, false}, {1536, false, true}, {0x88b5, false, true}};
    uint8_t frame[64] = {0};
    struct packet p;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        frame[12] = (uint8_t)(rows[i].number >> 8);
        frame[13] = (uint8_t)rows[i].number;
        packet_decode(&p, LINK_ETHERNET, frame, sizeof(frame), sizeof(frame));
        CU_ASSERT_EQUAL(result(&p, "eth.len") == FIELD_OK, rows[i].length);
        CU_ASSERT_EQUAL(result(&p, "eth.type") == FIELD_OK, rows[i].type);
    }
}

static const struct unit_case cases[] = {
    {"an_arp_message_has_two_addresses", an_arp_message_has_two_addresses},
    {"a_small_number_behind_the_addresses_is_a_length", a_small_number_behind_the_addresses_is_a_length},
    {"fields_of_ipv6_and_tcp_options_are_read", fields_of_ipv6_and_tcp_options_are_read},
    {"tags_and_extension_headers_are_stepped_over", tags_and_extension_headers_are_stepped_over},
    {"what_contradicts_itself_is_a_fault", what_contradicts_itself_is_a_fault},
    {"every_truncation_is_told", every_truncation_is_told},
};
extern const struct unit_group link_cases;
UNIT_GROUP(link_cases, cases);
