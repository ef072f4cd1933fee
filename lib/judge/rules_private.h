/* rules_private.h - how the rules of a challenge are laid out; for lib/judge, lib/explain and lib/forge only.
 */
#pragma once

#include "judge/clause.h"
#include "judge/rulebook.h"
#include "judge/rules.h"

struct talk;

struct rules {
    size_t index; /* in its rulebook */
    const struct rulebook *book;
    const struct challenge *challenge;
    const struct class *class;
    const struct course *course;
    const struct roster *roster; /* NULL: any well-formed handle is a student */
    enum feedback_level feedback;
    uint16_t port, connect;
    bool has_key;
    struct key key;
    struct clause clauses[CLAUSES_MAX];
    size_t n;
    struct clause several; /* listen's of several values, by which packets are found and none is judged; its
                              spec is NULL where there is none */
    const struct clause *named;      /* the text clause that holds {student}, NULL for identify: */
    uint64_t avoid[PARAM_AVOID_MAX]; /* values of clauses that are the same for everybody */
    size_t n_avoid;
    size_t step; /* of the challenge, from 0: the first that expects something, in a rulebook */
    enum target_kind transport;       /* of this step's message */
    bool dialled;                     /* it comes in a conversation that the target began */
    struct rules *steps[STEPS_MAX];   /* of those that expect something, itself among them; the first has them
                                         all, the others none */
    struct rules *replies[STEPS_MAX]; /* the packets by which steps are answered, as clauses; the first has
                                         them all, the others none */
    bool reply;                       /* these are such */
    struct clause_name names[STEP_NAMES_MAX]; /* of the whole challenge */
    size_t n_names;
    /* within a try (filled.h): */
    const struct talk
        *talk;      /* what was drawn and bound in it; NULL outside, and where only a step of it is known */
    unsigned round; /* of the step's repeat, from 0 */
    /* what explains that a message came too late, too early, or from another try */
    const struct rules *const *others; /* this step as other tries of the same source have it */
    size_t n_others;
    size_t belongs; /* the step, from 1, to which the message would be the right one; 0: to none known */
    bool late;      /* ... of a try whose time is over */
    bool apart;     /* ... of a try in another connection */
};

/* The challenge's level, or the class's where that is lower. */
enum feedback_level rules_least_feedback(const struct rules *rules);

/* Frees what compiling took, and wipes the key. */
void rules_done(struct rules *rules);
