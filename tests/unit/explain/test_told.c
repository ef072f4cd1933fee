/* What is told of a wrong number: the code that comes first, and a mend that leads to the right one. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/reasons.h"
#include "explain/report.h"
#include "judge/filled.h"
#include "judge/judge.h"
#include "judge/params.h"
#include "pkt/csum.h"
#include "tree.h"

enum { STUDENT = 0x0A0A0028, TARGET = 0xAC10010F };

/* The first diagnosis of the field, "" and "" when it did not fail. */
struct told {
    const char *code;
    char text[sizeof(((struct diagnosis *)0)->text)], mend[sizeof(((struct diagnosis *)0)->mend)];
};

static struct told told(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                        const char *field)
{
    struct told out = {.code = ""};
    struct reasons reasons;
    size_t n = 0;

    reasons_begin(&reasons, rules, packet, v);
    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        if (f->status != FINDING_FAIL || strcmp(f->field->name, field) != 0)
            continue;
        const struct diagnosis *d = reasons_of(&reasons, f, &n);
        CU_ASSERT_FATAL(n > 0);
        out.code = d->code->name;
        memcpy(out.text, d->text, sizeof(out.text));
        memcpy(out.mend, d->mend, sizeof(out.mend));
        break;
    }
    return out;
}

static void check(const struct told *t, const char *row, const char *code, const char *says,
                  const char *tries)
{
    if (strcmp(t->code, code) != 0 || !strstr(t->text, says) || !strstr(t->mend, tries))
        fprintf(stderr, "%s: told %s \"%s\" try \"%s\"\n", row, t->code, t->text, t->mend);
    CU_ASSERT_STRING_EQUAL(t->code, code);
    CU_ASSERT_PTR_NOT_NULL(strstr(t->text, says));
    CU_ASSERT_PTR_NOT_NULL(strstr(t->mend, tries));
}

static const struct tree_file NEXT_PORT = {
    "next", "kind: datagram\nlisten: {udp.dstport: 6222}\nsteps:\n"
            "- expect: {udp.srcport: {bind: p}, payload: {text: \"{student}\"}}\n  say: \"{p}\"\n"
            "- expect: {udp.srcport: {bound: p, plus: 1}, payload: {text: \"word\"}}\n"};

/* The second datagram of a try whose first came from port 40000. */
static struct told second(const struct tree *tree, struct filled *filled, uint16_t port, const char *text,
                          const char *field)
{
    const struct rules *book = rulebook_at(tree->book, 0);
    uint8_t storage[MESSAGE_HEADERS + 8];
    struct packet p;
    struct verdict v;
    struct talk talk;
    struct buf said;

    buf_init(&said, 1000);
    talk_begin(&talk);
    memcpy(storage + MESSAGE_HEADERS, "smith", 5);
    packet_of_message(&p, storage, 5, false, STUDENT, 40000, TARGET, 6222);
    talk_go(&talk, book, 0, &said);
    talk_hear(&talk, filled_make(filled, book, &talk), &p, "smith");
    talk_go(&talk, book, 0, &said);
    buf_free(&said);
    const struct rules *rules = filled_make(filled, book, &talk);
    memcpy(storage + MESSAGE_HEADERS, text, strlen(text));
    packet_of_message(&p, storage, strlen(text), false, STUDENT, port, TARGET, 6222);
    judge_packet_for(rules, &p, "smith", &v);
    return told(rules, &p, &v, field);
}

static struct told second_from(const struct tree *tree, struct filled *filled, uint16_t port)
{
    return second(tree, filled, port, "word", "udp.srcport");
}

/* The port to send from stands where the word belongs. */
static void the_port_to_send_from_is_no_text(void)
{
    struct filled *filled = filled_new();
    struct tree tree;

    tree_open(&tree, &NEXT_PORT, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    struct told t = second(&tree, filled, 40001, "40001", "payload");
    check(&t, "port", "SWAPPED_WITH", "40001 is the port", "s.bind(('', 40001))");
    filled_free(filled);
    tree_close(&tree);
}

static void what_must_be_added_is_told_where_a_told_number_comes_back(void)
{
    static const struct {
        uint16_t port;
        const char *code, *says, *tries;
    } rows[] = {
        {40001, "", "", ""},
        {40000, "NOT_ADDED", "1 must be added", "t.bind(('', told + 1)), and send through that one"},
        {39999, "NOT_ADDED", "1 less than the number that was told", "t.bind(('', told + 1))"},
        {44001, "WRONG_VALUE", "one digit is another: 44001, and 40001", "digit for digit"},
        {40010, "WRONG_VALUE", "two digits changed places: 40010, and 40001", "digit for digit"},
        {40002, "OFF_BY_ONE", "one more than asked for", "add exactly 1"},
        {40004, "COUNTED_UP", "3 more", "add exactly 1"},
        {39996, "WRONG_VALUE", "none of the usual", "told + 1"},
        {40123, "PLACEHOLDER", "is the example of the challenge's text: in this try it is 40001", "reckon"},
        {6223, "NOT_ADDED", "6223 is the target's port and 1", "told + 1"},
        {53211, "KERNEL_PICKED", "no source port was bound", "told + 1"},
    };
    struct filled *filled = filled_new();
    struct tree tree;

    tree_open(&tree, &NEXT_PORT, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct told t = second_from(&tree, filled, rows[i].port);
        check(&t, rows[i].code, rows[i].code, rows[i].says, rows[i].tries);
    }
    filled_free(filled);
    tree_close(&tree);
}

static const struct tree_file PACKETS[] = {
    {"chaos",
     "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.dsfield.dscp: 23\n  ip.id: {param: u16, per: "
     "student}\n  ip.flags: 0\n  ip.ttl: {range: [1, 255]}\n  payload: {text: \"{student}\", encoding: "
     "hex}\ndeliver: {connect: 1111}\n"},
    {"syn", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.seq_raw: 90210\n  tcp.ack_raw: "
            "8675309\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"},
};

static const struct tree_file SAME_PORT = {
    "same", "kind: datagram\nlisten: {udp.dstport: 6222}\nsteps:\n"
            "- expect: {udp.srcport: {bind: p}, payload: {text: \"{student}\"}}\n  say: \"{p}\"\n"
            "- expect: {udp.srcport: {bound: p}, payload: {text: \"word\"}}\n"};

/* Nobody has to bind a port here: the first socket's was the kernel's pick, too. */
static void a_second_socket_is_told_where_a_try_goes_on_from_its_first_port(void)
{
    static const struct {
        uint16_t port;
        const char *code, *says, *tries;
    } rows[] = {
        {40000, "", "", ""},
        {43249, "KERNEL_PICKED", "began from port 40000, and this came from 43249",
         "the socket that sent the first"},
        {1234, "WRONG_VALUE", "1234 is not", "the socket that sent the first, from port 40000"},
    };
    struct filled *filled = filled_new();
    struct tree tree;

    tree_open(&tree, &SAME_PORT, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct told t = second_from(&tree, filled, rows[i].port);
        check(&t, rows[i].code, rows[i].code, rows[i].says, rows[i].tries);
    }
    filled_free(filled);
    tree_close(&tree);
}

static const struct tree_file TWO_PIECES = {
    "pieces", "kind: packet\nlisten: {ip.proto: 254}\nsteps:\n"
              "- expect: {ip.id: {bind: n}, payload: {text: \"{student}\"}}\n"
              "- expect: {ip.id: {bound: n}, payload: {text: \"word\"}}\ndeliver: {connect: 1111}\n"};

static void put_piece(struct packet *p, uint8_t bytes[32], uint16_t id, const char *text)
{
    const size_t length = 20 + strlen(text);

    memset(bytes, 0, 32);
    bytes[0] = 0x45;
    store_be16(bytes + 2, (uint16_t)length);
    store_be16(bytes + 4, id);
    bytes[8] = 64;
    bytes[9] = 254;
    store_be32(bytes + 12, STUDENT);
    store_be32(bytes + 16, TARGET);
    memcpy(bytes + 20, text, strlen(text));
    store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
    packet_decode(p, LINK_RAW, bytes, length, length);
}

/* Where 0 is packed the kernel picks a number for each packet. */
static void two_packets_with_one_identification_are_told_of_the_kernels_zero(void)
{
    static const struct {
        uint16_t id;
        const char *code, *says, *tries;
    } rows[] = {
        {700, "", "", ""},
        {701, "OFF_BY_ONE", "one more than the first packet's", "the same number in both, and not 0"},
        {699, "OFF_BY_ONE", "one less than the first packet's", "the same number in both, and not 0"},
    };
    struct filled *filled = filled_new();
    struct tree tree;
    uint8_t bytes[32];
    struct packet p;
    struct verdict v;

    tree_open(&tree, &TWO_PIECES, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    const struct rules *book = rulebook_at(tree.book, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct talk talk;
        struct buf said;
        buf_init(&said, 1000);
        talk_begin(&talk);
        put_piece(&p, bytes, 700, "smith");
        talk_go(&talk, book, 0, &said);
        talk_hear(&talk, filled_make(filled, book, &talk), &p, "smith");
        talk_go(&talk, book, 0, &said);
        buf_free(&said);
        const struct rules *rules = filled_make(filled, book, &talk);
        put_piece(&p, bytes, rows[i].id, "word");
        judge_packet_for(rules, &p, "smith", &v);
        struct told t = told(rules, &p, &v, "ip.id");
        check(&t, rows[i].code, rows[i].code, rows[i].says, rows[i].tries);
    }
    filled_free(filled);
    tree_close(&tree);
}

/* The clauses of what is a student's own that a packet with this payload and identification fails: the first
 * reason of ip.id. */
static struct told of_payload(const struct tree *tree, const char *payload, uint16_t id, uint64_t *own)
{
    const struct rules *rules = rulebook_at(tree->book, 0);
    uint8_t bytes[64] = {0x45, 23 << 2};
    struct packet p;
    struct verdict v;

    store_be16(bytes + 4, id);
    bytes[8] = 64;
    bytes[9] = 16;
    store_be32(bytes + 12, STUDENT);
    store_be32(bytes + 16, TARGET);
    memcpy(bytes + 20, payload, strlen(payload));
    store_be16(bytes + 2, (uint16_t)(20 + strlen(payload)));
    store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
    packet_decode(&p, LINK_RAW, bytes, 20 + strlen(payload), 20 + strlen(payload));
    judge_packet(rules, &p, STUDENT, &v);
    CU_ASSERT_STRING_EQUAL(v.student, "smith");
    CU_ASSERT_TRUE_FATAL(params_value(rules, "smith", field_find("ip.id"), own));
    return told(rules, &p, &v, "ip.id");
}

/* A number that is somebody's own is told to him, and not while any word may be a handle. */
static void a_number_of_ones_own_is_told_where_it_is_known_whose(void)
{
    struct tree tree;
    char number[32];
    uint64_t own;

    tree_open(&tree, PACKETS, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    struct told sure = of_payload(&tree, "736d697468", 9999, &own);
    snprintf(number, sizeof(number), "that is 0x%04x (%u)", (unsigned)own, (unsigned)own);
    check(&sure, "right text", "WRONG_VALUE", number, "pack");
    struct told unsure = of_payload(&tree, "smith", 9999, &own);
    snprintf(number, sizeof(number), "%u", (unsigned)own);
    check(&unsure, "any word", "WRONG_VALUE", "", "");
    CU_ASSERT_PTR_NULL(strstr(unsure.text, number));
    CU_ASSERT_PTR_NULL(strstr(unsure.mend, number));
    tree_close(&tree);
}

static const struct packet_row {
    const char *name;
    uint8_t of, ds, proto;
    uint16_t id, word;
    uint32_t seq, ack;
    const char *field, *code, *says, *tries;
} PACKET_ROWS[] = {
    {"the kernel's own header", 0, 0, 16, 0x8A31, 0x4000, 0, 0, "ip.dsfield.dscp", "KERNEL_PICKED",
     "the kernel wrote this IPv4 header", "IP_HDRINCL"},
    {"the kernel's own header", 0, 0, 16, 0x8A31, 0x4000, 0, 0, "ip.flags", "KERNEL_PICKED",
     "the kernel wrote this IPv4 header", "IP_HDRINCL"},
    {"one's own header, DSCP left out", 0, 0, 16, 4321, 0, 0, 0, "ip.dsfield.dscp", "NOT_SET", "", ""},
    {"one's own header, don't fragment set", 0, 23 << 2, 16, 4321, 0x4000, 0, 0, "ip.flags", "EXTRA_FLAGS",
     "", ""},
    {"scapy's own identification", 0, 23 << 2, 16, 1, 0, 0, 0, "ip.id", "KERNEL_PICKED",
     "is what scapy fills in", "id="},
    {"ack one too high", 1, 0, 6, 1, 0, 90210, 8675310, "tcp.ack_raw", "OFF_BY_ONE", "one more",
     "one was added too many"},
    {"ack one too low", 1, 0, 6, 1, 0, 90210, 8675308, "tcp.ack_raw", "OFF_BY_ONE", "one less",
     "a SYN counts as one"},
    {"seq one too high", 1, 0, 6, 1, 0, 90211, 8675309, "tcp.seq_raw", "OFF_BY_ONE", "one more",
     "a SYN carries the first number itself"},
    {"seq one too low", 1, 0, 6, 1, 0, 90209, 8675309, "tcp.seq_raw", "OFF_BY_ONE", "one less",
     "take nothing off"},
};

static size_t make(const struct packet_row *r, uint8_t out[128])
{
    static const uint8_t hex[] = "736d697468";
    size_t n = 20;

    memset(out, 0, 128);
    out[0] = 0x45;
    out[1] = r->ds;
    store_be16(out + 4, r->id);
    store_be16(out + 6, r->word);
    out[8] = 64;
    out[9] = r->proto;
    store_be32(out + 12, STUDENT);
    store_be32(out + 16, TARGET);
    if (r->proto == 6) {
        store_be16(out + 20, 40000);
        store_be16(out + 22, 8081);
        store_be32(out + 24, r->seq);
        store_be32(out + 28, r->ack);
        out[32] = 0x50;
        out[33] = 2;
        memcpy(out + 40, "smith", 5);
        n = 45;
    } else {
        memcpy(out + n, hex, 10);
        n += 10;
    }
    store_be16(out + 2, (uint16_t)n);
    store_be16(out + 10, csum_finish(csum_add(0, out, 20)));
    return n;
}

static void what_the_kernel_wrote_and_which_way_a_number_is_off(void)
{
    struct tree tree;

    tree_open(&tree, PACKETS, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(PACKET_ROWS) / sizeof(PACKET_ROWS[0]); i++) {
        const struct packet_row *r = &PACKET_ROWS[i];
        const struct rules *rules = rulebook_find(tree.book, PACKETS[r->of].slug);
        uint8_t bytes[128];
        struct packet p;
        struct verdict v;
        size_t n = make(r, bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet(rules, &p, STUDENT, &v);
        struct told t = told(rules, &p, &v, r->field);
        check(&t, r->name, r->code, r->says, r->tries);
    }
    tree_close(&tree);
}

/* What stands behind the header is taken for UDP's then, with a length of its own that is wrong. */
static void the_field_that_is_wrong_tells_it_and_comes_first(void)
{
    const struct packet_row row = {.ds = 23 << 2, .proto = 17, .id = 5};
    struct reasons reasons;
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;
    struct buf out;
    size_t n = make(&row, bytes);

    tree_open(&tree, PACKETS, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_find(tree.book, "chaos");
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    reasons_begin(&reasons, rules, &p, &v);
    buf_init(&out, 4096);
    report_text(&reasons, FEEDBACK_FULL, &out);
    const char *first = strstr(buf_text(&out), "ip.");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_EQUAL(strncmp(first, "ip.proto (Protocol)\n", 20), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "17 (UDP) follows, not 16 (CHAOS)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "as for ip.proto [WRONG_PROTOCOL]"));
    CU_ASSERT_PTR_NULL(strstr(first, "AF_PACKET"));
    bytes[3] = 99; /* now the total length itself cannot be the kernel's */
    bytes[9] = 16;
    store_be16(bytes + 10, 0);
    store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    reasons_begin(&reasons, rules, &p, &v);
    buf_clear(&out);
    report_text(&reasons, FEEDBACK_FULL, &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "AF_PACKET"));
    buf_free(&out);
    tree_close(&tree);
}

/* One more than asked for, and what the other field must have: either may be the mistake. */
static void a_neighbour_that_is_something_else_as_well_is_not_certain(void)
{
    static const struct tree_file pair = {
        "pair", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.seq_raw: 90210\n  tcp.ack_raw: "
                "90211\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"};
    const struct packet_row row = {.proto = 6, .id = 1, .seq = 90211, .ack = 90211};
    struct reasons reasons;
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;
    const struct finding *of;
    size_t n = make(&row, bytes);

    tree_open(&tree, &pair, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    reasons_begin(&reasons, rules, &p, &v);
    const struct diagnosis *d = reasons_first(&reasons, &of);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    d = reasons_of(&reasons, of, &n);
    CU_ASSERT_TRUE_FATAL(n >= 2);
    CU_ASSERT_STRING_EQUAL(d[0].code->name, "SWAPPED_WITH");
    CU_ASSERT_STRING_EQUAL(d[1].code->name, "OFF_BY_ONE");
    CU_ASSERT_EQUAL(d[0].confidence, CONFIDENCE_LIKELY);
    tree_close(&tree);
}

/* One word of the header and its checksum change places: the sum stays good. Any identification may be a
 * student's own choice. */
static void numbers_that_are_somebodys_own_and_a_sum_in_another_place(void)
{
    static const struct tree_file pair = {
        "pair", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 28131\n  "
                "tcp.urgent_pointer: 0\n  tcp.checksum.status: good\n  payload: {text: "
                "\"{student}\"}\ndeliver: {connect: 1111}\n"};
    const struct packet_row syn = {.proto = 6, .id = 1, .seq = 7, .ack = 8},
                            ids[] = {{.ds = 23 << 2, .proto = 16, .id = 46462},
                                     {.ds = 23 << 2, .proto = 16, .id = 12345}};
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;
    size_t n = make(&syn, bytes);

    tree_open(&tree, &pair, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    store_be16(bytes + 20, 20);
    uint64_t sum = csum_add(0, bytes + 12, 8) + 6 + n - 20;
    store_be16(bytes + 38, csum_finish(csum_add(sum, bytes + 20, n - 20)));
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rulebook_at(tree.book, 0), &p, STUDENT, &v);
    struct told t = told(rulebook_at(tree.book, 0), &p, &v, "tcp.urgent_pointer");
    check(&t, "urgent pointer", "SWAPPED_WITH", "the checksum and the", "");
    t = told(rulebook_at(tree.book, 0), &p, &v, "tcp.srcport");
    check(&t, "source port", "KERNEL_PICKED", "20 is what scapy fills in", "sport=28131");
    tree_close(&tree);
    tree_open(&tree, PACKETS, 2, true);
    for (size_t i = 0; i < 2; i++) {
        n = make(&ids[i], bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet(rulebook_find(tree.book, "chaos"), &p, STUDENT, &v);
        t = told(rulebook_find(tree.book, "chaos"), &p, &v, "ip.id");
        check(&t, "identification", "WRONG_VALUE", "is not your number here: that is", "as value 4");
        CU_ASSERT_PTR_NULL(strstr(t.text, "kernel"));
    }
    tree_close(&tree);
}

/* zlib.crc32(pseudo + header + payload) & 0xffff of the packet below, reckoned by zlib. */
enum { CRC_OF_ALL = 0x30A2 };

static uint16_t turned(uint64_t sum)
{
    return (uint16_t) ~(unsigned)sum;
}

struct sums {
    uint64_t plain, stepped, with_ip, tutorial, written;
    uint16_t crossed;
};

/* As a program lays it, with checksum 0. */
static struct sums reckon(uint8_t bytes[128], size_t n)
{
    static const char text[] = "10.10.0.40172.16.1.15"; /* of an odd length: what follows is shifted */
    static const uint8_t others[] = {192, 168, 1, 101, 172, 16, 1, 15};
    const size_t n_text = sizeof(text) - 1, n_laid = n - 8;
    uint8_t laid[128] = {0}, header[20], written[160];
    struct sums out = {0};

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
    memcpy(written + n_text, laid + 8, n_laid - 8);
    out.written = csum_add(0, written, n_text + n_laid - 8);
    out.tutorial = csum_add(csum_add(0, others, 8), laid + 8, n_laid - 8);
    memcpy(header, bytes, 20);
    store_be16(header + 10, 0);
    out.with_ip = csum_add(out.plain, header, 20);
    return out;
}

static void sums_that_no_recipe_gives_are_told_in_words(void)
{
    static const struct tree_file one = {
        "one", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 28131\n  "
               "tcp.checksum.status: good\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"};
    const struct packet_row syn = {.proto = 6, .id = 1, .seq = 0x4007, .ack = 8};
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;
    const size_t n = make(&syn, bytes);
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
                {csum_finish(sums.written), 0, "as text"},
                {right, 5, "right for the payload that is asked for"},
                {(uint16_t)(right + 777), 0, "none of the usual mistakes"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        store_be16(bytes + 36, rows[i].sum);
        store_be16(bytes + 2, (uint16_t)(n - rows[i].cut));
        store_be16(bytes + 10, 0);
        store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
        packet_decode(&p, LINK_RAW, bytes, n - rows[i].cut, n - rows[i].cut);
        judge_packet_for(rulebook_at(tree.book, 0), &p, "smith", &v);
        struct told t = told(rulebook_at(tree.book, 0), &p, &v, "tcp.checksum.status");
        check(&t, "sum", "CHECKSUM_WRONG", rows[i].says, "");
    }
    /* of an odd length these are two mistakes with one value */
    store_be16(bytes + 36, __builtin_bswap16(right));
    store_be16(bytes + 2, (uint16_t)n);
    store_be16(bytes + 10, 0);
    store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet_for(rulebook_at(tree.book, 0), &p, "smith", &v);
    struct told t = told(rulebook_at(tree.book, 0), &p, &v, "tcp.checksum.status");
    check(&t, "odd", "CHECKSUM_LITTLE_ENDIAN", "of the odd length 25, a zero byte before all",
          "behind an odd length");
    tree_close(&tree);
}

/* Where an ordinary socket sends, no struct.pack stands in the way: the source port is bound. */
static void a_port_in_the_wrong_place_of_a_stream_is_told(void)
{
    static const struct tree_file one = {
        "one", "kind: stream\nlisten: {tcp.dstport: 6111}\nexpect:\n  tcp.srcport: {param: u16, per: class}\n"
               "  payload: {text: \"{student}\"}\n"};
    uint8_t storage[MESSAGE_HEADERS + 8];
    char port[8];
    struct packet p;
    struct verdict v;
    struct tree tree;

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    snprintf(port, sizeof(port), "%u", (unsigned)clause_of(rules, field_find("tcp.srcport"))->a);
    memcpy(storage + MESSAGE_HEADERS, port, strlen(port));
    packet_of_message(&p, storage, strlen(port), true, STUDENT, 6111, TARGET, 6111);
    judge_packet_for(rules, &p, "smith", &v);
    struct told t = told(rules, &p, &v, "payload");
    check(&t, "port as text", "SWAPPED_WITH", "is the port, and was sent as the text", "s.bind");
    t = told(rules, &p, &v, "tcp.srcport");
    check(&t, "target's port", "SWAPPED_WITH", "tcp.dstport must have", "s.bind(('', source port))");
    tree_close(&tree);
}

static void the_window_in_the_urgent_pointer_is_told_as_exchanged(void)
{
    static const struct tree_file one = {
        "one",
        "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.seq_raw: 90210\n  tcp.ack_raw: 8675309\n"
        "  tcp.window_size_value: {not: 0}\n  tcp.urgent_pointer: 0\n  payload: {text: \"{student}\"}\n"
        "deliver: {connect: 1111}\n"};
    const struct packet_row syn = {.proto = 6, .id = 1, .seq = 90210, .ack = 90211};
    uint8_t bytes[128];
    struct tree tree;
    struct packet p;
    struct verdict v;
    const size_t n = make(&syn, bytes);

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    store_be16(bytes + 38, 0xFFFF);
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    struct told t = told(rules, &p, &v, "tcp.window_size_value");
    check(&t, "window", "SWAPPED_WITH", "tcp.window_size_value is 0 and tcp.urgent_pointer is 65535",
          "order");
    t = told(rules, &p, &v, "tcp.urgent_pointer");
    check(&t, "urgent pointer", "SWAPPED_WITH", "the two are exchanged", "order");
    t = told(rules, &p, &v, "tcp.ack_raw");
    check(&t, "seq + 1", "SWAPPED_WITH", "and one more", "no + 1");
    tree_close(&tree);
}

/* A word of the packet is another: what a tool put there, or a table was read wrongly for. */
static void what_tools_and_tables_put_there_is_told(void)
{
    static const struct tree_file one = {
        "one", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  ip.dsfield.dscp: 34\n  "
               "ip.dsfield.ecn: 0\n  tcp.flags: SYN\n  payload: {text: \"{student}\"}\n"
               "deliver: {connect: 1111}\n"};
    static const struct {
        size_t at;
        uint16_t word;
        const char *field, *code, *says, *tries;
    } rows[] = {
        {32, 0x5004, "tcp.flags", "WRONG_SHIFT", "(RST) is set, and 0x002 (SYN) is asked for",
         "SYN 2, RST 4"},
        {22, 80, "tcp.dstport", "KERNEL_PICKED", "80 is what scapy fills in", "dport=8081"},
        {0, 0x4513, "ip.dsfield.dscp", "DECIMAL_AS_HEX", "of its digits two: 0x13", "-o 88"},
        {0, 0x4500 + 135, "ip.dsfield.dscp", "OFF_BY_ONE", "the whole byte is 135, one less than 136",
         "0x88"},
        {0, 0x4500 + 135, "ip.dsfield.ecn", "OFF_BY_ONE", "the whole byte is 135, one less than 136", "0x88"},
        {0, 0x4500 + 137, "ip.dsfield.ecn", "ECN_SET", "", ""},
        {0, 0x4500 + 41 * 4, "ip.dsfield.dscp", "WRONG_VALUE", "the number in the name AF41",
         "8 * 4 + 2 * 1"},
        {0, 0x4500 + 33 * 4, "ip.dsfield.dscp", "OFF_BY_ONE", "one less", "8 * 4 + 2 * 1"},
    };
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct packet_row syn = {.ds = 34 << 2, .proto = 6, .id = 1};
        const size_t n = make(&syn, bytes);
        store_be16(bytes + rows[i].at, rows[i].word);
        store_be16(bytes + 10, 0);
        store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet_for(rulebook_at(tree.book, 0), &p, "smith", &v);
        struct told t = told(rulebook_at(tree.book, 0), &p, &v, rows[i].field);
        check(&t, rows[i].says, rows[i].code, rows[i].says, rows[i].tries);
    }
    tree_close(&tree);
}

static void digits_that_slipped_are_told(void)
{
    static const struct {
        uint32_t seq;
        const char *says;
    } rows[] = {{92010, "two digits changed places: 92010, and 90210 is asked for"},
                {9210, "one digit is missing"},
                {902110, "one digit is too many"},
                {90810, "one digit is another"},
                {77777, "none of the usual mistakes"}};
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;

    tree_open(&tree, PACKETS, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct packet_row syn = {.proto = 6, .id = 1, .seq = rows[i].seq, .ack = 8675309};
        const size_t n = make(&syn, bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet(rulebook_find(tree.book, "syn"), &p, STUDENT, &v);
        struct told t = told(rulebook_find(tree.book, "syn"), &p, &v, "tcp.seq_raw");
        check(&t, "digits", "WRONG_VALUE", rows[i].says, "");
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"sums_that_no_recipe_gives_are_told_in_words", sums_that_no_recipe_gives_are_told_in_words},
    {"a_port_in_the_wrong_place_of_a_stream_is_told", a_port_in_the_wrong_place_of_a_stream_is_told},
    {"the_window_in_the_urgent_pointer_is_told_as_exchanged",
     the_window_in_the_urgent_pointer_is_told_as_exchanged},
    {"what_tools_and_tables_put_there_is_told", what_tools_and_tables_put_there_is_told},
    {"digits_that_slipped_are_told", digits_that_slipped_are_told},
    {"a_number_of_ones_own_is_told_where_it_is_known_whose",
     a_number_of_ones_own_is_told_where_it_is_known_whose},
    {"the_port_to_send_from_is_no_text", the_port_to_send_from_is_no_text},
    {"two_packets_with_one_identification_are_told_of_the_kernels_zero",
     two_packets_with_one_identification_are_told_of_the_kernels_zero},
    {"a_second_socket_is_told_where_a_try_goes_on_from_its_first_port",
     a_second_socket_is_told_where_a_try_goes_on_from_its_first_port},
    {"numbers_that_are_somebodys_own_and_a_sum_in_another_place",
     numbers_that_are_somebodys_own_and_a_sum_in_another_place},
    {"a_neighbour_that_is_something_else_as_well_is_not_certain",
     a_neighbour_that_is_something_else_as_well_is_not_certain},
    {"the_field_that_is_wrong_tells_it_and_comes_first", the_field_that_is_wrong_tells_it_and_comes_first},
    {"what_must_be_added_is_told_where_a_told_number_comes_back",
     what_must_be_added_is_told_where_a_told_number_comes_back},
    {"what_the_kernel_wrote_and_which_way_a_number_is_off",
     what_the_kernel_wrote_and_which_way_a_number_is_off},
};
extern const struct unit_group told_cases;
UNIT_GROUP(told_cases, cases);
