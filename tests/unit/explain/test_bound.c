/* What is told of a number that a try has told, or that came in its first message. */
#include "unit.h"

#include "told.h"

#include <string.h>

#include "base/cursor.h"
#include "judge/filled.h"
#include "pkt/csum.h"
#include "tree.h"

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
    return told_of(rules, &p, &v, field);
}

/* The port that the second comes from, and what is told of it. */
struct port_row {
    uint16_t port;
    const char *code, *says, *tries;
};

static void ports_are_told(const struct tree_file *file, const struct port_row *rows, size_t n)
{
    struct filled *filled = filled_new();
    struct tree tree;

    tree_open(&tree, file, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    for (size_t i = 0; i < n; i++) {
        struct told t = second(&tree, filled, rows[i].port, "word", "udp.srcport");
        told_check(&t, rows[i].code, rows[i].code, rows[i].says, rows[i].tries);
    }
    filled_free(filled);
    tree_close(&tree);
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
    told_check(&t, "port", "SWAPPED_WITH", "40001 is the port", "s.bind(('', 40001))");
    t = second(&tree, filled, 40001, "40000", "payload");
    told_check(&t, "number", "SWAPPED_WITH", "40000 is the number that was told", "split()");
    filled_free(filled);
    tree_close(&tree);
}

static void what_must_be_added_is_told_where_a_told_number_comes_back(void)
{
    static const struct port_row rows[] = {
        {40001, "", "", ""},
        {40000, "NOT_ADDED", "1 must be added", "t.bind(('', told + 1)), and send through that one"},
        {39999, "NOT_ADDED", "1 less than the number that was told", "t.bind(('', told + 1))"},
        {44001, "WRONG_VALUE", "one digit is another: 44001, and 40001", "digit for digit"},
        {40010, "WRONG_VALUE", "two digits changed places: 40010, and 40001", "digit for digit"},
        {40008, "WRONG_VALUE", "40008 is the number that was told, 40000, and 8: 1 must be added",
         "told + 1"},
        {40012, "WRONG_VALUE", "40000, and 12: 1 must be added", "told + 1"},
        {40002, "OFF_BY_ONE", "one more than asked for", "add exactly 1"},
        {40004, "COUNTED_UP", "3 more", "add exactly 1"},
        {39996, "WRONG_VALUE", "none of the usual", "told + 1"},
        {40123, "PLACEHOLDER", "is the example of the challenge's text: in this try it is 40001", "reckon"},
        {6223, "NOT_ADDED", "6223 is the target's port and 1", "told + 1"},
        {6785, "NOT_ADDED", "1 was put behind the number that was told as a digit", "int(told) + 1"},
        {40256, "BYTE_SWAPPED", "1 was added to 40000 as it stands in its header", "htons(ntohs(told) + 1)"},
        {16541, "BYTE_SWAPPED", "the bytes of 40000 were exchanged, and 1 was added to that",
         "ntohs(told) + 1"},
        {16796, "BYTE_SWAPPED", "bytes in the wrong order", "htons(40001)"},
        {53211, "KERNEL_PICKED", "no source port was bound", "told + 1"},
    };
    ports_are_told(&NEXT_PORT, rows, sizeof(rows) / sizeof(rows[0]));
}

static const struct tree_file SAME_PORT = {
    "same", "kind: datagram\nlisten: {udp.dstport: 6222}\nsteps:\n"
            "- expect: {udp.srcport: {bind: p}, payload: {text: \"{student}\"}}\n  say: \"{p}\"\n"
            "- expect: {udp.srcport: {bound: p}, payload: {text: \"word\"}}\n"};

/* Nobody has to bind a port here: the first socket's was the kernel's pick, too. */
static void a_second_socket_is_told_where_a_try_goes_on_from_its_first_port(void)
{
    static const struct port_row rows[] = {
        {40000, "", "", ""},
        {43249, "KERNEL_PICKED", "began from port 40000, and this came from 43249",
         "the socket that sent the first"},
        {1234, "WRONG_VALUE", "1234 is not", "the socket that sent the first, from port 40000"},
    };
    ports_are_told(&SAME_PORT, rows, sizeof(rows) / sizeof(rows[0]));
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

/* Of the second packet's identification, after a first one's. */
static struct told second_piece(const struct tree *tree, struct filled *filled, uint16_t first, uint16_t id)
{
    const struct rules *book = rulebook_at(tree->book, 0);
    uint8_t bytes[32];
    struct packet p;
    struct verdict v;
    struct talk talk;
    struct buf said;

    buf_init(&said, 1000);
    talk_begin(&talk);
    put_piece(&p, bytes, first, "smith");
    talk_go(&talk, book, 0, &said);
    talk_hear(&talk, filled_make(filled, book, &talk), &p, "smith");
    talk_go(&talk, book, 0, &said);
    buf_free(&said);
    const struct rules *rules = filled_make(filled, book, &talk);
    put_piece(&p, bytes, id, "word");
    judge_packet_for(rules, &p, "smith", &v);
    return told_of(rules, &p, &v, "ip.id");
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

    tree_open(&tree, &TWO_PIECES, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct told t = second_piece(&tree, filled, 700, rows[i].id);
        told_check(&t, rows[i].code, rows[i].code, rows[i].says, rows[i].tries);
    }
    filled_free(filled);
    tree_close(&tree);
}

static const struct tree_file LETTERS_ADDED = {
    "added",
    "kind: packet\nlisten: {ip.proto: 254}\nsteps:\n"
    "- expect: {ip.id: {bind: n}, payload: {text: \"{student}\"}}\n"
    "- expect: {ip.id: {bound: n, plus: 17231}, payload: {text: \"word\"}}\ndeliver: {connect: 1111}\n"};

/* The second packet is as long, in bytes, as the told number says. */
static void a_told_number_that_is_the_packets_length_too_is_the_told_one(void)
{
    struct filled *filled = filled_new();
    struct tree tree;

    tree_open(&tree, &LETTERS_ADDED, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    struct told t = second_piece(&tree, filled, 24, 24);
    told_check(&t, "told", "NOT_ADDED", "(24) is the number as it was told", "told + 17231");
    t = second_piece(&tree, filled, 700, 24);
    told_check(&t, "length", "SWAPPED_WITH", "the packet's total length", "total length is value 3");
    filled_free(filled);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"the_port_to_send_from_is_no_text", the_port_to_send_from_is_no_text},
    {"two_packets_with_one_identification_are_told_of_the_kernels_zero",
     two_packets_with_one_identification_are_told_of_the_kernels_zero},
    {"a_told_number_that_is_the_packets_length_too_is_the_told_one",
     a_told_number_that_is_the_packets_length_too_is_the_told_one},
    {"a_second_socket_is_told_where_a_try_goes_on_from_its_first_port",
     a_second_socket_is_told_where_a_try_goes_on_from_its_first_port},
    {"what_must_be_added_is_told_where_a_told_number_comes_back",
     what_must_be_added_is_told_where_a_told_number_comes_back},
};
extern const struct unit_group bound_cases;
UNIT_GROUP(bound_cases, cases);
