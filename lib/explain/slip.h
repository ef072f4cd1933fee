/* slip.h - slips of a finger among digits, and which port somebody meant who sent to one that no challenge
 * has; private to lib/explain. */
#pragma once

#include "explain/noise.h"
#include "pkt/field.h"

/* "two digits changed places": the slip that makes one number of another, in decimal; NULL where none does,
 * or `want` has less than four digits. */
const char *slip_digits(uint64_t got, uint64_t want, bool hex);

/* The port that a challenge listens at by a transport, whose destination port's field it is, of several the
 * first; 0 for none. slip_takes: whether this is one of them. */
unsigned slip_port(const struct rules *rules, const struct field *port);
bool slip_takes(const struct rules *rules, const struct field *port, unsigned number);

/* How far two ports are apart; a digit more, or another one, is no farther than SLIP_OF_PORT. */
enum { SLIP_OF_PORT = 10 };
uint32_t slip_apart(unsigned there, unsigned sent);

/* Whether a challenge is for practice alone and listens at another port, by TCP and by UDP, than this one as
 * it is or with its two bytes exchanged. */
bool slip_misses(const struct rules *rules, unsigned number);

/* The challenge whose port this is with its two bytes exchanged; NULL for none. */
const struct rules *slip_swapped(const struct rulebook *book, const struct field *port, unsigned number);

/* Puts why and what to try where the port is the briefing's by UDP, is a challenge's with its two bytes
 * exchanged, or is a challenge's and what a step of it adds to the port that it comes from; false where it is
 * none of these. port: tcp.dstport or udp.dstport. */
bool slip_tell(const struct rulebook *book, const struct field *port, unsigned number, struct noise *out);

/* The same of a SYN to a stream's port that no kernel made, with `length` bytes behind it (RFC 9293, section
 * 3.4: a SYN's data waits for the connection, which the sender's kernel resets); of: the packet challenge
 * that asks for such a one at another port, or NULL. */
void slip_tell_syn(const struct rules *served, const struct rules *of, unsigned port, size_t length,
                   struct noise *out);
