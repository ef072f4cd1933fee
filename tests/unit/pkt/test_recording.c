#include <stdio.h>
#include <string.h>

#include "made.h"
#include "unit.h"

#define MAGIC_US 0xA1B2C3D4
#define MAGIC_NS 0xA1B23C4D

enum { RAW = 101 };

static void a_classic_file_is_read_in_both_orders_and_resolutions(void)
{
    static const struct {
        bool big;
        uint32_t magic, link_type;
        enum link link;
        uint32_t fraction;
        int64_t us;
    } rows[] = {
        {false, MAGIC_US, 1, LINK_ETHERNET, 123456, 1700000000123456},
        {true, MAGIC_US, RAW, LINK_RAW, 123456, 1700000000123456},
        {false, MAGIC_NS, 113, LINK_SLL, 123456789, 1700000000123456},
        {true, MAGIC_NS, 276, LINK_SLL2, 999999999, 1700000000999999},
        {false, MAGIC_US, 1, LINK_ETHERNET, 1000000, 0}, /* no time */
        {true, MAGIC_NS, 0, LINK_NULL, 1000000000, 0},
        {false, MAGIC_US, 0x24000001, LINK_ETHERNET, 0, 1700000000000000}, /* with a check sequence */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct made m;
        struct seen seen;
        made_begin(&m, rows[i].big);
        made_classic(&m, rows[i].magic, rows[i].link_type);
        made_record(&m, 1700000000, rows[i].fraction, 5, 60);
        made_record(&m, 4000000000, 0, 6, 0);
        made_read(m.bytes.data, m.bytes.len, &seen);
        CU_ASSERT_EQUAL(seen.result, 0);
        CU_ASSERT_EQUAL_FATAL(seen.n, 2);
        CU_ASSERT_EQUAL(seen.frames[0].link, rows[i].link);
        CU_ASSERT_EQUAL(seen.frames[0].length, 60);
        CU_ASSERT_EQUAL(seen.frames[0].wire_length, 65);
        CU_ASSERT_EQUAL(seen.frames[0].utc_us, rows[i].us);
        CU_ASSERT_EQUAL(seen.fills[0], 5);
        CU_ASSERT_EQUAL(seen.frames[1].utc_us, 4000000000000000);
        CU_ASSERT_EQUAL(seen.offset, (int64_t)m.bytes.len);
        buf_free(&m.bytes);
    }
}

static void a_classic_file_that_is_cut_or_damaged_is_told(void)
{
    struct made m;
    struct seen seen;

    made_begin(&m, false);
    made_classic(&m, MAGIC_US, RAW);
    made_record(&m, 1, 2, 7, 40);
    for (size_t cut = 0; cut <= m.bytes.len; cut++) {
        made_read(m.bytes.data, cut, &seen);
        CU_ASSERT_EQUAL(seen.status, cut < 24 ? ST_INPUT : ST_OK);
        CU_ASSERT_EQUAL(seen.n, cut == m.bytes.len);
        CU_ASSERT_EQUAL(seen.result, cut == 24 || cut == m.bytes.len ? 0 : -1);
        if (cut > 4 && seen.result < 0)
            CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "cut off within "));
    }
    made_32(&m, 1);
    made_32(&m, 2);
    made_32(&m, 262145);
    made_32(&m, 262145);
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_EQUAL(seen.n, 1);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(seen.err.text, "damaged at byte 88: a packet says that it has 262145 bytes, at most 262144"));
    m.bytes.data[20] = (char)147;
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "link type 147 is not read here"));
    m.bytes.data[6] = 3;
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "pcap version 2.3 is not read"));
    buf_free(&m.bytes);
}

static void a_large_file_is_read_across_its_blocks(void)
{
    struct made m;
    struct seen seen;

    made_begin(&m, true);
    made_classic(&m, MAGIC_NS, RAW);
    for (uint8_t i = 0; i < 12; i++)
        made_record(&m, 1, i, (uint8_t)(i + 1), i % 3 ? 200001 : 262144);
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_EQUAL(seen.result, 0);
    CU_ASSERT_EQUAL_FATAL(seen.n, 12);
    for (int i = 0; i < 12; i++)
        CU_ASSERT_EQUAL(seen.fills[i], i + 1);
    buf_free(&m.bytes);
}

static void gzip_is_unpacked_member_by_member(void)
{
    struct made m;
    struct buf packed;
    struct seen seen;

    made_begin(&m, false);
    made_classic(&m, MAGIC_US, RAW);
    made_record(&m, 1, 2, 8, 40);
    made_record(&m, 1, 3, 9, 40);
    buf_init(&packed, 1 << 16);
    made_gzip(&packed, m.bytes.data, 70);
    size_t first = packed.len;
    made_gzip(&packed, NULL, 0);
    made_gzip(&packed, m.bytes.data + 70, m.bytes.len - 70);
    made_read(packed.data, packed.len, &seen);
    CU_ASSERT_EQUAL(seen.result, 0);
    CU_ASSERT_EQUAL(seen.n, 2);
    CU_ASSERT_EQUAL(seen.fills[1], 9);
    CU_ASSERT_EQUAL(seen.offset, (int64_t)packed.len);
    for (size_t cut = first + 1; cut < packed.len; cut++) {
        made_read(packed.data, cut, &seen);
        CU_ASSERT_EQUAL(seen.result, -1);
        CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "cut off within "));
    }
    made_read(packed.data, first, &seen);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(seen.err.text, "cut off within a packet that begins at byte 24 of what is unpacked"));
    packed.data[packed.len - 5] ^= 1; /* the checksum */
    made_read(packed.data, packed.len, &seen);
    CU_ASSERT_EQUAL(seen.n, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "the gzip data is damaged before byte "));
    buf_free(&packed);
    buf_free(&m.bytes);
}

static void what_is_no_capture_is_named_with_what_makes_one(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *text;
    } rows[] = {
        {"", 0, "empty, no capture"},
        {"\xFF\xD8\xFF\xE0 picture", 12, "a JPEG picture, no capture; `tcpdump -w FILE` writes one"},
        {"%PDF-1.7\n", 9, "a PDF document, no capture"},
        {"\x28\xB5\x2F\xFD....", 8, "packed by zstd, which is not read here; `zstd -dc "},
        {"\x04\x22\x4D\x18....", 8, "packed by lz4"},
        {"snoop\0\0\0\0\0\0\2", 12, "in snoop's form, which is not read here; `editcap "},
        {"\x34\xCD\xB2\xA1\2\0\4\0", 8, "a pcap file with longer packet headers"},
        {"10:00 IP a > b\n", 15, "text, as `tcpdump > FILE` makes it"},
        {"0000  45 00 00\n", 15, "a hex dump, which is not read here; `text2pcap -l 101 /"},
        {"told:\n  0000  60 0f\n", 20, "a hex dump, which is not read here; `text2pcap -l 101 /"},
        {"0000  02 00 00\n", 15, "a hex dump, which is not read here; `text2pcap /"},
        {"000000 4", 8, "text, as"},
        {"000000 4g", 9, "text, as"},
        {"00000000: 4500 0014", 19, " | od -Ax -tx1 -v | text2pcap -l 101 - mine.pcap`"},
        {"\1\2\3\4\5\6", 6, "neither pcap nor pcapng"},
        {"\1", 1, "neither pcap nor pcapng"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct seen seen;
        struct buf packed;
        made_read(rows[i].bytes, rows[i].n, &seen);
        CU_ASSERT_EQUAL(seen.status, ST_INPUT);
        CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, rows[i].text));
        buf_init(&packed, 1 << 16);
        made_gzip(&packed, rows[i].bytes, rows[i].n);
        made_read(packed.data, packed.len, &seen);
        CU_ASSERT_EQUAL(seen.status, ST_INPUT);
        CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "unpacked by gzip it is "));
        buf_free(&packed);
    }
}

static const struct unit_case cases[] = {
    {"a_classic_file_is_read_in_both_orders_and_resolutions",
     a_classic_file_is_read_in_both_orders_and_resolutions},
    {"a_classic_file_that_is_cut_or_damaged_is_told", a_classic_file_that_is_cut_or_damaged_is_told},
    {"a_large_file_is_read_across_its_blocks", a_large_file_is_read_across_its_blocks},
    {"gzip_is_unpacked_member_by_member", gzip_is_unpacked_member_by_member},
    {"what_is_no_capture_is_named_with_what_makes_one", what_is_no_capture_is_named_with_what_makes_one},
};
UNIT_GROUP(recording_cases, cases);
