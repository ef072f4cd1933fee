/* Mistakes with IPv4's options. */
#include "practice.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"

/* Other options in the header of practice-options, and a length that counts them. */
static void put_options(struct made *m, const void *options, size_t n)
{
    const size_t was = (size_t)(m->bytes[0] & 15) * 4;

    memmove(m->bytes + IP + n, m->bytes + was, m->length - was);
    memcpy(m->bytes + IP, options, n);
    m->length = m->length - was + IP + n;
    m->bytes[0] = (uint8_t)(0x45 + n / 4);
    store_be16(m->bytes + 2, (uint16_t)m->length);
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP + n)));
}

#define OPTIONS(name, bytes)                                                                                 \
    static void name(struct made *m)                                                                         \
    {                                                                                                        \
        put_options(m, bytes, sizeof(bytes) - 1);                                                            \
    }

OPTIONS(options_nop, "\1\1\x94\4\0\0\1\1\x88\4\x47\x57")
OPTIONS(options_end, "\x94\4\0\0\x88\4\x47\x57\0\0\0\0")
OPTIONS(options_end_between, "\x94\4\0\0\0\0\0\0\x88\4\x47\x57")
OPTIONS(options_order, "\x88\4\x47\x57\x94\4\0\0")
OPTIONS(options_length, "\x94\2\0\0\x88\2\x47\x57")
OPTIONS(options_three, "\x94\3\0\x88\4\x47\x57\0")
OPTIONS(options_little, "\x94\4\0\0\x88\4\x57\x47")
OPTIONS(options_one, "\x94\4\0\1\x88\4\x47\x57")
OPTIONS(options_uncopied, "\x94\4\0\0\x08\4\x47\x57")
OPTIONS(options_wide, "\x94\0\4\0\x88\4\x47\x57")
OPTIONS(options_first, "\x94\4\0\0")
OPTIONS(options_second, "\x88\4\x47\x57")
OPTIONS(options_type, "\x48\4\0\0\x88\4\x47\x57")

static void options_behind(struct made *m)
{
    uint8_t moved[8];
    const size_t text = m->length - IP - sizeof(moved);

    memcpy(moved, m->bytes + IP, sizeof(moved));
    memmove(m->bytes + IP, m->bytes + IP + sizeof(moved), text);
    memcpy(m->bytes + IP + text, moved, sizeof(moved));
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP + sizeof(moved))));
}

static void options_behind_and_not_counted(struct made *m)
{
    options_behind(m);
    m->bytes[0] = 0x45;
    as_the_kernel(m);
}

static const struct edit ROWS[] = {
    {"practice-options", "ip.hdr_len", "HAS_OPTIONS", "4 bytes of NOP (1) fill the options up", options_nop},
    {"practice-options", "ip.options", "WRONG_VALUE", "4 bytes of NOP (1) fill the options up", options_nop},
    {"practice-options", "ip.hdr_len", "HAS_OPTIONS", "4 bytes of end (0) fill the options up", options_end},
    {"practice-options", "ip.hdr_len", "HAS_OPTIONS", "4 bytes of end (0)", options_end_between},
    {"practice-options", "ip.options", "WRONG_VALUE", "in another order", options_order},
    {"practice-options", "ip.options", "WRONG_VALUE", "router alert) is 2: its type, its length",
     options_length},
    {"practice-options", "ip.options", "WRONG_VALUE", "router alert) is 3: its type", options_three},
    {"practice-options", "ip.options", "WRONG_VALUE", "stream ID) is 0x5747: 0x4757", options_little},
    {"practice-options", "ip.options", "WRONG_VALUE", "is 1, and 0 is asked for", options_one},
    {"practice-options", "ip.options", "WRONG_VALUE", "without the copied flag: 128 + 8", options_uncopied},
    {"practice-options", "ip.options", "BAD_OPTIONS", "are a byte each: they were packed", options_wide},
    {"practice-options", "ip.options", "WRONG_VALUE", "option 136 (stream ID) is missing", options_first},
    {"practice-options", "ip.hdr_len", "BAD_IHL", "option 136 (stream ID) is missing", options_first},
    {"practice-options", "ip.options", "BAD_OPTIONS", "the options stand behind the payload", options_behind},
    {"practice-options", "ip.hdr_len", "BAD_IHL", "the options stand behind the payload",
     options_behind_and_not_counted},
    {"practice-options", "ip.hdr_len", "BAD_IHL", "option 148 (router alert) is missing", options_second},
    {"practice-options", "ip.options", "WRONG_VALUE", "type 72 (0x48) stands where option 148", options_type},
};
const struct edits practice_options = {ROWS, sizeof(ROWS) / sizeof(ROWS[0])};
