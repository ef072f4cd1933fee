#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "pkt/decode.h"
#include "pkt/quoted.h"
#include "pkt/sctp.h"

/* Made with scapy 2.5:
 * Ether(dst="02:00:00:00:00:0f",src="02:00:00:00:00:01")/IP(src="10.10.0.40",dst="172.16.1.15",tos=0x61,id=0x1a2b,
 * flags="DF",ttl=63)/TCP(sport=54321,dport=8081,seq=0x01020304,ack=0x0a0b0c0d,flags="SEC",window=5840,urgptr=7,
 * options=[("MSS",1460)])/b"smith" */
#include "frames.inc"

static size_t bytes_of(uint8_t *out, size_t size, const char *hex)
{
    ptrdiff_t n = hex_decode(out, size, hex, strlen(hex));

    CU_ASSERT_TRUE_FATAL(n > 0);
    return (size_t)n;
}

static uint64_t value(const struct packet *p, const char *name)
{
    uint64_t v = 0xDEAD;

    CU_ASSERT_EQUAL(packet_value(p, field_find(name), &v), FIELD_OK);
    return v;
}

static enum field_result result(const struct packet *p, const char *name)
{
    uint64_t v;

    return packet_value(p, field_find(name), &v);
}

/* style: one table, longer for being one row a line */
static void every_field_of_an_ipv4_tcp_frame_is_read(void)
{
    static const struct {
        const char *field;
        uint64_t value;
    } rows[] = {
        {"eth.dst", 0x02000000000F},
        {"eth.src", 0x020000000001},
        {"eth.type", 0x0800},
        {"ip.version", 4},
        {"ip.hdr_len", 20},
        {"ip.dsfield", 0x61},
        {"ip.dsfield.dscp", 24},
        {"ip.dsfield.ecn", 1},
        {"ip.len", 49},
        {"ip.id", 0x1a2b},
        {"ip.flags", 2},
        {"ip.flags.rb", 0},
        {"ip.flags.df", 1},
        {"ip.flags.mf", 0},
        {"ip.frag_offset", 0},
        {"ip.ttl", 63},
        {"ip.proto", 6},
        {"ip.src", 0x0A0A0028},
        {"ip.dst", 0xAC10010F},
        {"tcp.srcport", 54321},
        {"tcp.dstport", 8081},
        {"tcp.seq_raw", 0x01020304},
        {"tcp.ack_raw", 0x0a0b0c0d},
        {"tcp.hdr_len", 24},
        {"tcp.flags", 0x0c2},
        {"tcp.flags.syn", 1},
        {"tcp.flags.ack", 0},
        {"tcp.flags.cwr", 1},
        {"tcp.flags.ece", 1},
        {"tcp.flags.res", 0},
        {"tcp.flags.fin", 0},
        {"tcp.flags.reset", 0},
        {"tcp.flags.push", 0},
        {"tcp.flags.urg", 0},
        {"tcp.flags.ae", 0},
        {"tcp.window_size_value", 5840},
        {"tcp.urgent_pointer", 7},
        {"tcp.checksum.status", 1},
    };
    uint8_t frame[256];
    size_t n = bytes_of(frame, sizeof(frame), TCP_FRAME), length;
    struct packet p;
    const uint8_t *bytes;

    packet_decode(&p, LINK_ETHERNET, frame, n, n);
    CU_ASSERT_EQUAL(p.faults, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(value(&p, rows[i].field), rows[i].value);
    CU_ASSERT_EQUAL(result(&p, "udp.srcport"), FIELD_ABSENT);
    bytes = packet_payload(&p, &length);
    CU_ASSERT_TRUE(length == 5 && memcmp(bytes, "smith", 5) == 0);
    CU_ASSERT_EQUAL(packet_bytes(&p, field_find("tcp.options"), &bytes, &length), FIELD_OK);
    CU_ASSERT_TRUE(length == 4 && memcmp(bytes, "\x02\x04\x05\xb4", 4) == 0);
    frame[n - 1] ^= 1;
    packet_decode(&p, LINK_ETHERNET, frame, n, n);
    CU_ASSERT_EQUAL(value(&p, "tcp.checksum.status"), 0);
}

static void every_truncation_is_told_and_never_read_past(void)
{
    static const char *const frames[] = {TCP_FRAME, UDP_FRAME, ICMP_FRAME, CHAOS_FRAME};

    for (size_t f = 0; f < sizeof(frames) / sizeof(frames[0]); f++) {
        uint8_t whole[256];
        size_t n = bytes_of(whole, sizeof(whole), frames[f]);
        for (size_t cut = 0; cut < n; cut++) {
            uint8_t *frame = malloc(cut ? cut : 1); /* exact, so that ASan sees a step too far */
            struct packet p;
            uint64_t v;
            const uint8_t *bytes;
            size_t length;
            memcpy(frame, whole, cut);
            packet_decode(&p, LINK_ETHERNET, frame, cut, n);
            CU_ASSERT_TRUE(p.faults & FAULT_TRUNCATED);
            for (size_t i = 0; i < N_FIELDS; i++)
                if (FIELDS[i].bits)
                    packet_value(&p, &FIELDS[i], &v);
            CU_ASSERT_NOT_EQUAL(packet_bytes(&p, field_find("payload"), &bytes, &length), FIELD_OK);
            CU_ASSERT_NOT_EQUAL(result(&p, "tcp.checksum.status"), FIELD_OK);
            free(frame);
        }
    }
}

static void contradictions_are_faults(void)
{
    static const struct {
        const char *frame;
        size_t at;
        uint8_t byte;
        enum fault fault;
        const char *field; /* what can then not be read, or is not there */
        enum field_result result;
    } rows[] = {
        {TCP_FRAME, 14, 0x44, FAULT_BAD_IHL, "tcp.srcport", FIELD_CUT},
        {TCP_FRAME, 14, 0x4F, FAULT_BAD_IHL, "tcp.srcport", FIELD_CUT},
        {TCP_FRAME, 14, 0x55, FAULT_BAD_VERSION, "ip.ttl", FIELD_OK},
        {TCP_FRAME, 17, 10, FAULT_BAD_LENGTH, "tcp.srcport", FIELD_CUT},
        {TCP_FRAME, 16, 9, FAULT_BAD_LENGTH, "ip.ttl", FIELD_OK},
        {TCP_FRAME, 46, 0x40, FAULT_BAD_OFFSET, "tcp.srcport", FIELD_OK},
        {TCP_FRAME, 46, 0xF0, FAULT_BAD_OFFSET, "tcp.checksum.status", FIELD_CUT},
        {TCP_FRAME, 55, 0x09, FAULT_BAD_OPTIONS, "tcp.srcport", FIELD_OK},
        {TCP_FRAME, 21, 5, FAULT_FRAGMENT, "tcp.srcport", FIELD_CUT},
        {TCP_FRAME, 24, 0, FAULT_IP_CHECKSUM, "tcp.srcport", FIELD_OK},
        {TCP_FRAME, 23, 17, 0, "tcp.srcport", FIELD_ABSENT},
        {TCP_FRAME, 12, 0x86, 0, "ip.ttl", FIELD_ABSENT},
        {UDP_FRAME, 39, 4, FAULT_BAD_LENGTH, "udp.srcport", FIELD_OK},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t frame[256];
        size_t n = bytes_of(frame, sizeof(frame), rows[i].frame);
        struct packet p;
        char text[160] = "";
        frame[rows[i].at] = rows[i].byte;
        packet_decode(&p, LINK_ETHERNET, frame, n, n);
        CU_ASSERT_EQUAL(p.faults & rows[i].fault, rows[i].fault);
        CU_ASSERT_EQUAL(result(&p, rows[i].field), rows[i].result);
        if (rows[i].fault) {
            packet_fault_text(&p, rows[i].fault, text, sizeof(text));
            CU_ASSERT_TRUE(strlen(text) > 10);
        }
    }
}

static void padding_beyond_the_total_length_is_not_payload(void)
{
    uint8_t frame[256];
    size_t n = bytes_of(frame, sizeof(frame), CHAOS_FRAME), length;
    struct packet p;

    memset(frame + n, 0, 20);
    packet_decode(&p, LINK_ETHERNET, frame, n + 20, n + 20);
    CU_ASSERT_EQUAL(p.faults, 0);
    packet_payload(&p, &length);
    CU_ASSERT_EQUAL(length, 10);
    packet_decode(&p, LINK_RAW, frame + 14, n - 14, n - 14);
    CU_ASSERT_EQUAL(value(&p, "ip.proto"), 16);
    CU_ASSERT_EQUAL(result(&p, "eth.type"), FIELD_ABSENT);
    uint8_t loopback[256] = {2, 0, 0, 0};
    memcpy(loopback + 4, frame + 14, n - 14);
    packet_decode(&p, LINK_NULL, loopback, n - 10, n - 10);
    CU_ASSERT_EQUAL(value(&p, "ip.proto"), 16);
}

static void udp_and_icmp_checksums_have_their_status(void)
{
    uint8_t frame[256];
    size_t n = bytes_of(frame, sizeof(frame), UDP_FRAME);
    struct packet p;

    packet_decode(&p, LINK_ETHERNET, frame, n, n);
    CU_ASSERT_EQUAL(value(&p, "udp.checksum.status"), 1);
    frame[40] = frame[41] = 0;
    packet_decode(&p, LINK_ETHERNET, frame, n, n);
    CU_ASSERT_EQUAL(value(&p, "udp.checksum.status"), 3);
    n = bytes_of(frame, sizeof(frame), ICMP_FRAME);
    packet_decode(&p, LINK_ETHERNET, frame, n, n);
    CU_ASSERT_EQUAL(value(&p, "icmp.checksum.status"), 1);
    CU_ASSERT_EQUAL(value(&p, "icmp.seq"), 5);
}

static void a_message_reads_like_the_packet_that_carried_it(void)
{
    uint8_t storage[MESSAGE_HEADERS + 5];
    struct packet p;
    size_t length;

    for (int i = 0; i < 4; i++) {
        const bool tcp = i % 2, six = i / 2;
        const ipaddr from = 0x0A0A0028 | (six ? (ipaddr)0xfd00 << 112 : 0), to = from + 7;
        memcpy(storage + MESSAGE_HEADERS, "smith", 5);
        packet_of_message(&p, storage, 5, tcp, from, 50000, to, 5309);
        CU_ASSERT_EQUAL(packet_ip_version(&p), six ? 6 : 4);
        CU_ASSERT_TRUE(packet_dst(&p) == to);
        CU_ASSERT_EQUAL(p.faults, 0);
        CU_ASSERT_EQUAL(value(&p, tcp ? "tcp.srcport" : "udp.srcport"), 50000);
        CU_ASSERT_EQUAL(value(&p, tcp ? "tcp.dstport" : "udp.dstport"), 5309);
        CU_ASSERT_EQUAL(value(&p, tcp ? "tcp.checksum.status" : "udp.checksum.status"), 1);
        const uint8_t *bytes = packet_payload(&p, &length);
        CU_ASSERT_TRUE(length == 5 && memcmp(bytes, "smith", 5) == 0);
        CU_ASSERT_TRUE(packet_src(&p) == from);
    }
}

/* "Port unreachable" for a datagram of ours, as a kernel sends it (RFC 792). */
static void what_an_icmp_error_quotes_is_read(void)
{
    static const uint8_t error[] = {
        0x45, 0,    0,    56,   0, 0,  0, 0, 64, 1,  0, 0, 10,  10, 0, 40, 172, 16, 1, 15, /* to the target */
        3,    3,    0,    0,    0, 0,  0, 0,                                               /* ICMP */
        0x45, 0,    0,    33,   0, 0,  0, 0, 64, 17, 0, 0, 172, 16, 1, 15, 10,  10, 0, 40, /* ours */
        0xC3, 0x50, 0x08, 0xAE, 0, 13, 0, 0};
    uint8_t changed[sizeof(error)];
    struct packet p;
    struct quoted q;

    packet_decode(&p, LINK_RAW, error, sizeof(error), sizeof(error));
    CU_ASSERT_TRUE(quoted_read(&q, &p));
    CU_ASSERT_TRUE(q.type == 3 && q.code == 3 && q.protocol == 17 && q.src == 0xAC10010F &&
                   q.dst == 0x0A0A0028 && q.srcport == 50000 && q.dstport == 2222);
    for (size_t n = 0; n < 52; n++) { /* without both ports */
        uint8_t *exact = memcpy(malloc(n + 1), error, n);
        packet_decode(&p, LINK_RAW, exact, n, sizeof(error));
        CU_ASSERT_FALSE(quoted_read(&q, &p));
        free(exact);
    }
    /* another protocol outside and inside, options inside, a fragment */
    static const struct {
        size_t at;
        uint8_t value;
    } others[] = {{9, 17}, {28 + 9, 1}, {28, 0x46}, {7, 1}};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        memcpy(changed, error, sizeof(error));
        changed[others[i].at] = others[i].value;
        packet_decode(&p, LINK_RAW, changed, sizeof(changed), sizeof(changed));
        CU_ASSERT_FALSE(quoted_read(&q, &p));
    }
}

/* IPv4, SCTP's common header, and an INIT with "smith" in a parameter, its two lengths as given; `behind` is
 * what follows. */
static void an_init_is_read_in_spite_of_its_lengths(void)
{
    static const struct {
        unsigned chunk, parameter;
        const char *behind;
        unsigned faults, chunk_right, parameter_right, more;
        size_t payload;
    } rows[] = {
        {29, 9, "000000", 0, 29, 9, 0, 5},
        {32, 9, "000000", FAULT_BAD_CHUNK, 29, 9, 0, 5},      /* padding counted */
        {29, 12, "000000", FAULT_BAD_PARAMETER, 29, 9, 0, 5}, /* in the other */
        {32, 12, "000000", 0, 32, 12, 0, 8},                  /* in both: zeros of the value */
        {25, 9, "000000", FAULT_BAD_CHUNK, 29, 9, 0, 5},      /* the body alone */
        {20, 9, "000000", FAULT_BAD_CHUNK, 29, 9, 0, 5},      /* the parameter left out */
        {41, 9, "000000", FAULT_BAD_CHUNK, 29, 9, 0, 5},      /* with the common header */
        {0x1D00, 9, "000000", FAULT_BAD_CHUNK, 29, 9, 0, 5},  /* the other byte order */
        {0, 9, "000000", FAULT_BAD_CHUNK, 29, 9, 0, 5},
        {29, 5, "000000", FAULT_BAD_PARAMETER, 29, 9, 0, 5}, /* the value alone */
        {29, 0x0900, "000000", FAULT_BAD_PARAMETER, 29, 9, 0, 5},
        {29, 3, "000000", FAULT_BAD_PARAMETER, 29, 9, 0, 5},
        {29, 9, "0000000e000004", FAULT_BAD_CHUNK, 29, 9, 4, 5}, /* a SHUTDOWN COMPLETE follows */
        {36, 9, "00000080000004", 0, 36, 9, 0, 5},               /* a second parameter */
        {40, 9, "00000080000004", FAULT_BAD_CHUNK, 36, 9, 0, 5},
        {0, 0, "000000", FAULT_BAD_CHUNK | FAULT_BAD_PARAMETER, 32, 12, 0, 8},
    };
    uint8_t frame[96];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct packet p;
        struct sctp_init init;
        size_t n = bytes_of(frame, sizeof(frame),
                            "450000000000000040840000"
                            "0a0a0028ac10010f"
                            "9c40128c0000000000000000"
                            "0100000000000007000005dc0001000100000001"
                            "c7470000736d697468");
        frame[35] = (uint8_t)rows[i].chunk;
        frame[34] = (uint8_t)(rows[i].chunk >> 8);
        frame[55] = (uint8_t)rows[i].parameter;
        frame[54] = (uint8_t)(rows[i].parameter >> 8);
        n += bytes_of(frame + n, sizeof(frame) - n, rows[i].behind);
        frame[3] = (uint8_t)n;
        packet_decode(&p, LINK_RAW, frame, n, n);
        CU_ASSERT_EQUAL(p.faults & ~(unsigned)FAULT_IP_CHECKSUM, rows[i].faults);
        CU_ASSERT_EQUAL(p.layers[LAYER_PAYLOAD].length, rows[i].payload);
        CU_ASSERT_TRUE(sctp_init_read(&init, &p));
        CU_ASSERT_EQUAL(init.chunk, rows[i].chunk);
        CU_ASSERT_EQUAL(init.chunk_right, rows[i].chunk_right);
        CU_ASSERT_EQUAL(init.parameter_right, rows[i].parameter_right);
        CU_ASSERT_EQUAL(init.behind, rows[i].more);
        CU_ASSERT_EQUAL(result(&p, "sctp.parameter_type"), FIELD_OK);
    }
}

static const struct unit_case cases[] = {
    {"every_field_of_an_ipv4_tcp_frame_is_read", every_field_of_an_ipv4_tcp_frame_is_read},
    {"every_truncation_is_told_and_never_read_past", every_truncation_is_told_and_never_read_past},
    {"contradictions_are_faults", contradictions_are_faults},
    {"padding_beyond_the_total_length_is_not_payload", padding_beyond_the_total_length_is_not_payload},
    {"udp_and_icmp_checksums_have_their_status", udp_and_icmp_checksums_have_their_status},
    {"an_init_is_read_in_spite_of_its_lengths", an_init_is_read_in_spite_of_its_lengths},
    {"what_an_icmp_error_quotes_is_read", what_an_icmp_error_quotes_is_read},
    {"a_message_reads_like_the_packet_that_carried_it", a_message_reads_like_the_packet_that_carried_it},
};
extern const struct unit_group decode_cases;
UNIT_GROUP(decode_cases, cases);
