#include "unit.h"

#include <string.h>

#include "pkt/field.h"

static void values_are_read_in_the_notations_of_their_field(void)
{
    static const struct {
        const char *field, *text;
        uint64_t value;
        const char *wrong; /* part of the answer, NULL when it is right */
    } rows[] = {
        {"ip.ttl", "64", 64, NULL},
        {"ip.ttl", "0x40", 64, NULL},
        {"ip.ttl", "256", 0, "larger than 255"},
        {"ip.ttl", "064", 0, "leading zero"},
        {"ip.ttl", "sixty", 0, "not a number"},
        {"ip.proto", "CHAOS", 16, NULL},
        {"ip.proto", "chaos", 16, NULL},
        {"ip.proto", "CHAOSNET", 0, "protocol's name"},
        {"ip.dsfield.dscp", "CS3", 24, NULL},
        {"ip.dsfield.dscp", "64", 0, "larger than 63"},
        {"ip.src", "172.16.1.15", 0xAC10010F, NULL},
        {"ip.src", "7", 0, "not an IPv4 address"},
        {"tcp.flags", "SYN|ACK", 0x012, NULL},
        {"tcp.flags", "syn", 0x002, NULL},
        {"tcp.flags", "0x002", 0x002, NULL},
        {"tcp.flags", "SIN", 0, "TCP flags"},
        {"tcp.hdr_len", "24", 24, NULL},
        {"tcp.hdr_len", "22", 0, "multiple of 4"},
        {"tcp.checksum.status", "good", 1, NULL},
        {"tcp.flags.syn", "true", 1, NULL},
        {"eth.dst", "02:00:00:00:00:0f", 0x02000000000F, NULL},
        {"eth.dst", "02:00:00:00:00", 0, "not an Ethernet address"},
        {"tcp.seq_raw", "4294967295", 4294967295, NULL},
        {"tcp.seq_raw", "4294967296", 0, "larger than 4294967295"},
        {"payload", "x", 0, "bytes"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct field *field = field_find(rows[i].field);
        uint64_t value = 0;
        CU_ASSERT_PTR_NOT_NULL_FATAL(field);
        const char *wrong = field_parse(field, rows[i].text, &value);
        CU_ASSERT_EQUAL(wrong == NULL, rows[i].wrong == NULL);
        if (wrong && rows[i].wrong)
            CU_ASSERT_PTR_NOT_NULL(strstr(wrong, rows[i].wrong));
        if (!wrong)
            CU_ASSERT_EQUAL(value, rows[i].value);
    }
}

static void values_are_written_in_one_notation(void)
{
    static const struct {
        const char *field;
        uint64_t value;
        const char *want;
    } rows[] = {
        {"ip.dsfield.dscp", 24, "24 (CS3)"},
        {"ip.dsfield.dscp", 25, "25"},
        {"ip.id", 0x1a2b, "0x1a2b (6699)"},
        {"ip.proto", 16, "16 (CHAOS)"},
        {"ip.dst", 0xAC10010F, "172.16.1.15"},
        {"tcp.flags", 0x012, "0x012 (SYN|ACK)"},
        {"tcp.flags", 0x402, "0x402 (SYN|reserved)"},
        {"tcp.flags", 0, "0x000 (none)"},
        {"tcp.checksum.status", 0, "bad"},
        {"eth.src", 0x02000000000F, "02:00:00:00:00:0f"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[FIELD_TEXT_SIZE];
        CU_ASSERT_STRING_EQUAL(field_text(field_find(rows[i].field), rows[i].value, text), rows[i].want);
    }
}

static void every_row_has_a_name_of_its_layer_and_fits_its_width(void)
{
    for (size_t i = 0; i < N_FIELDS; i++) {
        CU_ASSERT_PTR_EQUAL(field_find(FIELDS[i].name), &FIELDS[i]);
        CU_ASSERT_TRUE(FIELDS[i].bits <= 56); /* load_bits keeps within eight bytes */
        CU_ASSERT_TRUE((FIELDS[i].bits == 0) ==
                       (FIELDS[i].kind == FIELD_BYTES || FIELDS[i].kind == FIELD_ADDRESS6 ||
                        FIELDS[i].kind == FIELD_FRAME));
    }
    CU_ASSERT_STRING_EQUAL(field_nearest("ip.dscp"), "ip.dsfield.dscp");
    CU_ASSERT_STRING_EQUAL(field_nearest("tcp.scrport"), "tcp.srcport");
    /* of the layer that was named, before any other's */
    CU_ASSERT_STRING_EQUAL(field_nearest("icmp.id"), "icmp.ident");
    CU_ASSERT_STRING_EQUAL(field_nearest("udp.dport"), "udp.dstport");
    CU_ASSERT_STRING_EQUAL(field_nearest("tcp.checksum.stat"), "tcp.checksum.status");
    CU_ASSERT_STRING_EQUAL(field_nearest("icmp.ttl"), "ip.ttl");
    CU_ASSERT_STRING_EQUAL(field_nearest("ip.tos"), "ip.dsfield");
    CU_ASSERT_STRING_EQUAL(field_nearest("tcp.dataofs"), "tcp.hdr_len");
    CU_ASSERT_STRING_EQUAL(field_nearest("tcp.ack"), "tcp.ack_raw");
    CU_ASSERT_STRING_EQUAL(field_nearest("tcp.seq"), "tcp.seq_raw");
    CU_ASSERT_PTR_NULL(field_nearest("xyz"));
    CU_ASSERT_PTR_EQUAL(field_meant(field_find("udp.checksum"), "good"), field_find("udp.checksum.status"));
    CU_ASSERT_PTR_EQUAL(field_meant(field_find("ip.dsfield"), "CS3"), field_find("ip.dsfield.dscp"));
    CU_ASSERT_PTR_NULL(field_meant(field_find("ip.ttl"), "good"));
    CU_ASSERT_PTR_NULL(field_find("ip.nothing"));
}

static const struct unit_case cases[] = {
    {"values_are_read_in_the_notations_of_their_field", values_are_read_in_the_notations_of_their_field},
    {"values_are_written_in_one_notation", values_are_written_in_one_notation},
    {"every_row_has_a_name_of_its_layer_and_fits_its_width",
     every_row_has_a_name_of_its_layer_and_fits_its_width},
};
extern const struct unit_group field_cases;
UNIT_GROUP(field_cases, cases);
