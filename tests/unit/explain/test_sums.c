/* What is told of a checksum that no recipe of the usual mistakes gives. */
#include "unit.h"

#include "told.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"
#include "tree.h"

/* zlib.crc32(pseudo + header + payload) & 0xffff of the packet below, reckoned by zlib. */
enum { CRC_OF_ALL = 0x30A2 };

static uint16_t turned(uint64_t sum)
{
    return (uint16_t) ~(unsigned)sum;
}

struct sums {
    uint64_t plain, stepped, with_ip, tutorial, written;
    uint16_t crossed, further, narrow, of_ip;
};

/* As a program lays it, with checksum 0. */
static struct sums reckon(uint8_t bytes[128], size_t n)
{
    static const char text[] = "10.10.0.40172.16.1.15"; /* of an odd length: what follows is shifted */
    static const uint8_t others[] = {192, 168, 1, 101, 172, 16, 1, 15};
    const size_t n_text = sizeof(text) - 1, n_laid = n - 8;
    uint8_t laid[128] = {0}, header[20], written[160];
    struct sums out = {0};
    uint64_t further = 0;

    store_be16(bytes + 36, 0);
    memcpy(laid, bytes + 12, 8);
    laid[9] = 6;
    store_be16(laid + 10, (uint16_t)(n - 20));
    memcpy(laid + 12, bytes + 20, n - 20);
    for (size_t i = 0; i < n_laid; i += 2) {
        out.plain += load_be16(laid + i);
        out.crossed ^= load_be16(laid + i);
    }
    for (size_t i = 0; i < n_laid; i++)
        out.stepped += load_be16(laid + i);
    memcpy(written, text, n_text);
    memcpy(written + n_text, laid + 8, sizeof(laid) - 8);
    out.written = csum_add(0, written, n_text + n_laid - 8);
    out.tutorial = csum_add(csum_add(0, others, 8), laid + 8, n_laid - 8);
    for (size_t i = 0; i < n_laid; i += 2) {
        uint64_t word = laid[i]; /* shifted bit by bit: 16 of them come out below again */
        for (unsigned bit = 0; bit < 8u + laid[i + 1]; bit++)
            word = word * 2 % UINT16_MAX;
        further += word;
    }
    out.further = csum_finish(further);
    memcpy(written, laid, 10);
    memcpy(written + 10, laid + 11, sizeof(laid) - 11);
    out.narrow = csum_finish(csum_add(0, written, n_laid - 1));
    memcpy(header, bytes, 20);
    memset(header + 2, 0, 4);
    store_be16(header + 10, 0);
    out.of_ip = csum_finish(csum_add(0, header, 20));
    memcpy(header, bytes, 20);
    store_be16(header + 10, 0);
    out.with_ip = csum_add(out.plain, header, 20);
    return out;
}

/* What is told of smith's n bytes with this sum. */
static struct told told_with(const struct rules *rules, uint8_t *bytes, size_t n, uint16_t sum)
{
    struct packet p;
    struct verdict v;

    store_be16(bytes + 36, sum);
    store_be16(bytes + 2, (uint16_t)n);
    store_be16(bytes + 10, 0);
    store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet_for(rules, &p, "smith", &v);
    return told_of(rules, &p, &v, "tcp.checksum.status");
}

static void sums_that_no_recipe_gives_are_told_in_words(void)
{
    static const struct tree_file one = {
        "one", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 28131\n  "
               "tcp.checksum.status: good\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"};
    const struct packet_row syn = {.proto = 6, .id = 1, .seq = 0x4007, .ack = 8};
    struct tree tree;
    uint8_t bytes[128];
    const size_t n = told_packet(&syn, bytes);
    const uint64_t all = csum_add(0, bytes + 12, 8) + 6 + n - 20;
    const struct sums sums = reckon(bytes, n);

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const uint16_t right = csum_finish(csum_add(all, bytes + 20, n - 20));
    const struct {
        uint16_t sum;
        size_t cut; /* bytes of the payload that are not sent */
        const char *says;
    } rows[] = {{right ^ 0x5555, 0, "hping3 sends with -b"},
                {turned((sums.plain >> 16) + (sums.plain & 0xFF)), 0, "total & 0xff gives in the fold"},
                {csum_finish(sums.plain - 0xAC10 - 0x010F), 0, "without the destination"},
                {csum_finish(sums.plain - 0x010F + 0x0133), 0, "two digits changed places"},
                {(uint16_t)(right - 1), 0, "what ~total % 65535 gives"},
                {CRC_OF_ALL, 0, "16 bits of a CRC-32"},
                {turned((sums.plain >> 16) + (sums.plain & 0xFFF)), 0, "total & 0xfff gives in the fold"},
                {turned((sums.plain >> 8) + (sums.plain & 0xFFFF)), 0, "total >> 8 gives in the fold"},
                {csum_finish(sums.stepped), 0, "a step of one byte"},
                {sums.crossed, 0, "^ gives in the place of +"},
                {turned(sums.crossed), 0, "^ gives in the place of +"},
                {csum_finish(sums.plain - load_be16(bytes + 12)), 0, "without the first word"},
                {csum_finish(sums.with_ip), 0, "with the IPv4 header before"},
                {csum_finish(sums.tutorial), 0, "another address in the pseudo"},
                {csum_finish(sums.plain - 0x0A0A - 0x0028 + 0x0A00 + 0x020F), 0, "another interface's"},
                {csum_finish(sums.plain - 0x0A0A - 0x0028 + 0xAC11 + 0x0001), 0, "another interface's"},
                {csum_finish(sums.written), 0, "as text"},
                {sums.further, 0, "data[i] << 8 + data[i + 1]"},
                {sums.narrow, 0, "one byte for the length"},
                {sums.of_ip, 0, "the IPv4 header's checksum, as that was packed"},
                {right & 0xFF, 0, "one byte of the right sum"},
                {right & 0xFF00, 0, "one byte of the right sum"},
                {right >> 8, 0, "one byte of the right sum"},
                {csum_finish(sums.plain + 0xFFFF - load_be16(bytes + 34) + 8192), 0, "for a usual window"},
                {csum_finish(sums.plain + 0x1FFFE - load_be16(bytes + 24) - load_be16(bytes + 26) + 1), 0,
                 "for the sequence number 1"},
                {right, 5, "right for the payload that is asked for"},
                {(uint16_t)(right + 777), 0, "none of the usual mistakes"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct told t = told_with(rulebook_at(tree.book, 0), bytes, n - rows[i].cut, rows[i].sum);
        told_check(&t, "sum", "CHECKSUM_WRONG", rows[i].says, "");
    }
    /* of an odd length these are two mistakes with one value */
    struct told t = told_with(rulebook_at(tree.book, 0), bytes, n, __builtin_bswap16(right));
    told_check(&t, "odd", "CHECKSUM_LITTLE_ENDIAN", "of the odd length 25, a zero byte before all",
               "behind an odd length");
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"sums_that_no_recipe_gives_are_told_in_words", sums_that_no_recipe_gives_are_told_in_words},
};
extern const struct unit_group sums_cases;
UNIT_GROUP(sums_cases, cases);
