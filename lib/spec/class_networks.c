/* Where the class's target and its students are. */
#include "spec/class_networks.h"

#include <string.h>

#include "base/str.h"

enum { NETWORKS_MAX = 256 };

#define IN(addr, net, bits) (((addr) ^ (net)) >> (32 - (bits)) == 0)
#define LOOPBACK 0x7f000000U

/* Why nobody's host has such an address; NULL when one may. */
static const char *address_fault(uint32_t addr)
{
    if (IN(addr, 0, 8))
        return "is no host's address";
    if (IN(addr, 0xe0000000U, 4))
        return "is multicast";
    if (IN(addr, 0xf0000000U, 4))
        return "is broadcast or reserved";
    return NULL;
}

static void read_target(struct schema *s, const struct yaml *value, void *out)
{
    struct class *c = out;
    const char *text = schema_text(s, value, "target");

    c->target_at = value->at;
    if (!text)
        return;
    if (strcmp(text, "own") == 0) {
        c->own_host = true;
        c->target = LOOPBACK | 1;
        return;
    }
    if (!parse_ipv4(text, &c->target)) {
        problem_add(s->problems, s->file, value->at,
                    "target \"%.60s\" is not an IPv4 address like 172.16.1.15, nor the word own", text);
        return;
    }
    const char *fault = address_fault(c->target);
    if (fault)
        problem_add(s->problems, s->file, value->at, "target %s %s; write the address that students send to",
                    text, fault);
}

/* The widest network that a class may be is a /8: wider ones hold what is not the class's. */
#define WIDEST 0xff000000U

static void check_network(struct schema *s, const struct yaml *value, const struct network *n)
{
    const char *fault = address_fault(n->net);

    if (n->mask < WIDEST)
        problem_add(
            s->problems, s->file, value->at,
            "students \"%s\" is wider than /8; name the class's own networks, they are the only ones ever "
            "answered",
            value->text);
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
        if (parse_ipv4_net(text, &n.net, &n.mask)) {
            check_network(s, row, &n);
            c->students[c->n_students++] = n;
        } else {
            problem_add(s->problems, s->file, row->at,
                        "students \"%.60s\" is not a network like 10.10.0.0/24, with zeros after its /24",
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
        if (n->mask >= WIDEST && (c->target & n->mask) == n->net)
            problem_add(
                s->problems, s->file, row->at,
                "students \"%s\" holds the target's own address (line %d, column %d); nothing may be sent "
                "to it; where each student runs the target himself, write target: own and no students",
                row->text, c->target_at.line, c->target_at.column);
        else if (IN(n->net, LOOPBACK, 8) && !IN(c->target, LOOPBACK, 8))
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

/* The first and the last address of a network are its old and its present broadcast address: an answer there
 * would reach everybody. */
bool class_has_student(const struct class *class, uint32_t addr)
{
    if (class->own_host && !class->n_students)
        return !address_fault(addr);
    if (addr == class->target && !class->own_host)
        return false;
    for (size_t i = 0; i < class->n_students; i++) {
        const struct network *n = &class->students[i];
        bool ends = ~n->mask > 1 && (addr == n->net || addr == (n->net | ~n->mask));
        if ((addr & n->mask) == n->net && !ends)
            return true;
    }
    return false;
}

bool class_has_target(const struct class *class, uint32_t addr)
{
    return class->own_host ? class_has_student(class, addr) : addr == class->target;
}
