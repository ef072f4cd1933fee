/* params.h - the value that each clause asks for: made for the class or the student, or written. */
#pragma once

#include "judge/clause.h"
#include "judge/rules.h"
#include "spec/problem.h"

/* The values of the per-student parameters, in the order of clauses; values[i] belongs to clauses[i]. False
 * without a key, or when none is left. */
bool params_make(const struct rules *rules, const char *student, uint64_t values[CLAUSES_MAX]);

/* Makes the parameters per class, and notes what no parameter may equal. False when a problem was added.
 * Nothing is made without a key. */
bool params_make_class(struct rules *rules, struct problems *problems);

/* Makes `everyone` of each clause, of the roster's first thousands, so that whose value a wrong one is can be
 * asked for every near miss. Nothing without a roster or a key. May be repeated. False: no memory. */
bool params_make_everyone(struct rules *rules);

/* True when the value was made for some student of the roster. */
bool params_is_someones(const struct clause *clause, uint64_t value);

/* The Ethernet address of whoever sends a made frame: its sender puts his own in its place. */
#define PARAMS_STATION 0x020000000028u

/* What a field holds when no clause says otherwise. */
uint64_t params_default(const struct field *field);

/* A value that meets the clause, the default where that does. student_value: params_make's. */
uint64_t params_meet(const struct clause *clause, uint64_t student_value);

/* The right value of a fixed field for a student; false when the rules have no clause on it, or no key for
 * its parameter. */
bool params_value(const struct rules *rules, const char *student, const struct field *field, uint64_t *out);

/* What a parameter per class would be in another class; the clause's own value where it is none. False
 * without a key. */
bool params_other_class(const struct rules *rules, const struct clause *clause, const char *class,
                        uint64_t *out);
