#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/cursor.h"
#include "base/file.h"
#include "judge/judge.h"
#include "pkt/capture.h"
#include "pkt/csum.h"
#include "tree.h"

static const char CHAOS[] = "kind: packet\n"
                            "listen: {ip.proto: CHAOS}\n"
                            "expect:\n"
                            "  ip.dsfield.dscp: CS3\n"
                            "  ip.id: {param: u16, per: student}\n"
                            "  ip.ttl: {range: [60, 70]}\n"
                            "  ip.flags.df: {not: 1}\n"
                            "  payload: {text: \"{student}\", encoding: hex}\n"
                            "deliver: {connect: 1111}\n";

struct made {
    uint8_t dscp, ttl, proto;
    uint16_t id, frag;
    const char *payload;
};

/* A raw IPv4 packet of these values; returns its length. */
static size_t make(uint8_t *out, const struct made *m)
{
    size_t n = strlen(m->payload);

    memset(out, 0, 20);
    out[0] = 0x45;
    out[1] = (uint8_t)(m->dscp << 2);
    store_be16(out + 2, (uint16_t)(20 + n));
    store_be16(out + 4, m->id);
    store_be16(out + 6, m->frag);
    out[8] = m->ttl;
    out[9] = m->proto;
    store_be32(out + 12, 0x0A0A0028);
    store_be32(out + 16, 0xAC10010F);
    store_be16(out + 10, csum_finish(csum_add(0, out, 20)));
    memcpy(out + 20, m->payload, n);
    return 20 + n;
}

static struct made right_one(const struct rules *rules, const char *student)
{
    char text[FIELD_TEXT_SIZE];
    uint64_t id = 0;

    CU_ASSERT_TRUE_FATAL(rules_value_text(rules, "ip.id", student, text));
    *strchr(text, ' ') = '\0';
    CU_ASSERT_PTR_NULL(field_parse(field_find("ip.id"), text, &id));
    return (struct made){24, 64, 16, (uint16_t)id, 0, "736d697468"};
}

static void judge(const struct tree *tree, const struct made *m, struct verdict *v)
{
    uint8_t bytes[256];
    struct packet p;

    packet_decode(&p, LINK_RAW, bytes, make(bytes, m), 0);
    judge_packet(rulebook_at(tree->book, 0), &p, packet_src(&p), v);
}

/* The names of the failed (blocked in brackets) findings, in order. */
static const char *failed(const struct verdict *v, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_FAIL || v->findings[i].status == FINDING_BLOCKED)
            n += (size_t)snprintf(out + n, size - n, v->findings[i].status == FINDING_FAIL ? "%s " : "[%s] ",
                                  v->findings[i].field->name);
    return out;
}

static void a_right_packet_passes_and_each_change_is_named(void)
{
    static const struct tree_file file = {"chaos", CHAOS};
    struct tree tree;
    struct verdict v;
    char names[256];

    tree_open(&tree, &file, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    struct made right = right_one(rulebook_at(tree.book, 0), "smith"), m = right;
    judge(&tree, &m, &v);
    CU_ASSERT_TRUE(v.pass);
    CU_ASSERT_STRING_EQUAL(v.student, "smith");
    CU_ASSERT_EQUAL(v.n_right, 6);
    CU_ASSERT_EQUAL(v.n, 8); /* and ip.len and ip.checksum as information */
#define CHANGED(change, want)                                                                                \
    m = right;                                                                                               \
    m.change;                                                                                                \
    judge(&tree, &m, &v);                                                                                    \
    CU_ASSERT_FALSE(v.pass);                                                                                 \
    CU_ASSERT_STRING_EQUAL(failed(&v, names, sizeof(names)), want)
    CHANGED(dscp = 6, "ip.dsfield.dscp ");
    CHANGED(id = (uint16_t)(right.id << 8 | right.id >> 8), "ip.id ");
    CHANGED(ttl = 59, "ip.ttl ");
    CHANGED(ttl = 71, "ip.ttl ");
    CHANGED(frag = 0x4000, "ip.flags.df ");
    CHANGED(payload = "c21pdGg=", "payload ");          /* Base64: still smith's, still wrong */
    CHANGED(payload = "736d6974680a", "payload ");      /* a newline inside */
    CHANGED(payload = "736d697468\n", "payload ");      /* and outside: none is trimmed for packets */
    CHANGED(payload = "736d6974!", "[ip.id] payload "); /* nobody's */
    CHANGED(payload = "", "[ip.id] payload ");
    CHANGED(payload = "6a6f6e6573", "ip.id "); /* jones with smith's number */
    CHANGED(proto = 89, "ip.proto ");
#undef CHANGED
    m = right;
    m.payload = "534d495448"; /* SMITH: handles are compared without case */
    judge(&tree, &m, &v);
    CU_ASSERT_TRUE(v.pass);
    tree_close(&tree);
}

static void who_is_read_in_a_wrong_text_is_uncertain(void)
{
    static const struct tree_file file = {"chaos", CHAOS};
    struct tree tree;
    struct verdict v;

    tree_open(&tree, &file, 1, true);
    struct made right = right_one(rulebook_at(tree.book, 0), "smith"), m = right;
    m.id ^= 1;
    judge(&tree, &m, &v);
    CU_ASSERT_FALSE(v.uncertain); /* the text is right */
    m.payload = "smith";
    judge(&tree, &m, &v);
    CU_ASSERT_STRING_EQUAL(v.student, "smith");
    CU_ASSERT_TRUE(v.uncertain);
    m.id = right.id; /* which is his alone */
    judge(&tree, &m, &v);
    CU_ASSERT_FALSE(v.uncertain);
    tree_close(&tree);
}

static void faults_fail_whatever_the_clauses_say(void)
{
    static const struct tree_file file = {"chaos", CHAOS};
    struct tree tree;
    struct verdict v;
    uint8_t bytes[256];
    struct packet p;
    char names[256];

    tree_open(&tree, &file, 1, true);
    struct made right = right_one(rulebook_at(tree.book, 0), "smith");
    size_t n = make(bytes, &right);
    bytes[10] ^= 1;
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rulebook_at(tree.book, 0), &p, packet_src(&p), &v);
    CU_ASSERT_FALSE(v.pass);
    CU_ASSERT_STRING_EQUAL(failed(&v, names, sizeof(names)), "ip.checksum ");
    n = make(bytes, &right);
    packet_decode(&p, LINK_RAW, bytes, n - 3, n); /* cut */
    judge_packet(rulebook_at(tree.book, 0), &p, packet_src(&p), &v);
    CU_ASSERT_FALSE(v.pass);
    CU_ASSERT_STRING_EQUAL(failed(&v, names, sizeof(names)), "ip.len [ip.id] [payload] ");
    bytes[0] = 0x44;
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rulebook_at(tree.book, 0), &p, packet_src(&p), &v);
    CU_ASSERT_FALSE(v.pass);
    CU_ASSERT_PTR_NOT_NULL(strstr(failed(&v, names, sizeof(names)), "ip.hdr_len"));
    tree_close(&tree);
}

static void a_thousand_challenges_select_the_right_one(void)
{
    static char targets[1000][160], slugs[1000][16];
    static struct tree_file files[1000];
    struct tree tree;

    for (int i = 0; i < 1000; i++) {
        snprintf(slugs[i], sizeof(slugs[i]), "c%04d", i);
        snprintf(targets[i], sizeof(targets[i]),
                 "kind: packet\nlisten: {tcp.dstport: %d}\nexpect:\n  payload: {text: \"{student}\"}\n"
                 "deliver: {connect: 1111}\n",
                 2000 + i);
        files[i] = (struct tree_file){slugs[i], targets[i]};
    }
    tree_open(&tree, files, 1000, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (int i = -1; i <= 1000; i++) {
        uint8_t storage[MESSAGE_HEADERS + 5] = {0};
        struct packet p;
        packet_of_message(&p, storage, 5, true, 1, 2, 3, (uint16_t)(2000 + i));
        const struct rules *rules = rulebook_select(tree.book, &p);
        if (i < 0 || i == 1000)
            CU_ASSERT_PTR_NULL(rules)
        else if (rules)
            CU_ASSERT_STRING_EQUAL(rules_slug(rules), slugs[i])
        else
            CU_FAIL("not found");
        packet_of_message(&p, storage, 5, false, 1, 2, 3, (uint16_t)(2000 + i));
        CU_ASSERT_PTR_NULL(rulebook_select(tree.book, &p));
    }
    tree_close(&tree);
}

/* And a step's own clause judges it, not what is listened for. */
static void each_of_several_ports_selects_it(void)
{
    static const struct tree_file files[] = {
        {"doors",
         "kind: packet\nlisten: {udp.dstport: {in: [7001, 9003, 8002]}}\nexpect:\n  udp.dstport: 9003\n"
         "  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"},
        {"other", "kind: packet\nlisten: {udp.dstport: 8003}\nexpect:\n  payload: {text: \"{student}\"}\n"
                  "deliver: {connect: 1111}\n"}};
    static const struct {
        uint16_t port;
        const char *slug;
        bool right;
    } rows[] = {{7000, NULL, false},    {7001, "doors", false}, {7002, NULL, false},   {8001, NULL, false},
                {8002, "doors", false}, {8003, "other", true},  {9003, "doors", true}, {9004, NULL, false}};
    struct tree tree;

    tree_open(&tree, files, 2, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t storage[MESSAGE_HEADERS + 5] = {0};
        struct packet p;
        struct verdict v;
        memcpy(storage + MESSAGE_HEADERS, "smith", 5);
        packet_of_message(&p, storage, 5, false, 0x0A0A0028, 2, 3, rows[i].port);
        const struct rules *rules = rulebook_select(tree.book, &p);
        CU_ASSERT_EQUAL(rules == NULL, rows[i].slug == NULL);
        if (!rules || !rows[i].slug)
            continue;
        CU_ASSERT_STRING_EQUAL(rules_slug(rules), rows[i].slug);
        judge_packet(rules, &p, packet_src(&p), &v);
        size_t of_port = 0;
        for (size_t k = 0; k < v.n; k++)
            if (strcmp(v.findings[k].field->name, "udp.dstport") == 0) {
                CU_ASSERT_EQUAL(v.findings[k].status == FINDING_PASS, rows[i].right);
                of_port++;
            }
        CU_ASSERT_EQUAL(of_port, 1);
    }
    tree_close(&tree);
}

struct seen {
    const struct tree *tree;
    int passed, failed, noise;
};

static void each_frame(void *context, const struct frame *frame)
{
    struct seen *seen = context;
    struct packet p;
    struct verdict v;

    packet_decode(&p, LINK_RAW, frame->bytes, frame->length, frame->wire_length);
    const struct rules *rules = rulebook_select(seen->tree->book, &p);
    if (!rules) {
        seen->noise++;
        return;
    }
    judge_packet(rules, &p, packet_src(&p), &v);
    seen->passed += v.pass;
    seen->failed += !v.pass;
}

/* A classic pcap file: 24 bytes of header, 16 before each packet, in this machine's order. */
static void write_capture(const char *path, const struct made *packets, size_t n)
{
    const struct {
        uint32_t magic;
        uint16_t major, minor;
        uint32_t zone, accuracy, snaplen, link;
    } header = {0xA1B2C3D4, 2, 4, 0, 0, 65535, 101};
    struct buf file;

    buf_init(&file, 1 << 16);
    buf_add(&file, &header, sizeof(header));
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[256];
        uint32_t length = (uint32_t)make(bytes, &packets[i]);
        const uint32_t record[4] = {1700000000, 0, length, length};
        buf_add(&file, record, sizeof(record));
        buf_add(&file, bytes, length);
    }
    CU_ASSERT_EQUAL(file_replace(path, file.data, file.len, 0600, NULL), ST_OK);
    buf_free(&file);
}

static void a_capture_file_is_judged_packet_by_packet(void)
{
    static const struct tree_file file = {"chaos", CHAOS};
    struct tree tree;
    struct capture *capture = NULL;
    char path[96];

    tree_open(&tree, &file, 1, true);
    struct made packets[4];
    packets[0] = packets[1] = packets[2] = packets[3] = right_one(rulebook_at(tree.book, 0), "smith");
    packets[1].dscp = 6;
    packets[2].proto = 89;
    snprintf(path, sizeof(path), "%s/frames.pcap", tree.dir);
    write_capture(path, packets, 4);
    struct seen seen = {.tree = &tree};
    CU_ASSERT_EQUAL_FATAL(capture_open_file(&capture, path, NULL), ST_OK);
    CU_ASSERT_EQUAL(capture_read(capture, 0, each_frame, &seen, NULL), 4);
    CU_ASSERT_EQUAL(seen.passed, 2);
    CU_ASSERT_EQUAL(seen.failed, 1);
    CU_ASSERT_EQUAL(seen.noise, 1);
    capture_close(capture);
    unlink(path);
    tree_close(&tree);
}

static void messages_are_judged_with_their_newline_trimmed(void)
{
    static const struct tree_file file = {"hello",
                                          "kind: stream\nlisten: {tcp.dstport: 5309}\nexpect:\n"
                                          "  payload: {text: \"I am {student}!\", encoding: base64}\n"};
    static const struct {
        const char *text;
        bool pass;
        const char *student;
    } rows[] = {
        {"SSBhbSBzbWl0aCE=", true, "smith"},
        {"SSBhbSBzbWl0aCE=\n", true, "smith"},
        {"SSBhbSBzbWl0aCE=\r\n", true, "smith"},
        {"SSBhbSBzbWl0aCE=\n\n", false, "smith"},
        {"SSBhbSBzbWl0aCEK", false, "smith"}, /* echo | base64 */
        {"I am smith!", false, "smith"},
        {"4920616d20736d69746821", false, "smith"},
        {"I am Smith!", false, "smith"},
        {"I am !", false, ""},
        {"", false, ""},
    };
    struct tree tree;

    tree_open(&tree, &file, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t storage[MESSAGE_HEADERS + 64];
        size_t n = strlen(rows[i].text);
        struct packet p;
        struct verdict v;
        memcpy(storage + MESSAGE_HEADERS, rows[i].text, n);
        packet_of_message(&p, storage, n, true, 0x0A0A0028, 40000, 0xAC10010F, 5309);
        judge_packet(rulebook_at(tree.book, 0), &p, 0x0A0A0028, &v);
        CU_ASSERT_EQUAL(v.pass, rows[i].pass);
        CU_ASSERT_STRING_EQUAL(v.student, rows[i].student);
    }
    tree_close(&tree);
}

static void an_encoded_handle_is_not_another_students_handle(void)
{
    static const struct tree_file file = {
        "plain", "kind: stream\nlisten: {tcp.dstport: 5309}\nexpect:\n  payload: {text: \"{student}\"}\n"};
    static const struct {
        const char *text;
        bool pass;
        const char *student;
    } rows[] = {
        {"smith", true, "smith"},
        {"Smith\n", true, "smith"},
        {"736d697468", true, "736d697468"},
        {"7a7a6d627a6879793637", false, "zzmbzhyy67"},
        {"61626364", true, "61626364"},
        {"am9uZXN5", false, "jonesy"},
        {"mike", true, "mike"},
        {"deadbeef", true, "deadbeef"},
        {"bob", true, "bob"},
        {"c21pdGg=", false, "smith"},
    };
    struct tree tree;

    tree_open(&tree, &file, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t storage[MESSAGE_HEADERS + 64];
        size_t n = strlen(rows[i].text);
        struct packet p;
        struct verdict v;
        memcpy(storage + MESSAGE_HEADERS, rows[i].text, n);
        packet_of_message(&p, storage, n, true, 0x0A0A0028, 40000, 0xAC10010F, 5309);
        judge_packet(rulebook_at(tree.book, 0), &p, 0x0A0A0028, &v);
        CU_ASSERT_EQUAL(v.pass, rows[i].pass);
        CU_ASSERT_STRING_EQUAL(v.student, rows[i].student);
    }
    tree_close(&tree);
}

/* An alarm that was not asked is no alarm that kept silent. */
static void a_frame_that_was_cut_is_not_judged_by_its_filter(void)
{
    static const struct tree_file file = {
        "alarm", "kind: packet\nlisten: {udp.dstport: 7002}\nexpect:\n  payload: {text: \"{student}\"}\n"
                 "  frame: {rejects: \"not udp[8] = 0x73\"}\ndeliver: {connect: 1111}\n"};
    static const char *const texts[] = {"smith", "jones"};
    struct tree tree;

    tree_open(&tree, &file, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < 2; i++) {
        uint8_t storage[MESSAGE_HEADERS + 5];
        struct packet p, cut;
        struct verdict v;
        memcpy(storage + MESSAGE_HEADERS, texts[i], 5);
        packet_of_message(&p, storage, 5, false, 0x0A0A0028, 40000, 0xAC10010F, 7002);
        for (size_t n = 21; n <= p.length; n++) {
            packet_decode(&cut, LINK_RAW, p.frame, n, p.length);
            judge_packet(rulebook_at(tree.book, 0), &cut, 0x0A0A0028, &v);
            const struct finding *last = &v.findings[v.n - 1];
            CU_ASSERT_STRING_EQUAL(last->field->name, "frame");
            CU_ASSERT_EQUAL(v.pass, n == p.length && i == 0);
            CU_ASSERT_EQUAL(last->status, n < p.length ? FINDING_BLOCKED
                                          : i == 0     ? FINDING_PASS
                                                       : FINDING_FAIL);
        }
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_frame_that_was_cut_is_not_judged_by_its_filter", a_frame_that_was_cut_is_not_judged_by_its_filter},
    {"an_encoded_handle_is_not_another_students_handle", an_encoded_handle_is_not_another_students_handle},
    {"a_right_packet_passes_and_each_change_is_named", a_right_packet_passes_and_each_change_is_named},
    {"who_is_read_in_a_wrong_text_is_uncertain", who_is_read_in_a_wrong_text_is_uncertain},
    {"faults_fail_whatever_the_clauses_say", faults_fail_whatever_the_clauses_say},
    {"a_thousand_challenges_select_the_right_one", a_thousand_challenges_select_the_right_one},
    {"each_of_several_ports_selects_it", each_of_several_ports_selects_it},
    {"a_capture_file_is_judged_packet_by_packet", a_capture_file_is_judged_packet_by_packet},
    {"messages_are_judged_with_their_newline_trimmed", messages_are_judged_with_their_newline_trimmed},
};
extern const struct unit_group judge_cases;
UNIT_GROUP(judge_cases, cases);
