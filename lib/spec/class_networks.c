/* Where the class's target and its students are. */
#include "spec/class_networks.h"

#include <string.h>

#include "base/str.h"

enum { NETWORKS_MAX = 256 };

#define IN(addr, net, bits) (((addr) ^ (net)) >> (32 - (bits)) == 0)
#define LOOPBACK 0x7f000000U

/* Why nobody's host has such an address; NULL when one may. */
static const char *address_fault(ipaddr addr)
{
    if (ipaddr_is6(addr))
        return addr >> 120 == 0xff           ? "is multicast"
               : ipaddr_is_link_local6(addr) ? "is link-local, which means a host only on one link"
                                             : NULL;
    if (IN(addr, 0, 8))
        return "is no host's address";
    if (IN(addr, 0xe0000000U, 4))
        return "is multicast";
    if (IN(addr, 0xf0000000U, 4))
        return "is broadcast or reserved";
    return NULL;
}

/* One of networks.target; 0 when it is none. */
static ipaddr read_one(struct schema *s, const struct yaml *value)
{
    const char *text = schema_text(s, value, "target"), *fault;
    ipaddr address;

    if (!text)
        return 0;
    if (!ipaddr_parse(text, &address)) {
        problem_add(s->problems, s->file, value->at,
                    "target \"%.60s\" is not an address like 172.16.1.15 or fd00:172::15, nor the word own",
                    text);
        return 0;
    }
    fault = address_fault(address);
    if (fault)
        problem_add(s->problems, s->file, value->at, "target %s %s; write the address that students send to",
                    text, fault);
    return address;
}

/* One of each IP version. */
static void read_two(struct schema *s, const struct yaml *value, struct class *c)
{
    for (const struct yaml *row = value->first; row; row = row->next) {
        const ipaddr address = read_one(s, row);
        if (address && value->n > 1 && class_target(c, ipaddr_is6(address)))
            problem_add(s->problems, s->file, row->at,
                        "target has two IPv%d addresses; name one, and beside it at most one of IPv%d",
                        ipaddr_is6(address) ? 6 : 4, ipaddr_is6(address) ? 4 : 6);
        else if (address && (!c->target || ipaddr_is6(c->target))) {
            c->other_target = c->target;
            c->target = address;
        } else if (address) {
            c->other_target = address;
        }
    }
}

static void read_target(struct schema *s, const struct yaml *value, void *out)
{
    struct class *c = out;

    c->target_at = value->at;
    if (value->kind == YAML_SEQUENCE) {
        read_two(s, value, c);
        return;
    }
    if (value->kind == YAML_SCALAR && strcmp(value->text, "own") == 0) {
        c->own_host = true;
        c->target = LOOPBACK | 1;
        return;
    }
    c->target = read_one(s, value);
}

/* The widest network that a class may be is a /8, of IPv6 a /32: wider ones hold what is not the class's. */
enum { WIDEST = 8, WIDEST6 = 32 };

static bool is_too_wide(const struct network *n)
{
    const bool six = ipaddr_is6(n->net);

    return n->mask < ipaddr_mask(six, six ? WIDEST6 : WIDEST);
}

static void check_network(struct schema *s, const struct yaml *value, const struct network *n)
{
    const char *fault = address_fault(n->net);

    if (is_too_wide(n))
        problem_add(
            s->problems, s->file, value->at,
            "students \"%s\" is wider than /%d; name the class's own networks, they are the only ones ever "
            "answered",
            value->text, ipaddr_is6(n->net) ? WIDEST6 : WIDEST);
    else if (fault)
        problem_add(s->problems, s->file, value->at, "students \"%s\" %s; nothing may be sent there",
                    value->text, fault);
}

static void read_students(struct schema *s, const struct yaml *value, void *out)
{
    struct class *c = out;

    if (!schema_sequence(s, value, "students"))
        return;
    if (value->n > NETWORKS_MAX) {
        problem_add(s->problems, s->file, value->at, "%zu networks; at most %d are allowed", value->n,
                    NETWORKS_MAX);
        return;
    }
    c->students = schema_alloc(s, value->n, sizeof(*c->students));
    for (const struct yaml *row = value->first; c->students && row; row = row->next) {
        struct network n = {0};
        const char *text = schema_text(s, row, "a network of students");
        if (!text)
            continue;
        if (ipaddr_parse_net(text, &n.net, &n.mask)) {
            check_network(s, row, &n);
            c->students[c->n_students++] = n;
        } else {
            problem_add(
                s->problems, s->file, row->at,
                "students \"%.60s\" is not a network like 10.10.0.0/24 or fd00:10::/64, with zeros after "
                "its /24 or /64",
                text);
        }
    }
}

static void check_reach(struct schema *s, const struct yaml *students, const struct class *c)
{
    if (!c->target || students->kind != YAML_SEQUENCE || students->n != c->n_students)
        return;
    const struct yaml *row = students->first;
    for (size_t i = 0; i < c->n_students; i++, row = row->next) {
        const struct network *n = &c->students[i];
        const bool six = ipaddr_is6(n->net);
        const ipaddr target = class_target(c, six);
        if (!target)
            problem_add(
                s->problems, s->file, row->at,
                "students \"%s\" is IPv%d, and the target has no such address; write target: [%s, %s]",
                row->text, six ? 6 : 4, six ? "172.16.1.15" : "fd00:172::15",
                six ? "fd00:172::15" : "172.16.1.15");
        else if (!is_too_wide(n) && (target & n->mask) == n->net)
            problem_add(
                s->problems, s->file, row->at,
                "students \"%s\" holds the target's own address (line %d, column %d); nothing may be sent "
                "to it; where each student runs the target himself, write target: own and no students",
                row->text, c->target_at.line, c->target_at.column);
        else if (ipaddr_is_loopback(n->net) && !ipaddr_is_loopback(target))
            problem_add(s->problems, s->file, row->at,
                        "students \"%s\" is loopback, from where nobody reaches the target", row->text);
    }
}

void class_networks_read(struct schema *s, const struct yaml *value, struct class *c)
{
    static const struct schema_key keys[] = {
        {"target", true, read_target, 0, 0},
        {"students", false, read_students, 0, 0},
    };
    const struct yaml *students = yaml_find(value, "students");

    schema_read(s, value, "networks", keys, sizeof(keys) / sizeof(keys[0]), c);
    if (c->own_host && students)
        problem_add(s->problems, s->file, students->key_at,
                    "target: own is each student's own machine, which alone is answered; leave students out");
    else if (students)
        check_reach(s, students, c);
    else if (!c->own_host && value->kind == YAML_MAPPING)
        problem_add(s->problems, s->file, value->at, "key \"students\" is missing in networks");
}

/* The first and the last address of an IPv4 network are its old and its present broadcast address: an answer
 * there would reach everybody. */
bool class_has_student(const struct class *class, ipaddr addr)
{
    const bool six = ipaddr_is6(addr);

    if (class->own_host && !class->n_students)
        return !address_fault(addr);
    if (!class->own_host && class_has_target(class, addr))
        return false;
    for (size_t i = 0; i < class->n_students; i++) {
        const struct network *n = &class->students[i];
        bool ends =
            !six && n->mask < 0xfffffffeU && (addr == n->net || addr == (n->net | (uint32_t)~n->mask));
        if ((addr & n->mask) == n->net && six == ipaddr_is6(n->net) && !ends)
            return true;
    }
    return false;
}

ipaddr class_target(const struct class *class, bool six)
{
    return ipaddr_is6(class->target) == six         ? class->target
           : ipaddr_is6(class->other_target) == six ? class->other_target
                                                    : 0;
}
