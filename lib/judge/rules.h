/* rules.h - one challenge, compiled: what others ask of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flag/flag.h"
#include "pkt/field.h"
#include "spec/class.h"
#include "spec/course.h"
#include "spec/roster.h"

/* One challenge's compiled clauses. Opaque; lives as long as its rulebook. */
struct rules;

/* The i of rulebook_at. */
size_t rules_index(const struct rules *rules);

/* True when a clause on this field has a value that is made for the class or the student. */
bool rules_has_param(const struct rules *rules, const struct field *field);

/* Which step of the challenge's conversation these are for, from 1, and how many there are; 1 of 1 for
 * `expect:`. */
size_t rules_step(const struct rules *rules);
size_t rules_steps(const struct rules *rules);

/* "step 2 of 3", and its round, of a conversation's; "" for `expect:`. Returns out. */
enum { RULES_PLACE_SIZE = 64 };
const char *rules_place(const struct rules *rules, char out[RULES_PLACE_SIZE]);

/* True when there is more to a try than one message: what talk.h keeps. rules: those of a rulebook. */
bool rules_talks(const struct rules *rules);

/* The rules of step n (from 1) of a rulebook's; NULL when it expects nothing or there is none. */
const struct rules *rules_of_step(const struct rules *rules, size_t n);

/* True when the step asks for something that hardly another message is: a text, bytes, a bound value. */
bool rules_tells(const struct rules *rules);

/* True where why something was wrong is told on the student's own host alone. Who sends to a socket file has
 * no address that a roster could have: there everybody is told, unless a clause has a value of each student's
 * own. */
bool rules_tells_home(const struct rules *rules);

/* True when nobody can send the step's message who has not heard what the target said: a drawn value is in
 * it.
 */
bool rules_unforeseen(const struct rules *rules);

/* What carries the step's message, and whether the target began that conversation. */
enum target_kind rules_transport(const struct rules *rules);
bool rules_dialled(const struct rules *rules);

const struct challenge *rules_challenge(const struct rules *rules);
const char *rules_slug(const struct rules *rules);
enum target_kind rules_kind(const struct rules *rules);

/* 4 or 6, the IP version of the packets that can meet the clauses; 0 when either can. A target whose class
 * has no IPv6 address sees none of 6: they are judged from captures. */
unsigned rules_ip_version(const struct rules *rules);

/* True for what stands below IP: no packet of IP meets the clauses. Of these a target takes ARP alone, whose
 * sender has an IPv4 address; it must stand on the students' own segment. */
bool rules_below_ip(const struct rules *rules);
bool rules_is_arp(const struct rules *rules);

/* stream, datagram: the port to bind; packet: 0. */
uint16_t rules_port(const struct rules *rules);

/* The name of the socket file of a stream or datagram that has no port; else NULL. Borrowed. */
const char *rules_path(const struct rules *rules);

/* The one port of the student's that a message must come from, for rules of a step within a try (filled.h);
 * 0: any is right. */
uint16_t rules_from_port(const struct rules *rules);

/* packet: the student's TCP port for the flag. */
uint16_t rules_connect_port(const struct rules *rules);

/* packet: the flag goes to the own host of whom the packet names, whatever its source. */
bool rules_to_home(const struct rules *rules);

/* stream, datagram: the student's port that a step dials, the class's `connect:` before its own; 0: none
 * does. */
uint16_t rules_dial_port(const struct rules *rules);

/* The lower of the challenge's and the class's feedback level. */
enum feedback_level rules_feedback(const struct rules *rules);

/* The flag of a student for this challenge. False without a key, or with another student's
 * alone. */
bool rules_flag(const struct rules *rules, const char *student, char out[FLAG_SIZE]);

/* The value of a field's clause for a student ("" for class values): a plain or a made value in the field's
 * notation. False when the field has no clause with one value, or no key is there. */
bool rules_value_text(const struct rules *rules, const char *field, const char *student,
                      char out[FIELD_TEXT_SIZE]);

/* Calls each for every clause that one known value meets, made or written, for WIREGRADE_PARAM_… : a solver
 * then need not care which of the two it is. */
void rules_each_value(const struct rules *rules, const char *student,
                      void (*each)(void *context, const char *field, uint64_t value), void *context);
