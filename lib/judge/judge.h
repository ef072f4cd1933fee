/* judge.h - right or not, clause by clause. */
#pragma once

#include "judge/rules.h"
#include "judge/verdict.h"

/* Judges a packet (or a message made into one by packet_of_message) against all clauses: finds who it is for,
 * fills *out. Allocates nothing. source: the attempt's sender in host order, for identify: source, and for
 * whom the roster has there when the packet names nobody: such a one never passes. */
void judge_packet(const struct rules *rules, const struct packet *packet, ipaddr source, struct verdict *out);

/* As judge_packet, and right or wrong as there, but a near miss may have nobody's name where judge_packet
 * finds one under a mistake: the work for any packet is within small bounds. */
void judge_quickly(const struct rules *rules, const struct packet *packet, ipaddr source,
                   struct verdict *out);

/* True when an IP packet goes from the class's networks (where the flag goes to its student's own host, from
 * anywhere) to its target: no other reaches a target, so judge_packet passes none. */
bool judge_addresses(const struct rules *rules, const struct packet *packet);

/* As judge_packet, for a student who is known already (in lower case), whatever the packet says of itself. */
void judge_packet_for(const struct rules *rules, const struct packet *packet, const char *student,
                      struct verdict *out);
