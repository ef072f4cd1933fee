/* Most packets of a capture are not the best one, and only that one is told. So what can be read at a fixed
 * place is compared in one load, without a finding; a payload that was seen a moment ago is not decoded
 * again. Whatever is out of the ordinary is left to judge_packet. */
#include "judge/rank.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "judge/identify.h"
#include "judge/judge.h"
#include "judge/params.h"
#include "judge/rules_private.h"
#include "judge/bytes.h"

enum { PAYLOAD_MEMO = 128, WORD = 8 };

enum { LANES_MAX = 8 }; /* IPv4 and TCP have three, UDP one */

/* One clause on a fixed field, in its lane. */
struct test {
    uint8_t layer, offset, shift;
    bool equal; /* to `want`, in place */
    uint64_t mask, want;
    const struct clause *clause;
    size_t index; /* of its student's value */
};

/* Eight bytes of a header and the tests in them, of which those on equality come first and are one comparison
 * where all hold. */
struct lane {
    uint8_t layer, offset;
    uint64_t mask, want;
    const struct test *tests, *others, *end;
};

struct rank {
    const struct rules *rules;
    const char *student;
    bool usable;
    struct test tests[CLAUSES_MAX];
    size_t n_tests;
    struct lane lanes[LANES_MAX];
    size_t n_lanes;
    const struct clause *checksums[CLAUSES_MAX];
    size_t n_checksums;
    const struct clause *payload; /* NULL: no clause on it */
    size_t n_judged;
    uint64_t addresses; /* source and destination of the last packet whose are right; 0: of none */
    /* of the last payload */
    bool filled, right, named;
    uint8_t bytes[PAYLOAD_MEMO];
    size_t length;
    uint64_t values[CLAUSES_MAX];
};

/* The bytes that every header of this layer has; 0 for layers whose fields are not there in every packet
 * (ICMP's depend on its type). */
static size_t fixed_bytes(enum layer layer)
{
    switch (layer) {
    case LAYER_IP:
    case LAYER_TCP:
        return 20;
    case LAYER_UDP:
        return 8;
    default:
        return 0;
    }
}

static bool add_test(struct rank *rank, const struct clause *clause, size_t index)
{
    const struct field *f = clause->field;
    size_t fixed = fixed_bytes(f->layer), first = f->bit / 8u;
    bool equal = clause->kind == MATCH_EQUAL || (clause->kind == MATCH_PARAM && !clause->per_student);

    if (!fixed || !f->bits || f->bits > 48 || f->bit + f->bits > fixed * 8)
        return false;
    size_t end = (f->bit + f->bits + 7u) / 8;
    size_t offset = end <= WORD ? 0 : first >= fixed - WORD ? fixed - WORD : WORD;
    if (end > offset + WORD || first < offset)
        return false;
    unsigned shift = 64 - (unsigned)(f->bit - offset * 8) - f->bits;
    uint64_t low = ((uint64_t)1 << f->bits) - 1;
    if (equal && (clause->a % f->scale || clause->a / f->scale > low))
        return false;
    rank->tests[rank->n_tests++] = (struct test){
        .layer = (uint8_t)f->layer,
        .offset = (uint8_t)offset,
        .shift = (uint8_t)shift,
        .equal = equal,
        .mask = low << shift,
        .want = equal ? clause->a / f->scale << shift : 0,
        .clause = clause,
        .index = index,
    };
    return true;
}

static bool add_clause(struct rank *rank, const struct clause *clause, size_t index)
{
    if (!clause->spec)
        return true;
    /* its value is not known here: not judged */
    if (clause->kind == MATCH_PARAM && !clause->known && !rank->rules->has_key)
        return true;
    rank->n_judged++;
    if (clause->field->kind == FIELD_CHECKSUM_STATUS) {
        rank->checksums[rank->n_checksums++] = clause;
        return clause->kind == MATCH_EQUAL;
    }
    if (clause->field->kind != FIELD_BYTES)
        return add_test(rank, clause, index);
    rank->payload = clause;
    return clause->field->layer == LAYER_PAYLOAD;
}

static int lane_order(const void *a, const void *b)
{
    const struct test *x = a, *y = b;
    int by_lane = (x->layer << 8 | x->offset) - (y->layer << 8 | y->offset);

    return by_lane ? by_lane : y->equal - x->equal;
}

static void make_lanes(struct rank *rank)
{
    struct lane *lane = NULL;

    qsort(rank->tests, rank->n_tests, sizeof(rank->tests[0]), lane_order);
    for (const struct test *test = rank->tests; test < rank->tests + rank->n_tests; test++) {
        if (!lane || lane->layer != test->layer || lane->offset != test->offset) {
            lane = &rank->lanes[rank->n_lanes++];
            *lane =
                (struct lane){.layer = test->layer, .offset = test->offset, .tests = test, .others = test};
        }
        lane->end = test + 1;
        if (!test->equal)
            continue;
        lane->others = test + 1;
        lane->mask |= test->mask;
        lane->want |= test->want;
    }
}

struct rank *rank_new(const struct rules *rules, const char *student)
{
    struct rank *rank = calloc(1, sizeof(*rank));

    if (!rank)
        return NULL;
    rank->rules = rules;
    rank->student = student;
    rank->usable = student || !target_by_source(&rules->challenge->target);
    for (size_t i = 0; i < rules->n; i++)
        rank->usable = rank->usable && add_clause(rank, &rules->clauses[i], i);
    make_lanes(rank);
    return rank;
}

void rank_free(struct rank *rank)
{
    free(rank);
}

size_t rank_judged(const struct rank *rank)
{
    return rank->n_judged;
}

/* Whom the payload names, whether it is right, and his values: what the last packet's was, mostly. */
static void read_payload(struct rank *rank, const struct packet *packet, const uint8_t *bytes, size_t length)
{
    char student[NAME_MAX_LEN + 1];
    const struct clause *c = rank->payload;

    if (rank->filled && length == rank->length && memcmp(bytes, rank->bytes, length) == 0)
        return;
    if (rank->student)
        str_copy(student, sizeof(student), rank->student);
    else
        identify_student(rank->rules, packet, packet_src(packet), false, student);
    rank->named = student[0] && (!rank->rules->has_key || params_make(rank->rules, student, rank->values));
    rank->right = !c || (c->kind == MATCH_ANY ? length > 0 : bytes_match(c, bytes, length, student));
    rank->filled = length <= PAYLOAD_MEMO;
    rank->length = length;
    if (rank->filled)
        memcpy(rank->bytes, bytes, length);
}

/* judge_addresses: mostly between the two of the packet before. */
static bool right_addresses(struct rank *rank, const struct packet *packet)
{
    const struct span *ip = &packet->layers[LAYER_IP];

    if (!ip->complete)
        return judge_addresses(rank->rules, packet);
    const uint64_t both = load_be64(packet->frame + ip->offset + 12);
    if (rank->addresses && both == rank->addresses)
        return true;
    if (!judge_addresses(rank->rules, packet))
        return false;
    rank->addresses = both;
    return true;
}

static bool in_set(const struct clause *clause, uint64_t value)
{
    for (size_t i = 0; i < clause->n_set; i++)
        if (clause->set[i] == value)
            return true;
    return false;
}

static bool test_holds(const struct rank *rank, const struct test *test, uint64_t bits)
{
    const struct clause *c = test->clause;
    uint64_t value = ((bits & test->mask) >> test->shift) * c->field->scale;

    switch (c->kind) {
    case MATCH_IN:
        return in_set(c, value);
    case MATCH_NOT:
        return !in_set(c, value);
    case MATCH_RANGE:
        return value >= c->a && value <= c->b;
    case MATCH_MASK:
        return (value & c->a) == c->b;
    case MATCH_PARAM:
        return value == rank->values[test->index];
    case MATCH_ANY:
    case MATCH_BIND:
        return true;
    case MATCH_EQUAL:
    case MATCH_TEXT:
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_LENGTH:
    case MATCH_BOUND:
    case MATCH_FILTER:
        break;
    }
    return false;
}

static size_t wrong_in_lane(const struct rank *rank, const struct lane *lane, uint64_t bits)
{
    size_t wrong = 0;

    if ((bits & lane->mask) != lane->want)
        for (const struct test *test = lane->tests; test < lane->others; test++)
            wrong += (bits & test->mask) != test->want;
    for (const struct test *test = lane->others; test < lane->end; test++)
        wrong += !test_holds(rank, test, bits);
    return wrong;
}

size_t rank_wrong(struct rank *rank, const struct packet *packet, size_t limit)
{
    size_t wrong = 0, length;
    const uint8_t *bytes = packet_payload(packet, &length);

    if (!rank->usable || packet->faults || !bytes || !right_addresses(rank, packet))
        return RANK_UNKNOWN;
    read_payload(rank, packet, bytes, length);
    if (!rank->named)
        return RANK_UNKNOWN;
    for (size_t i = 0; i < rank->n_lanes && wrong <= limit; i++) {
        const struct lane *lane = &rank->lanes[i];
        const struct span *span = &packet->layers[lane->layer];
        if (!span->present || !span->complete)
            return RANK_UNKNOWN;
        wrong += wrong_in_lane(rank, lane, load_be64(packet->frame + span->offset + lane->offset));
    }
    wrong += !rank->right;
    for (size_t i = 0; i < rank->n_checksums && wrong <= limit; i++) {
        uint64_t status;
        if (packet_value(packet, rank->checksums[i]->field, &status) != FIELD_OK)
            return RANK_UNKNOWN;
        wrong += status != rank->checksums[i]->a;
    }
    return wrong;
}
