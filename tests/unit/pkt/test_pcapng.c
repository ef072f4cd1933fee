#include <endian.h>
#include <string.h>

#include "made.h"
#include "pkt/interface.h"
#include "unit.h"

enum { ETHERNET = 1, RAW = 101, WIRELESS = 105, SLL = 113, SLL2 = 276, MANY = 65535 };

/* What fits a frame: {link, its bytes, length, wire length, time}. */
static void check_frame(const struct seen *seen, int i, enum link link, uint8_t fill, size_t length,
                        size_t wire, int64_t us)
{
    CU_ASSERT_FATAL(i < seen->n);
    CU_ASSERT_EQUAL(seen->frames[i].link, link);
    CU_ASSERT_EQUAL(seen->fills[i], fill);
    CU_ASSERT_EQUAL(seen->frames[i].length, length);
    CU_ASSERT_EQUAL(seen->frames[i].wire_length, wire);
    CU_ASSERT_EQUAL(seen->frames[i].utc_us, us);
}

static void each_packet_has_the_link_type_of_its_interface(void)
{
    for (int big = 0; big < 2; big++) {
        struct made m;
        struct seen seen;
        made_begin(&m, big);
        made_section(&m);
        made_interface(&m, ETHERNET, MANY, NULL, 0);
        made_interface(&m, SLL, 96, NULL, 0);
        made_packet(&m, 6, 1, 3000000, 11, 7, 70);
        made_packet(&m, 6, 0, 1000001, 12, 8, 8);
        made_interface(&m, SLL2, 0, NULL, 0); /* one that comes later, and has no packet before */
        made_packet(&m, 2, 2, 5, 13, 9, 9);
        made_packet(&m, 6, 1, 0, 14, 0, 0);
        made_read(m.bytes.data, m.bytes.len, &seen);
        CU_ASSERT_EQUAL(seen.n, 4);
        CU_ASSERT_EQUAL(seen.result, 0);
        check_frame(&seen, 0, LINK_SLL, 11, 7, 70, 3000000);
        check_frame(&seen, 1, LINK_ETHERNET, 12, 8, 8, 1000001);
        check_frame(&seen, 2, LINK_SLL2, 13, 9, 9, 5);
        check_frame(&seen, 3, LINK_SLL, 0, 0, 0, 0);
        CU_ASSERT_EQUAL(seen.offset, (int64_t)m.bytes.len);
        CU_ASSERT_EQUAL(seen.unread, 0);
        buf_free(&m.bytes);
    }
}

static void a_section_begins_with_no_interface_and_its_own_byte_order(void)
{
    struct made m;
    struct seen seen;

    made_begin(&m, false);
    made_section(&m);
    made_interface(&m, ETHERNET, MANY, NULL, 0);
    made_packet(&m, 6, 0, 1, 21, 5, 5);
    m.big = true;
    made_section(&m);
    made_interface(&m, RAW, MANY, NULL, 0);
    made_packet(&m, 6, 0, 2, 22, 6, 6);
    m.big = false;
    made_section(&m);
    made_packet(&m, 6, 0, 3, 23, 6, 6);
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_EQUAL(seen.n, 2);
    check_frame(&seen, 0, LINK_ETHERNET, 21, 5, 5, 1);
    check_frame(&seen, 1, LINK_RAW, 22, 6, 6, 2);
    CU_ASSERT_EQUAL(seen.result, -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "a packet of interface 0, which is not described"));
    buf_free(&m.bytes);
}

static void a_simple_packet_is_the_first_interfaces_and_cut_at_its_snapshot_length(void)
{
    struct made m;
    struct seen seen;

    made_begin(&m, false);
    made_section(&m);
    made_interface(&m, RAW, 6, NULL, 0);
    made_interface(&m, ETHERNET, 0, NULL, 0);
    made_packet(&m, 3, 0, 0, 31, 6, 90);
    made_packet(&m, 3, 0, 0, 32, 3, 3);
    made_section(&m);
    made_interface(&m, RAW, 0, NULL, 0);
    made_packet(&m, 3, 0, 0, 33, 8, 1000); /* no snapshot length: what the block has */
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_EQUAL(seen.n, 3);
    CU_ASSERT_EQUAL(seen.result, 0);
    check_frame(&seen, 0, LINK_RAW, 31, 6, 90, 0);
    check_frame(&seen, 1, LINK_RAW, 32, 3, 3, 0);
    check_frame(&seen, 2, LINK_RAW, 33, 8, 1000, 0);
    buf_free(&m.bytes);
}

static void other_blocks_are_stepped_over_however_large(void)
{
    enum { LARGE = 1300000 };
    static uint8_t large[LARGE];
    struct made m;
    struct seen seen;

    made_begin(&m, true);
    made_section(&m);
    made_block(&m, 4, "names", 5);
    made_interface(&m, RAW, MANY, NULL, 0);
    made_block(&m, 0x40000BAD, NULL, 0);
    made_packet(&m, 6, 0, 1, 41, 5, 5);
    made_block(&m, 10, large, LARGE);
    made_packet(&m, 6, 0, 2, 42, 6, 6);
    made_block(&m, 5, "statistics", 10);
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_EQUAL(seen.n, 2);
    CU_ASSERT_EQUAL(seen.result, 0);
    check_frame(&seen, 1, LINK_RAW, 42, 6, 6, 2);
    made_read(m.bytes.data, m.bytes.len - 700000, &seen);
    CU_ASSERT_EQUAL(seen.n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "cut off within a block that begins at byte 120"));
    buf_free(&m.bytes);
}

static void link_types_that_are_not_read_are_counted_and_named(void)
{
    struct made m;
    struct seen seen;

    made_begin(&m, false);
    made_section(&m);
    made_interface(&m, WIRELESS, MANY, NULL, 0);
    made_interface(&m, RAW, MANY, NULL, 0);
    made_interface(&m, 65000, MANY, NULL, 0);
    made_packet(&m, 6, 0, 0, 51, 5, 5);
    made_packet(&m, 6, 0, 0, 51, 700000, 700000); /* larger than a piece: a USB capture has such */
    size_t unread_only = m.bytes.len;
    made_packet(&m, 6, 1, 9, 52, 4, 4);
    made_packet(&m, 6, 2, 0, 53, 4, 4);
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_EQUAL(seen.result, 0);
    CU_ASSERT_EQUAL(seen.n, 4);
    check_frame(&seen, 2, LINK_RAW, 52, 4, 4, 9);
    CU_ASSERT_EQUAL(seen.frames[1].link, LINK_UNKNOWN);
    CU_ASSERT_EQUAL(seen.frames[1].link_type, WIRELESS);
    CU_ASSERT_EQUAL(seen.unread, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.unread_text,
                                  "3 packets of a link type that is not read here: IEEE802_11 (2), "
                                  "65000 (1);"));
    made_read(m.bytes.data, unread_only, &seen);
    CU_ASSERT_EQUAL(seen.result, -1);
    CU_ASSERT_EQUAL(seen.err.status, ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "2 packets of a link type"));
    buf_free(&m.bytes);
}

static void times_are_counted_as_the_interface_says(void)
{
    static const struct {
        uint8_t tsresol;
        int64_t offset;
        uint64_t ticks;
        int64_t us;
    } rows[] = {
        {6, 0, 1700000000123456, 1700000000123456},
        {0, 0, 1700000000, 1700000000000000},
        {3, 0, 1700000000123, 1700000000123000},
        {9, 0, 1700000000123456789, 1700000000123456},
        {12, 0, 1700000123456789012, 1700000123456},
        {25, 0, UINT64_MAX, 1},
        {26, 0, UINT64_MAX, 0},
        {127, 5, UINT64_MAX, 5000000},
        {0, 0, UINT64_MAX, 0}, /* after the year 9999 */
        {6, 1700000000, 7, 1700000000000007},
        {6, -2, 2000003, 3},
        {6, -3, 2000003, 0}, /* before 1970 */
        {6, INT64_MAX, UINT64_MAX, 0},
        {6, INT64_MIN, 0, 0},
        {0x80, 0, 1700000000, 1700000000000000},
        {0x80 | 1, 0, 3, 1500000},
        {0x80 | 10, 0, 1024 + 512, 1500000},
        {0x80 | 32, 1, (uint64_t)1700000000 << 32 | 1U << 30, 1700000001250000},
        {0x80 | 64, 0, (uint64_t)1 << 63, 500000},
        {0x80 | 127, 7, UINT64_MAX, 7000000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int big = 0; big < 2; big++) {
            struct made m;
            struct interface interface;
            made_begin(&m, big);
            made_16(&m, RAW);
            made_16(&m, 0);
            made_32(&m, 96);
            made_16(&m, 2); /* a name, whose padding is to be stepped over */
            made_16(&m, 3);
            buf_add(&m.bytes, "eth\0", 4);
            made_16(&m, 9);
            made_16(&m, 1);
            buf_add(&m.bytes, &rows[i].tsresol, 1);
            buf_add(&m.bytes, "\0\0", 3);
            made_16(&m, 14);
            made_16(&m, 8);
            uint64_t offset = (uint64_t)rows[i].offset;
            made_32(&m, (uint32_t)(big ? offset >> 32 : offset));
            made_32(&m, (uint32_t)(big ? offset : offset >> 32));
            made_32(&m, 0);
            made_16(&m, 9); /* after the end: nobody's */
            CU_ASSERT_TRUE_FATAL(interface_read(&interface, big, (const uint8_t *)m.bytes.data, m.bytes.len));
            CU_ASSERT_EQUAL(interface.snaplen, 96);
            CU_ASSERT_EQUAL(interface.link, LINK_RAW);
            CU_ASSERT_EQUAL(interface_time(&interface, rows[i].ticks), rows[i].us);
            buf_free(&m.bytes);
        }
}

/* Where a good file is broken, and what is said of it. */
static void damage_is_told_with_its_byte_and_what_was_before_is_kept(void)
{
    static const struct {
        size_t at;
        uint32_t v;
        int n;
        const char *text;
    } rows[] = {
        {4, 24, 0,
         "damaged at byte 20: a block says that it has 24 bytes, and at its end that it has 4294967295"},
        {8, 7, 0, "damaged at byte 8: a section that does not say its byte order"},
        {12, 2, 0, "damaged at byte 12: pcapng version 2.0 is not read"},
        {24, 32, 0, "damaged at byte 24: a block says that it has 28 bytes, and at its end that it has 32"},
        {32, 8, 0, "damaged at byte 32: a block says that it has 8 bytes"},
        {32, 21, 0, "damaged at byte 32: a block says that it has 21 bytes"},
        {32, 0xFFFFFFFC, 0, "damaged at byte 28: a block of 4294967292 bytes"},
        {44, 0x00FF0002, 0, "damaged at byte 28: an interface whose description contradicts itself"},
        {64, 1, 0, "damaged at byte 56: a packet of interface 1, which is not described"},
        {76, 9, 0, "damaged at byte 56: a packet says that it has 9 bytes in a block of 40"},
        {100, 48, 1, "cut off within a block that begins at byte 96"},
        {100, 800000, 1, "damaged at byte 96: a packet's block says that it has 800000 bytes"},
    };
    struct made m;

    made_begin(&m, false);
    made_section(&m);                                    /* 0 */
    made_interface(&m, RAW, MANY, "\2\0\1\0x\0\0\0", 8); /* 28 */
    made_packet(&m, 6, 0, 1, 61, 7, 7);                  /* 56 */
    made_packet(&m, 6, 0, 1, 62, 7, 7);                  /* 96 */
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t kept;
        struct seen seen;
        char *there = m.bytes.data + rows[i].at;
        memcpy(&kept, there, sizeof(kept));
        const uint32_t v = htole32(rows[i].v); /* as the file is */
        memcpy(there, &v, sizeof(kept));
        made_read(m.bytes.data, m.bytes.len, &seen);
        CU_ASSERT_EQUAL(seen.n, rows[i].n);
        CU_ASSERT_EQUAL(seen.result, -1);
        CU_ASSERT_EQUAL(seen.err.status, ST_INPUT);
        CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, rows[i].text));
        memcpy(there, &kept, sizeof(kept));
    }
    buf_clear(&m.bytes);
    made_block(&m, 0x0A0D0D0A, "\x4D\x3C\x2B\x1A\1\0\0\0", 8);
    struct seen seen;
    made_read(m.bytes.data, m.bytes.len, &seen);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "damaged at byte 0: a section's header of 20 bytes"));
    buf_free(&m.bytes);
}

static void every_truncation_is_told_and_loses_nothing_before(void)
{
    struct made m;
    struct seen seen;
    size_t ends[8] = {0};

    made_begin(&m, true);
    made_section(&m);
    ends[0] = m.bytes.len;
    made_interface(&m, RAW, MANY, NULL, 0);
    ends[1] = m.bytes.len;
    made_packet(&m, 6, 0, 1, 71, 7, 7);
    ends[2] = m.bytes.len;
    made_packet(&m, 3, 0, 1, 72, 5, 5);
    ends[3] = m.bytes.len;
    made_block(&m, 5, "statistics", 10);
    ends[4] = m.bytes.len;
    made_packet(&m, 2, 0, 1, 73, 6, 6);
    ends[5] = m.bytes.len;
    for (size_t cut = 0; cut <= m.bytes.len; cut++) {
        bool whole = false;
        for (size_t i = 0; i < 6; i++)
            whole = whole || ends[i] == cut;
        made_read(m.bytes.data, cut, &seen);
        CU_ASSERT_EQUAL(seen.n, (cut >= ends[2]) + (cut >= ends[3]) + (cut >= ends[5]));
        CU_ASSERT_EQUAL(seen.result, whole ? 0 : -1);
        if (!whole && cut >= 4)
            CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "cut off within a "));
    }
    buf_free(&m.bytes);
}

static const struct unit_case cases[] = {
    {"each_packet_has_the_link_type_of_its_interface", each_packet_has_the_link_type_of_its_interface},
    {"a_section_begins_with_no_interface_and_its_own_byte_order",
     a_section_begins_with_no_interface_and_its_own_byte_order},
    {"a_simple_packet_is_the_first_interfaces_and_cut_at_its_snapshot_length",
     a_simple_packet_is_the_first_interfaces_and_cut_at_its_snapshot_length},
    {"other_blocks_are_stepped_over_however_large", other_blocks_are_stepped_over_however_large},
    {"link_types_that_are_not_read_are_counted_and_named",
     link_types_that_are_not_read_are_counted_and_named},
    {"times_are_counted_as_the_interface_says", times_are_counted_as_the_interface_says},
    {"damage_is_told_with_its_byte_and_what_was_before_is_kept",
     damage_is_told_with_its_byte_and_what_was_before_is_kept},
    {"every_truncation_is_told_and_loses_nothing_before", every_truncation_is_told_and_loses_nothing_before},
};
UNIT_GROUP(pcapng_cases, cases);
