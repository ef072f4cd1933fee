#include "unit.h"

#include <stdio.h>

#include "tree.h"

#define LOCAL(kind, name)                                                                                    \
    "kind: " kind "\nlisten: {unix.path: " name "}\nexpect:\n  payload: {text: \"{student}\"}\n"
#define STREAM(port)                                                                                         \
    "kind: stream\nlisten: {tcp.dstport: " port "}\nexpect:\n  payload: {text: \"{student}\"}\n"
#define PACKET(listen, more)                                                                                 \
    "kind: packet\nlisten: {" listen "}\nexpect:\n  payload: {text: \"{student}\", encoding: hex}\n" more    \
    "deliver: {connect: 1111}\n"

#define ARP(opcode)                                                                                          \
    "kind: packet\nlisten: {arp.opcode: " opcode "}\nidentify: nobody\nexpect:\n  arp.hw.size: 6\n"          \
    "deliver: {connect: 1111}\n"

struct refused_row {
    const char *target, *told;
};

static void are_refused(const struct refused_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct tree tree;
        struct tree_file file = {"one", rows[i].target};
        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NULL(tree.book);
        CU_ASSERT_TRUE(tree_told(&tree, rows[i].told));
        tree_close(&tree);
    }
}

static void what_cannot_be_judged_is_refused_with_the_reason(void)
{
    static const struct refused_row rows[] = {
        {PACKET("ip.proto: 16", "  ip.tll: 4\n"), "no field is named ip.tll; did you mean ip.ttl?"},
        {PACKET("ip.proto: 16", "  ip.len: 40\n"), "ip.len cannot be a clause"},
        {PACKET("ip.proto: 16", "  ip.ttl: 256\n"), "larger than 255"},
        {PACKET("ip.proto: 16", "  ip.ttl: {range: [9, 3]}\n"), "ends before it begins"},
        {PACKET("ip.proto: 16", "  ip.ttl: {mask: 0xF0, value: 0x0F}\n"), "nothing can match"},
        {PACKET("ip.proto: 16", "  ip.ttl: {text: x, encoding: utf-8}\n"), "holds a number"},
        {PACKET("ip.proto: 16", "  ip.ttl: {param: u16, per: class}\n"), "param is [lowest, highest]"},
        {PACKET("ip.proto: 16", "  ip.dsfield.dscp: {param: [33, 33], per: class}\n"),
         "no value from 33 to 33"},
        {PACKET("ip.proto: 16", "  ip.id: 0\n"), "ip.id: 0 cannot be received"},
        {PACKET("ip.proto: 16", "  ip.proto: 16\n"), "one clause a field"},
        {PACKET("ip.proto: 16", "  tcp.dstport: 40\n"),
         "no packet has this field and what the clause on ip.proto"},
        {PACKET("tcp.dstport: 40", "  udp.length: 9\n"),
         "no packet has this field and what the clause on tcp.dstport"},
        {PACKET("ipv6.nxt: 253", "  ip.ttl: 9\n"), "one is of IPv4, one of IPv6"},
        {PACKET("icmpv6.type: 128", "  ip.ttl: 9\n"), "one is of IPv4, one of IPv6"},
        {PACKET("icmpv6.type: 128", "  udp.length: 9\n"),
         "no packet has this field and what the clause on icmpv6.type"},
        {PACKET("ipv6.nxt: 253", "  ipv6.src: 10.10.0.40\n"), "is not an IPv6 address"},
        {PACKET("ipv6.nxt: 253", "  ipv6.src: {range: [\"::1\", \"::9\"]}\n"), "holds an IPv6 address"},
        {PACKET("ipv6.src: \"::1\"", ""), "cannot be listened for"},
        {PACKET("ip.proto: KAOS", ""), "protocol's name"},
        {PACKET("tcp.dstport: 40000", ""), "a port that the kernel hands out"},
        {PACKET("tcp.dstport: 1110", ""), "the briefing's port"},
        {PACKET("ip.proto: TCP", ""), "takes every TCP packet"},
        {STREAM("1110"), "port 1110 is the briefing's"},
        {"kind: stream\nlisten: {tcp.dstport: 5309}\nexpect:\n  payload: {text: \"{student}\"}\n  ip.ttl: "
         "4\n",
         "written by the student's kernel"},
        {"kind: packet\nlisten: {unix.path: x.sock}\nexpect:\n  payload: {text: \"{student}\"}\ndeliver: "
         "{connect: 1111}\n",
         "unix.path is for kind: stream and kind: datagram"},
        {"kind: stream\nlisten: {unix.path: x.sock}\nexpect:\n  payload: {text: \"{student}\"}\n"
         "  tcp.srcport: 9\n",
         "tcp.srcport: what comes through a socket file has no header"},
        {"kind: stream\nlisten: {unix.path: x.sock}\nidentify: source\nexpect:\n  payload: any\n",
         "unix.path tells no address, so a text must say whose it is"},
        {"kind: stream\nlisten: {unix.path: x.sock}\nsteps:\n- expect: {payload: {text: \"{student}\"}}\n"
         "- say: more\n- expect: {payload: {text: x}}\n",
         "unix.path takes one message; steps are over TCP and UDP"},
        {"kind: stream\nlisten: {udp.dstport: 5309}\nexpect:\n  payload: {text: \"{student}\"}\n",
         "listen: {tcp.dstport: PORT}"},
    };
    are_refused(rows, sizeof(rows) / sizeof(rows[0]));
}

static void of_several_ports_each_step_says_one_that_is_heard(void)
{
    static const struct refused_row rows[] = {
        {PACKET("tcp.dstport: {in: [9, 1110]}", "  tcp.dstport: 9\n"), "the briefing's port"},
        {PACKET("udp.dstport: {in: [9, 40000]}", "  udp.dstport: 9\n"), "a port that the kernel hands out"},
        {PACKET("udp.dstport: {in: [9, 10]}", ""),
         "listen names several values of udp.dstport; say under expect which of them is asked for here"},
        {PACKET("udp.dstport: {in: [9, 10]}", "  udp.dstport: 11\n"),
         "udp.dstport: 11 is none of those that listen names, so it is not heard"},
        {PACKET("udp.dstport: {in: [9, 9]}", "  udp.dstport: 9\n"), "udp.dstport: 9 stands there twice"},
        {PACKET("udp.dstport: {in: [9, 70000]}", "  udp.dstport: 9\n"), "larger than 65535"},
        {PACKET("ip.proto: {in: [16, 253]}", "  ip.proto: 16\n"),
         "several values are listened for by a packet challenge, and of a port; here of one"},
        {"kind: stream\nlisten: {tcp.dstport: {in: [9, 10]}}\nexpect:\n  payload: {text: \"{student}\"}\n",
         "several values are listened for by a packet challenge, and of a port; here of one"},
        {"kind: packet\nlisten: {udp.dstport: {in: [9, 10]}}\nsteps:\n- expect: {udp.dstport: 9, payload: "
         "{text: \"{student}\"}}\n- expect: {payload: any}\ndeliver: {connect: 1111}\n",
         "listen names several values of udp.dstport; say under expect which of them is asked for here"},
    };
    are_refused(rows, sizeof(rows) / sizeof(rows[0]));
}

static void what_is_no_filter_of_the_whole_is_refused(void)
{
    static const struct refused_row rows[] = {
        {PACKET("arp.opcode: 2", ""), "payload: no frame has this and what is asked of ARP"},
        {PACKET("eth.type: 0x1234", "  ip.ttl: 3\n"),
         "ip.ttl: no frame has this and what is asked of the link"},
        {PACKET("frame: 3", ""), "frame is the whole frame: give {matches:"},
        {PACKET("ip.proto: 16", "  ip.ttl: {matches: tcp}\n"), "ip.ttl is one field; a filter is asked"},
        {PACKET("ip.proto: 16", "  frame: {matches: tcp, rejects: udp}\n"), "has both matches and rejects"},
        {PACKET("ip.proto: 16", "  frame: {matches: ip, example: {ip.tll: 3}}\n"),
         "example: ip.tll is no field with a number; did you mean ip.ttl?"},
        {PACKET("ip.proto: 16", "  frame: {matches: ip, example: {ip.ttl: 256}}\n"), "larger than 255"},
        {PACKET("ip.proto: 16", "  frame: {matches: ip, example: {ip.proto: 16}}\n"),
         "has a clause of its own"},
        {PACKET("ip.proto: 16", "  ip.ttl: {example: {ip.id: 16}}\n"), "says nothing to match"},
        {"kind: stream\nlisten: {tcp.dstport: 5309}\nexpect:\n  payload: {text: \"{student}\"}\n  frame: "
         "{matches: tcp}\n",
         "written by the student's kernel"},
    };
    are_refused(rows, sizeof(rows) / sizeof(rows[0]));
}

static void a_filters_error_is_where_its_word_stands(void)
{
    static const struct {
        const char *clause, *told;
        int line, column;
    } rows[] = {
        {"  frame: {matches: \"ip[8] < 9 and port http\"}\n", "\"http\" is no word of it", 5, 40},
        {"  frame: {rejects: tcp dst}\n", "more is needed behind \"dst\"", 5, 27},
        {"  frame:\n    rejects: |\n      ip[8] < 9\n      and and\n", "syntax error, at \"and\"", 8, 11},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[400];
        struct tree tree;
        snprintf(text, sizeof(text), PACKET("ip.proto: 16", "%s"), rows[i].clause);
        struct tree_file file = {"one", text};
        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NULL(tree.book);
        CU_ASSERT_TRUE(tree_told(&tree, rows[i].told));
        CU_ASSERT_EQUAL_FATAL(tree.problems.n, 1);
        CU_ASSERT_EQUAL(tree.problems.items[0].at.line, rows[i].line);
        CU_ASSERT_EQUAL(tree.problems.items[0].at.column, rows[i].column);
        tree_close(&tree);
    }
}

static void no_packet_is_for_two_challenges(void)
{
    static const struct {
        const char *a, *b, *told; /* NULL: they live side by side */
    } rows[] = {
        {PACKET("ip.proto: 16", ""), PACKET("ip.proto: 17, udp.dstport: 9", ""), NULL},
        {PACKET("ip.proto: 16", ""), PACKET("ip.proto: 16, ip.ttl: 9", ""),
         "can be for this challenge and for a"},
        {PACKET("tcp.dstport: 8081", ""), PACKET("tcp.dstport: 8082", ""), NULL},
        {LOCAL("stream", "x.sock"), LOCAL("stream", "y.sock"), NULL},
        {LOCAL("stream", "x.sock"), LOCAL("datagram", "x.sock"), "unix.path x.sock is a's already"},
        {PACKET("tcp.dstport: 8081", ""), PACKET("tcp.srcport: 8082", ""),
         "can be for this challenge and for a"},
        {PACKET("tcp.dstport: 8081", ""), PACKET("udp.dstport: 8081", ""), NULL},
        {PACKET("tcp.dstport: 8081", ""), PACKET("ip.proto: 16", ""), NULL},
        {PACKET("icmp.type: 8", ""), PACKET("ip.proto: ICMP", ""), "can be for this challenge and for a"},
        {PACKET("ipv6.nxt: 16", ""), PACKET("ip.proto: 16", ""), NULL},
        {PACKET("ipv6.nxt: 58", ""), PACKET("icmpv6.type: 128", ""), "can be for this challenge and for a"},
        {ARP("2"), ARP("1"), NULL},
        {ARP("2"), ARP("2"), "can be for this challenge and for a"},
        {ARP("2"), PACKET("ip.proto: 16", ""), NULL},
        {STREAM("5309"), PACKET("tcp.dstport: 5309", ""), "where a answers with a socket"},
        {PACKET("udp.dstport: {in: [9, 11]}", "  udp.dstport: 9\n"),
         PACKET("udp.dstport: {in: [10, 12]}", "  udp.dstport: 12\n"), NULL},
        {PACKET("udp.dstport: {in: [9, 11]}", "  udp.dstport: 9\n"),
         PACKET("udp.dstport: {in: [10, 11]}", "  udp.dstport: 10\n"), "can be for this challenge and for a"},
        {PACKET("udp.dstport: 11", ""), PACKET("udp.dstport: {in: [10, 11]}", "  udp.dstport: 10\n"),
         "can be for this challenge and for a"},
        {PACKET("udp.dstport: {in: [10, 11]}", "  udp.dstport: 10\n"), PACKET("ip.proto: 16", ""), NULL},
        {STREAM("5309"), PACKET("tcp.dstport: {in: [8081, 5309]}", "  tcp.dstport: 8081\n"),
         "where a answers with a socket"},
        {STREAM("5309"), STREAM("5309"), "port 5309 is a's already"},
        {STREAM("5309"), STREAM("5310"), NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tree tree;
        struct tree_file files[] = {{"a", rows[i].a}, {"b", rows[i].b}};
        tree_open(&tree, files, 2, false);
        CU_ASSERT_EQUAL(tree.book == NULL, rows[i].told != NULL);
        if (rows[i].told)
            CU_ASSERT_TRUE(tree_told(&tree, rows[i].told));
        tree_close(&tree);
    }
}

static void what_no_target_can_see_is_said(void)
{
    struct tree tree;
    struct tree_file file = {"one", PACKET("icmpv6.type: 128", "  ipv6.hlim: 64\n")};

    tree_open(&tree, &file, 1, false);
    CU_ASSERT_PTR_NOT_NULL(tree.book);
    CU_ASSERT_FALSE(tree_told(&tree, "the class's target has no IPv6 address"));
    rulebook_free(tree.book);
    tree.class.other_target = 0;
    tree.book = rulebook_compile(&tree.course, &tree.class, NULL, tree.ring, NULL, 0, &tree.problems);
    CU_ASSERT_TRUE(tree_told(&tree, "the class's target has no IPv6 address"));
    tree_close(&tree);
}

static void whom_nobody_can_find_at_home_is_said(void)
{
    static char file[] = "class.yml";
    struct student students[] = {{.handle = "smith"}, {.handle = "jones"}};
    const struct roster roster = {.students = students, .n = 2};
    struct tree tree;
    struct tree_file own = {"one", "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  payload: {text: "
                                   "\"{student}\"}\ndeliver: {connect: 1111, to: own-host}\n"};

    tree_open(&tree, &own, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    char *before = tree.class.file;
    tree.class.file = file;
    for (int known = 1; known >= 0; known--) {
        students[1].address = known ? 0x0A0A0028 : 0;
        rulebook_free(tree.book);
        tree.book = rulebook_compile(&tree.course, &tree.class, &roster, tree.ring, NULL, 0, &tree.problems);
        CU_ASSERT_EQUAL(tree_told(&tree, "no row of the class's roster has an address"), !known);
    }
    tree.class.file = before;
    tree_close(&tree);
}

#define DIAL(transport, port)                                                                                \
    "kind: stream\nlisten: {tcp.dstport: 5312}\nsteps:\n  - expect: {payload: {text: \"{student}\"}}\n"      \
    "    dial: {transport: " transport ", port: " port "}\n  - expect: {payload: {text: \"{student}\"}}\n"
#define DATAGRAM(port)                                                                                       \
    "kind: datagram\nlisten: {udp.dstport: " port "}\nexpect:\n  payload: {text: \"{student}\"}\n"
#define SAYS "kind: stream\nlisten: {tcp.dstport: 5309}\nexpect:\n  payload: {text: x}\n"

struct own_row {
    const char *a, *c; /* beside b, which is called back to at 1111; c may be NULL */
    uint16_t connect, briefing;
    const char *told; /* "" when nothing is */
};

/* Compiled once more as for students' own hosts. */
static void check_own(const struct own_row *row)
{
    struct tree tree;
    struct tree_file files[] = {{"a", row->a}, {"b", PACKET("ip.proto: 16", "")}, {"c", row->c}};

    tree_open(&tree, files, row->c ? 3 : 2, false);
    CU_ASSERT_PTR_NOT_NULL(tree.book);
    tree.class.own_host = true;
    tree.class.connect = row->connect;
    tree.class.briefing = row->briefing;
    struct rulebook *own = rulebook_compile(&tree.course, &tree.class, NULL, NULL, NULL, 0, &tree.problems);
    CU_ASSERT_EQUAL(own != NULL, !*row->told);
    if (own)
        CU_ASSERT_EQUAL(rules_connect_port(rulebook_find(own, "b")), row->connect ? row->connect : 1111);
    if (own && rules_dial_port(rulebook_find(own, "a")) && row->connect)
        CU_ASSERT_EQUAL(rules_dial_port(rulebook_find(own, "a")), row->connect);
    if (*row->told)
        CU_ASSERT_TRUE(tree_told(&tree, row->told));
    rulebook_free(own);
    tree_close(&tree);
}

static void on_ones_own_host_calls_go_to_a_port_of_the_students(void)
{
    static const struct own_row rows[] = {
        {STREAM("5309"), NULL, 0, 1110, ""},
        {STREAM("1111"), NULL, 0, 1110,
         "connect: 1111 of b is where a listens on the same host; write `connect: 4711`"},
        {STREAM("1111"), NULL, 4711, 1110, ""},
        {STREAM("4711"), NULL, 4711, 1110, "connect: 4711 of b is where a listens on the same host"},
        {DATAGRAM("1111"), NULL, 0, 1110, ""},
        {STREAM("5309"), NULL, 0, 1111, "connect: 1111 of b is the briefing's port on the same host"},
        {STREAM("5309"), NULL, 40000, 1110, "connect: 40000 of b is a port that the kernel hands out"},
        {PACKET("tcp.dstport: 1111", ""), NULL, 0, 1110,
         "connect: 1111 of b is in packets that a listens for"},
        {PACKET("tcp.dstport: {in: [9, 1111]}", "  tcp.dstport: 9\n"), NULL, 0, 1110,
         "connect: 1111 of b is in packets that a listens for"},
        {PACKET("udp.dstport: 1111", ""), NULL, 0, 1110, ""},
        {SAYS "identify: source\n", NULL, 0, 1110, "write identify: own-host"},
        {SAYS "identify: own-host\n", NULL, 0, 1110, ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_own(&rows[i]);
}

static void and_so_do_conversations_that_the_target_begins(void)
{
    static const struct own_row rows[] = {
        {DIAL("stream", "2222"), NULL, 0, 1110, ""},
        {DIAL("stream", "1111"), STREAM("1111"), 0, 1110,
         "dial: 1111 of a is where c listens on the same host"},
        {DIAL("stream", "1111"), STREAM("1111"), 4711, 1110, ""},
        {DIAL("stream", "5312"), NULL, 0, 1110, "dial: 5312 of a is where a listens on the same host"},
        {DIAL("stream", "2222"), DATAGRAM("2222"), 0, 1110, ""},
        {DIAL("datagram", "2222"), DATAGRAM("2222"), 0, 1110,
         "dial: 2222 of a is where c listens on the same host; write `connect: 4711`"},
        {DIAL("datagram", "2222"), DATAGRAM("2222"), 4711, 1110, ""},
        {DIAL("datagram", "2222"), DATAGRAM("4711"), 4711, 1110, "connect: 4711 of a is where c listens"},
        {DIAL("datagram", "2222"), STREAM("2222"), 0, 1110, ""},
        {DIAL("stream", "2222"), PACKET("tcp.dstport: 2222", ""), 0, 1110,
         "dial: 2222 of a is in packets that c listens for"},
        {DIAL("datagram", "2222"), PACKET("udp.dstport: 2222", ""), 0, 1110,
         "dial: 2222 of a is in packets that c listens for"},
        {DIAL("datagram", "2222"), PACKET("tcp.dstport: 2222", ""), 0, 1110, ""},
        {DIAL("stream", "2222"), NULL, 0, 2222, "dial: 2222 of a is the briefing's port on the same host"},
        {DIAL("datagram", "2222"), NULL, 0, 2222, ""},
        {DIAL("datagram", "40000"), NULL, 0, 1110, "dial: 40000 of a is a port that the kernel hands out"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_own(&rows[i]);
}

static void a_port_is_served_by_its_socket_and_0_by_none(void)
{
    static const struct tree_file files[] = {{"file", LOCAL("datagram", "x.sock")},
                                             {"file2", LOCAL("stream", "y.sock")},
                                             {"port", STREAM("5309")}};
    struct tree tree;

    tree_open(&tree, files, 3, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_EQUAL(rulebook_served(tree.book, TARGET_STREAM, 5309), rulebook_find(tree.book, "port"));
    CU_ASSERT_PTR_NULL(rulebook_served(tree.book, TARGET_DATAGRAM, 5309));
    CU_ASSERT_PTR_NULL(rulebook_served(tree.book, TARGET_DATAGRAM, 0));
    CU_ASSERT_PTR_NULL(rulebook_served(tree.book, TARGET_STREAM, 0));
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_port_is_served_by_its_socket_and_0_by_none", a_port_is_served_by_its_socket_and_0_by_none},
    {"what_cannot_be_judged_is_refused_with_the_reason", what_cannot_be_judged_is_refused_with_the_reason},
    {"of_several_ports_each_step_says_one_that_is_heard", of_several_ports_each_step_says_one_that_is_heard},
    {"what_is_no_filter_of_the_whole_is_refused", what_is_no_filter_of_the_whole_is_refused},
    {"a_filters_error_is_where_its_word_stands", a_filters_error_is_where_its_word_stands},
    {"no_packet_is_for_two_challenges", no_packet_is_for_two_challenges},
    {"whom_nobody_can_find_at_home_is_said", whom_nobody_can_find_at_home_is_said},
    {"what_no_target_can_see_is_said", what_no_target_can_see_is_said},
    {"on_ones_own_host_calls_go_to_a_port_of_the_students",
     on_ones_own_host_calls_go_to_a_port_of_the_students},
    {"and_so_do_conversations_that_the_target_begins", and_so_do_conversations_that_the_target_begins},
};
extern const struct unit_group compile_cases;
UNIT_GROUP(compile_cases, cases);
