/* filtered.h - a clause on the whole frame: what a filter must say of it. */
#pragma once

#include "judge/clause.h"
#include "judge/verdict.h"
#include "pkt/filter.h"
#include "spec/problem.h"

enum { FILTERED_VALUES_MAX = 8 };

struct filtered {
    struct filter *filter;
    bool rejects; /* it must say no */
    size_t n;     /* what a right packet is forged with besides what clauses ask for */
    struct {
        const struct field *field;
        uint64_t value;
    } example[FILTERED_VALUES_MAX];
};

/* Compiles the clause's filter and example, once. False when problems were added, or on no memory. */
bool filtered_compile(struct rules *rules, struct clause *clause, struct problems *problems);
void filtered_free(struct filtered *filtered);

/* Blocked where the filter has no answer (filter.h); *says is 1 when it says yes. Allocates nothing. */
enum finding_status filtered_judge(const struct filtered *filtered, const struct packet *packet,
                                   uint64_t *says);

/* True when the filter's parts, one by one, can be why a packet is wrong: those of `matches: A and B`, of
 * `rejects: A or B`. */
bool filtered_has_parts(const struct filtered *filtered);
