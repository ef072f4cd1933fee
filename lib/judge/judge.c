/* Judging is dumb on purpose: every clause is compared, in wire order, nothing is explained here. No memory
 * is taken; what a finding says in words is made elsewhere, for near misses only. */
#include "judge/judge.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "judge/bytes.h"
#include "judge/filtered.h"
#include "judge/identify.h"
#include "judge/params.h"
#include "judge/rules_private.h"

/* Which field a fault speaks of. A clause on that field judges it instead. FAULT_FRAGMENT alone is no
 * failure: it blocks what is above. */
static const struct {
    enum fault fault;
    const char *field;
    const char *field6; /* over IPv6 */
} FAULTS[] = {
    {FAULT_TRUNCATED, "ip.len", "ipv6.plen"},
    {FAULT_BAD_VERSION, "ip.version", "ipv6.version"},
    {FAULT_BAD_IHL, "ip.hdr_len", NULL},
    {FAULT_BAD_LENGTH, "ip.len", "ipv6.plen"},
    {FAULT_BAD_OFFSET, "tcp.hdr_len", "tcp.hdr_len"},
    {FAULT_BAD_OPTIONS, "ip.options", "ipv6.nxt"},
    {FAULT_IP_CHECKSUM, "ip.checksum", NULL},
    {FAULT_BAD_EXTENSION, NULL, "ipv6.nxt"},
    {FAULT_BAD_CHUNK, "sctp.chunk_length", "sctp.chunk_length"},
    {FAULT_BAD_PARAMETER, "sctp.parameter_length", "sctp.parameter_length"},
};

static bool in_set(const struct clause *clause, uint64_t value)
{
    for (size_t i = 0; i < clause->n_set; i++)
        if (clause->set[i] == value)
            return true;
    return false;
}

static bool value_matches(const struct clause *clause, uint64_t value, uint64_t student_value)
{
    switch (clause->kind) {
    case MATCH_EQUAL:
        return value == clause->a;
    case MATCH_IN:
        return in_set(clause, value);
    case MATCH_NOT:
        return !in_set(clause, value);
    case MATCH_RANGE:
        return value >= clause->a && value <= clause->b;
    case MATCH_MASK:
        return (value & clause->a) == clause->b;
    case MATCH_PARAM:
        return value == (clause->per_student ? student_value : clause->a);
    case MATCH_ANY:
    case MATCH_BIND:
        return true;
    case MATCH_TEXT:
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_LENGTH:
    case MATCH_BOUND: /* outside of a try nothing is bound */
    case MATCH_FILTER:
        break;
    }
    return false;
}

static bool address_matches(const struct clause *clause, const uint8_t *bytes)
{
    uint64_t got[2];
    bool found = false;

    address6_load(bytes, got);
    for (size_t i = 0; i < clause->n_set; i += 2)
        found = found || (clause->set[i] == got[0] && clause->set[i + 1] == got[1]);
    return found == (clause->kind != MATCH_NOT);
}

/* An IPv6 address, or the frame. */
static enum finding_status judge_whole(const struct clause *clause, const struct packet *packet,
                                       const uint8_t *bytes, struct finding *f)
{
    if (clause->field->kind == FIELD_FRAME)
        return filtered_judge(clause->filtered, packet, &f->got);
    return address_matches(clause, bytes) ? FINDING_PASS : FINDING_FAIL;
}

static enum finding_status judge_bytes(const struct clause *clause, const struct packet *packet,
                                       const char *student, struct finding *f)
{
    const uint8_t *bytes;
    size_t length;

    switch (packet_bytes(packet, clause->field, &bytes, &length)) {
    case FIELD_CUT:
        return FINDING_BLOCKED;
    case FIELD_ABSENT:
        f->absent = true;
        return FINDING_FAIL;
    case FIELD_OK:
        break;
    }
    f->offset = (uint16_t)(bytes - packet->frame);
    f->length = (uint16_t)length;
    if (clause->kind == MATCH_ANY)
        return length ? FINDING_PASS : FINDING_FAIL;
    if (clause->field->kind != FIELD_BYTES)
        return judge_whole(clause, packet, bytes, f);
    return bytes_match(clause, bytes, length, student) ? FINDING_PASS : FINDING_FAIL;
}

/* Where the bytes of a fixed field are, when all of them were captured. */
static void place_field(const struct packet *packet, struct finding *f)
{
    const struct span *span = &packet->layers[f->field->layer];
    unsigned at = span->offset + f->field->bit / 8u, n = (f->field->bit % 8u + f->field->bits + 7u) / 8u;

    if (!span->present || at + n > packet->length)
        return;
    f->offset = (uint16_t)at;
    f->length = (uint16_t)n;
}

static enum finding_status judge_value(const struct clause *clause, const struct packet *packet, bool blocked,
                                       uint64_t student_value, struct finding *f)
{
    switch (packet_value(packet, clause->field, &f->got)) {
    case FIELD_CUT:
        return FINDING_BLOCKED;
    case FIELD_ABSENT:
        f->absent = true;
        return FINDING_FAIL;
    case FIELD_OK:
        break;
    }
    place_field(packet, f);
    if (!clause->spec)
        return FINDING_INFO;
    if (blocked)
        return FINDING_BLOCKED;
    return value_matches(clause, f->got, student_value) ? FINDING_PASS : FINDING_FAIL;
}

/* A transport header that is missing because ip.proto or ipv6.nxt is another is that clause's mistake, told
 * once. */
static bool protocol_failed(const struct verdict *v, const struct finding *f)
{
    if (!f->absent || f->field->layer < LAYER_TCP || f->field->layer > LAYER_ICMP6)
        return false;
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_FAIL && (strcmp(v->findings[i].field->name, "ip.proto") == 0 ||
                                                      strcmp(v->findings[i].field->name, "ipv6.nxt") == 0))
            return true;
    return false;
}

static void judge_clause(const struct rules *rules, size_t i, const struct packet *packet,
                         const uint64_t *values, struct verdict *v)
{
    const struct clause *clause = &rules->clauses[i];
    bool made =
        clause->kind != MATCH_PARAM || (clause->per_student ? v->student[0] && values : clause->known);
    struct finding *f = &v->findings[v->n];

    *f = (struct finding){.clause = clause->spec ? clause : NULL, .field = clause->field};
    f->status = clause->field->bits == 0
                    ? judge_bytes(clause, packet, v->student, f)
                    : judge_value(clause, packet, !made, values && made ? values[i] : 0, f);
    if (f->status == FINDING_FAIL && protocol_failed(v, f))
        f->status = FINDING_BLOCKED;
    v->n++;
    if (!clause->spec)
        return;
    /* without a key no value can be made: nobody's fault, and no proof of anything */
    if (f->status == FINDING_BLOCKED && !made && !rules->has_key && !f->absent && f->length) {
        f->status = FINDING_INFO;
        v->n_unknown++;
        return;
    }
    v->n_judged++;
    v->n_right += f->status == FINDING_PASS;
    v->pass = v->pass && f->status == FINDING_PASS;
}

/* Puts the finding of a fault (0: of the value itself) in front of the first one whose field comes later on
 * the wire, or makes the finding of what is always checked a failure. */
static void add_fault(const struct packet *packet, struct verdict *v, enum fault fault,
                      const struct field *field)
{
    size_t at = 0;

    for (; at < v->n; at++) {
        const struct field *other = v->findings[at].field;
        if (other == field && !v->findings[at].clause) {
            v->findings[at].status = FINDING_FAIL;
            v->findings[at].fault = fault;
            return;
        }
        if (other->layer > field->layer || (other->layer == field->layer && other->bit > field->bit))
            break;
    }
    assert(v->n < FINDINGS_MAX); /* CLAUSES_MAX, what is always checked, and a fault of each kind */
    memmove(&v->findings[at + 1], &v->findings[at], (v->n - at) * sizeof(v->findings[0]));
    v->findings[at] = (struct finding){.field = field, .status = FINDING_FAIL, .fault = fault};
    place_field(packet, &v->findings[at]);
    packet_value(packet, field, &v->findings[at].got);
    v->n++;
}

static void judge_faults(const struct rules *rules, const struct packet *packet, struct verdict *v)
{
    bool v6 = packet->layers[LAYER_IP6].present;

    for (size_t i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++) {
        const char *name = v6 ? FAULTS[i].field6 : FAULTS[i].field;
        /* an IPv4 header of five words has no options: they are TCP's */
        if (FAULTS[i].fault == FAULT_BAD_OPTIONS && !v6 && packet->layers[LAYER_IP].length == 20)
            name = "tcp.options";
        if (!(packet->faults & FAULTS[i].fault) || !name || clause_of(rules, field_find(name)))
            continue;
        add_fault(packet, v, FAULTS[i].fault, field_find(name));
        v->pass = false;
    }
}

/* Whoever was read in a text that is not right is asked for by nothing else, unless a roster knows him or a
 * value that is his alone stands in the packet. */
static bool is_guess(const struct rules *rules, const struct verdict *v)
{
    bool right = false, own = false;

    if (!v->student[0] || rules->roster || !rules->named)
        return false;
    for (size_t i = 0; i < v->n; i++) {
        const struct clause *c = v->findings[i].clause;
        bool pass = v->findings[i].status == FINDING_PASS;
        right = right || (c == rules->named && pass);
        own = own || (c && c->kind == MATCH_PARAM && c->per_student && pass);
    }
    return !right && !own;
}

/* Without a roster any word is a handle: a text that is right names its student only where no value of his
 * own contradicts it. */
static bool is_doubtful(const struct rules *rules, const struct verdict *v)
{
    bool right = false, has_own = false, own = false;

    if (v->pass || !v->student[0] || rules->roster || !rules->named)
        return false;
    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        const struct clause *c = f->clause;
        const bool wide = c && c->kind == MATCH_PARAM && c->per_student && c->field->bits >= 16;
        right = right || (c == rules->named && f->status == FINDING_PASS);
        has_own = has_own || (wide && (f->status == FINDING_PASS || f->status == FINDING_FAIL) && !f->absent);
        own = own || (wide && f->status == FINDING_PASS);
    }
    return has_own ? !own : !right;
}

/* Of a message of ARP that says two IPv4 addresses those that no clause speaks of: one may be meant to be
 * another's. */
static bool is_arp_between(const struct rules *rules, const struct packet *packet)
{
    const ipaddr source = packet_src(packet), destination = packet_dst(packet);

    return (!source && !destination) || !rules_is_arp(rules) ||
           ((class_has_student(rules->class, source) || clause_of(rules, field_find("arp.src.proto_ipv4"))) &&
            (class_has_target(rules->class, destination) ||
             clause_of(rules, field_find("arp.dst.proto_ipv4"))));
}

bool judge_addresses(const struct rules *rules, const struct packet *packet)
{
    const unsigned version = packet_ip_version(packet);

    if (rules->challenge->target.kind != TARGET_PACKET || !version)
        return rules->challenge->target.kind != TARGET_PACKET || is_arp_between(rules, packet);
    /* where the class has no IPv6, its challenges are for captures alone, from wherever they are */
    return (version == 6 && !class_target(rules->class, true)) ||
           (class_has_target(rules->class, packet_dst(packet)) &&
            (rules_to_home(rules) || class_has_student(rules->class, packet_src(packet))));
}

/* What is always checked, where no clause that failed speaks of it. */
static void judge_address(const struct rules *rules, const struct packet *packet, struct verdict *v,
                          const char *name)
{
    const struct field *field = field_find(name);

    if (field->layer == LAYER_ARP && clause_of(rules, field))
        return;
    v->pass = false;
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].field == field && v->findings[i].status == FINDING_FAIL)
            return;
    add_fault(packet, v, 0, field);
}

/* For out->student. */
static void judge(const struct rules *rules, const struct packet *packet, struct verdict *out)
{
    uint64_t values[CLAUSES_MAX] = {0};
    bool made = out->student[0] && params_make(rules, out->student, values);

    out->pass = true;
    out->n = out->n_right = out->n_judged = out->n_unknown = 0;
    for (size_t i = 0; i < rules->n; i++)
        judge_clause(rules, i, packet, made ? values : NULL, out);
    if (packet->faults)
        judge_faults(rules, packet, out);
    if (!judge_addresses(rules, packet)) {
        static const char *const names[][2] = {
            {"ip.src", "ip.dst"}, {"ipv6.src", "ipv6.dst"}, {"arp.src.proto_ipv4", "arp.dst.proto_ipv4"}};
        const unsigned version = packet_ip_version(packet);
        const char *const *name = names[version == 4 ? 0 : version == 6 ? 1 : 2];
        if (!rules_to_home(rules) && !class_has_student(rules->class, packet_src(packet)))
            judge_address(rules, packet, out, name[0]);
        if (!class_has_target(rules->class, packet_dst(packet)))
            judge_address(rules, packet, out, name[1]);
    }
    /* nobody to hand a flag to, or nobody who says so */
    out->pass = out->pass && out->student[0] && !out->by_address;
}

/* A near miss that names nobody is told to whom the roster has at its source, and nobody else. */
static void identify(const struct rules *rules, const struct packet *packet, ipaddr source, bool deep,
                     struct verdict *out)
{
    const char *at = "";

    out->stranger = !identify_student(rules, packet, source, deep, out->student);
    if (!out->student[0] && !out->stranger && rules->roster &&
        rules->challenge->target.identify == IDENTIFY_TEXT)
        at = identify_source(rules, source);
    if (*at)
        str_copy(out->student, sizeof(out->student), at);
    out->by_address = *at != '\0';
    out->given = false;
}

void judge_packet(const struct rules *rules, const struct packet *packet, ipaddr source, struct verdict *out)
{
    identify(rules, packet, source, true, out);
    judge(rules, packet, out);
    out->uncertain = !out->pass && is_guess(rules, out);
    out->doubtful = is_doubtful(rules, out);
}

void judge_quickly(const struct rules *rules, const struct packet *packet, ipaddr source, struct verdict *out)
{
    identify(rules, packet, source, false, out);
    judge(rules, packet, out);
    out->uncertain = !out->pass && is_guess(rules, out);
    out->doubtful = is_doubtful(rules, out);
}

void judge_packet_for(const struct rules *rules, const struct packet *packet, const char *student,
                      struct verdict *out)
{
    out->given = true;
    out->stranger = out->uncertain = out->doubtful = out->by_address = false;
    str_copy(out->student, sizeof(out->student), student);
    judge(rules, packet, out);
}
