/* rules.h - the challenges of a class, compiled: which one a packet is for, and what it must be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "flag/flag.h"
#include "judge/finding.h"
#include "spec/class.h"
#include "spec/course.h"
#include "spec/roster.h"

/* One challenge's compiled clauses. Opaque; lives as long as its rulebook. */
struct rules;

/* All challenges of a class. */
struct rulebook;

/* Compiles every challenge that has a target (only those in `only`, when n_only is not 0). Borrows course,
 * class, roster (may be NULL) and ring until rulebook_free. ring NULL: parameters have no values (lint).
 * Problems are added with file and place; the result is NULL when there were errors. Also proves that no
 * packet is for two challenges and that no packet challenge listens where a stream or datagram target binds
 * or the kernel may. */
struct rulebook *rulebook_compile(const struct course *course, const struct class *class,
                                  const struct roster *roster, const struct keyring *ring,
                                  const char *const *only, size_t n_only, struct problems *problems);
void rulebook_free(struct rulebook *book);

/* The compiled challenges, in the order of slugs. */
size_t rulebook_count(const struct rulebook *book);
const struct rules *rulebook_at(const struct rulebook *book, size_t i);
const struct rules *rulebook_find(const struct rulebook *book, const char *slug);

/* The i of rulebook_at. */
size_t rules_index(const struct rules *rules);

/* True when a clause on this field has a value that is made for the class or the student. */
bool rules_has_param(const struct rules *rules, const struct field *field);

/* Gives the value of a made clause, from now on for everybody: for whoever has no key, but was told his
 * value. False when these rules have no parameter on that field. */
bool rulebook_give(struct rulebook *book, size_t i, const struct field *field, uint64_t value);

const struct challenge *rules_challenge(const struct rules *rules);
const char *rules_slug(const struct rules *rules);
enum target_kind rules_kind(const struct rules *rules);

/* 4 or 6, the IP version of the packets that can meet the clauses; 0 when either can. A target sees IPv4
 * alone: what is for 6 is judged from captures. */
unsigned rules_ip_version(const struct rules *rules);

/* stream, datagram: the port to bind; packet: 0. */
uint16_t rules_port(const struct rules *rules);

/* packet: the student's TCP port for the flag. */
uint16_t rules_connect_port(const struct rules *rules);

/* The lower of the challenge's and the class's feedback level. */
enum feedback_level rules_feedback(const struct rules *rules);

/* The packet challenge whose listen clauses this packet meets; NULL when there is none. Cost does not depend
 * on the number of challenges. */
const struct rules *rulebook_select(const struct rulebook *book, const struct packet *packet);

/* Judges a packet (or a message made into one by packet_of_message) against all clauses: finds who it is for,
 * fills *out. Allocates nothing. source: the attempt's sender in host order, for identify: source. */
void rules_judge(const struct rules *rules, const struct packet *packet, uint32_t source,
                 struct verdict *out);

/* As rules_judge, for a student who is known already (in lower case), whatever the packet says of itself. */
void rules_judge_for(const struct rules *rules, const struct packet *packet, const char *student,
                     struct verdict *out);

/* The flag of a student for this challenge. False without a key. */
bool rules_flag(const struct rules *rules, const char *student, char out[FLAG_SIZE]);

/* The value of a field's clause for a student ("" for class values): a plain or a made value in the field's
 * notation. False when the field has no clause with one value, or no key is there. */
bool rules_value_text(const struct rules *rules, const char *field, const char *student,
                      char out[FIELD_TEXT_SIZE]);

/* Calls each for every clause that one known value meets, made or written, for WIREGRADE_PARAM_… : a solver
 * then need not care which of the two it is. */
void rules_each_value(const struct rules *rules, const char *student,
                      void (*each)(void *context, const char *field, uint64_t value), void *context);
