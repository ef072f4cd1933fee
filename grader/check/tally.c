#include "grader/check/tally.h"

#include <stdlib.h>
#include <string.h>

#include "explain/reading.h"
#include "judge/by_hand.h"
#include "judge/clause.h"
#include "judge/judge.h"

bool tally_init(struct tally *tally, const struct rulebook *book, const char *student)
{
    *tally = (struct tally){.book = book, .student = student, .n = rulebook_count(book)};
    tally->best = calloc(tally->n + 1, sizeof(tally->best[0]));
    return tally->best != NULL;
}

void tally_free(struct tally *tally)
{
    for (size_t i = 0; tally->best && i < tally->n; i++) {
        rank_free(tally->best[i].rank);
        free(tally->best[i].bytes);
        free(tally->best[i].at);
    }
    free(tally->best);
    *tally = (struct tally){0};
}

bool tally_want(struct tally *tally, const struct rules *rules, bool named)
{
    struct best *best = &tally->best[rules_index(rules)];

    best->wanted = true;
    best->named = named;
    if (!best->rank)
        best->rank = rank_new(rules, tally->student);
    return best->rank != NULL;
}

/* For counting among millions: without the search for whom a packet may be that names nobody. */
static void judge_plainly(const struct tally *tally, const struct rules *rules, const struct packet *packet,
                          struct verdict *out)
{
    if (tally->student)
        judge_packet_for(rules, packet, tally->student, out);
    else
        judge_packet(rules, packet, packet_src(packet), out);
}

void tally_judge(const struct tally *tally, const struct rules *rules, const struct packet *packet,
                 struct verdict *out)
{
    judge_plainly(tally, rules, packet, out);
    reading_judge(rules, packet, out);
}

static bool keep(struct best *best, const struct sighting *sighting)
{
    if (sighting->length > best->capacity) {
        uint8_t *grown = realloc(best->bytes, sighting->length);
        if (!grown)
            return false;
        best->bytes = grown;
        best->capacity = sighting->length;
    }
    memcpy(best->bytes, sighting->bytes, sighting->length);
    best->sighting = *sighting;
    best->sighting.bytes = best->bytes;
    return true;
}

/* How many clauses are not right, and what is wrong beside them. */
static size_t wrong_of(const struct verdict *v)
{
    size_t wrong = v->n_judged - v->n_right;

    for (size_t i = 0; i < v->n; i++)
        wrong += !v->findings[i].clause && v->findings[i].status == FINDING_FAIL;
    return wrong;
}

/* Looking for a handle under mistakes is dear, and most packets that name nobody at a glance are no better
 * than the best so far whoever they are from: what fails then fails for everybody, but for the text itself.
 */
static bool is_no_better(const struct tally *tally, const struct rules *rules, const struct packet *packet,
                         const struct best *best)
{
    struct verdict v;
    size_t fails = 0;

    if (tally->student || best->packets < 2)
        return false;
    judge_quickly(rules, packet, packet_src(packet), &v);
    if (v.pass || (v.student[0] && !v.by_address))
        return false;
    for (size_t i = 0; i < v.n; i++)
        fails += v.findings[i].status == FINDING_FAIL;
    return best->pass || fails > best->wrong + 1;
}

/* Of as many that are wrong the one with more that is right is better: what is wrong beside the clauses (a
 * header that cannot be read) does not make it like a packet of which nothing is right. */
static bool is_worse(const struct verdict *v, size_t wrong, const struct best *best)
{
    return wrong != best->wrong ? wrong > best->wrong : v->n_right < best->right;
}

/* By the verdict, where ranking cannot tell. True when it is as good as the best so far. */
static bool judge_fully(struct tally *tally, const struct rules *rules, const struct packet *packet,
                        struct best *best)
{
    struct verdict v;

    if (is_no_better(tally, rules, packet, best))
        return false;
    judge_plainly(tally, rules, packet, &v);
    const size_t wrong = wrong_of(&v);
    if (best->packets > 1 && (v.pass < best->pass || (v.pass == best->pass && is_worse(&v, wrong, best))))
        return false;
    best->pass = v.pass;
    best->right = v.n_right;
    best->wrong = wrong;
    return true;
}

size_t tally_rank(const struct tally *tally, const struct rules *rules, const struct packet *packet)
{
    const struct best *best = &tally->best[rules_index(rules)];

    return rank_wrong(best->rank, packet, best->packets ? best->wrong : rank_judged(best->rank));
}

bool tally_add(struct tally *tally, const struct rules *rules, const struct packet *packet, size_t wrong,
               const struct sighting *sighting)
{
    struct best *best = &tally->best[rules_index(rules)];
    size_t limit = best->packets++ ? best->wrong : rank_judged(best->rank);

    if (wrong == TALLY_NOT_TAKEN && best->pass)
        return true;
    if (wrong == TALLY_NOT_TAKEN || wrong == RANK_UNKNOWN) {
        if (!judge_fully(tally, rules, packet, best))
            return true;
    } else if (wrong > limit) {
        return true;
    } else {
        best->pass = wrong == 0;
        best->wrong = wrong;
        best->right = rank_judged(best->rank) - wrong;
    }
    return keep(best, sighting);
}

/* How far its try had come: what is late was on the way there. */
static size_t way_of(const struct conversation_at *at)
{
    return at->late ? at->belongs - 1 : at->talk.step;
}

bool tally_add_step(struct tally *tally, const struct rules *rules, const struct verdict *v,
                    const struct conversation_at *at, bool step, const struct sighting *sighting)
{
    struct best *best = &tally->best[rules_index(rules)];
    const size_t wrong = wrong_of(v);
    const bool pass = v->pass && !step, first = best->packets++ == 0;
    bool better = first || pass > best->pass;

    if (at->follows)
        return true;
    if (!first && pass == best->pass)
        better = way_of(at) != way_of(best->at) ? way_of(at) > way_of(best->at) : !is_worse(v, wrong, best);
    if (!better)
        return true;
    if (!best->at && !(best->at = malloc(sizeof(*best->at))))
        return false;
    *best->at = *at;
    best->pass = pass;
    best->step = step;
    best->right = v->n_right;
    best->wrong = wrong;
    return keep(best, sighting);
}

bool tally_is_near(const struct tally *tally, const struct rules *rules, const struct packet *packet)
{
    struct verdict v;
    const bool arp = packet->layers[LAYER_ARP].complete;
    size_t wrong = 0;

    if (!packet->layers[LAYER_IP].complete && !packet->layers[LAYER_IP6].complete && !arp)
        return false;
    if (arp) /* what a kernel answers for a host is ARP, too, and so much like it */
        return rules_is_arp(rules) && by_hand_arp(rules, packet);
    judge_plainly(tally, rules, packet, &v);
    /* any short word can be a handle: half of the rest must fit, too */
    if (!tally->student && v.student[0] && rules_challenge(rules)->target.identify == IDENTIFY_TEXT &&
        v.n_right * 2 >= v.n_judged)
        return true;
    /* exchanged addresses are two findings and one mistake: they say nothing of what the packet is */
    for (size_t i = 0; i < v.n; i++)
        wrong += v.findings[i].status != FINDING_PASS && v.findings[i].status != FINDING_INFO &&
                 (v.findings[i].clause || v.findings[i].fault) &&
                 !(v.findings[i].clause && clause_is_listened(rules, v.findings[i].clause));
    return wrong <= 1;
}
