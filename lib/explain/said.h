/* said.h - reasons that are no codes of their own, but words of several; private to lib/explain. */
#pragma once

#include "explain/suspect.h"

/* Each writes the reason to d->text and what to try to d->mend; false, and nothing written, where it is none.
 */

/* A number whose names are known, both of what came and of what is asked for: which is which. */
bool why_named_says(const struct suspect *s, struct diagnosis *d);

/* An extension header of IPv6 that is there where another header is to follow at once (RFC 8200). */
bool why_named_says_extension(const struct suspect *s, struct diagnosis *d);

/* A header that is not there, since IPv6's next header is another's number. */
bool why_named_says_next(const struct suspect *s, struct diagnosis *d);

/* Ethernet's type, where ARP's message is behind another. */
bool why_named_says_type(const struct suspect *s, struct diagnosis *d);

/* A payload length of IPv6 that disagrees with what follows the header (RFC 8200, section 3). */
bool why_ip6_says(const struct suspect *s, struct diagnosis *d);

/* IPv6's first four bytes were put together with other shifts than version, traffic class and flow label
 * have, or in the host's order: how, told of each field in them. */
enum word6 { WORD6_NONE, WORD6_SHIFTED, WORD6_SWAPPED };
enum word6 why_word6(const struct suspect *s, struct diagnosis *d);

/* Options of IPv4 that are not those asked for: which of them, and how (RFC 791, section 3.1). */
bool why_options_says(const struct suspect *s, struct diagnosis *d);

/* Of a challenge that is found by IPv4's protocol alone: the packet is another's, all of it right but that.
 */
bool why_meant_says(const struct suspect *s, struct diagnosis *d);

/* An IPv4 address that is another: a digit of it, or whose it is. */
bool why_dotted_says(const struct suspect *s, struct diagnosis *d);

/* As a recogniser: a value that nmap or hping3 chose, since it made the packet. */
enum fit why_tool(const struct suspect *s, struct diagnosis *d);

/* A text that a program made: the answer of a demo, what was decoded twice, bytes of a number. */
bool why_program_says(const struct suspect *s, struct diagnosis *d);

/* A text that was meant for something else: a word of the briefing, a command, a piece of a program, its
 * error, an address. */
bool why_typed_says(const struct suspect *s, struct diagnosis *d);

/* A key of the terminal that has no letter, as an arrow, in any text. */
bool why_keys_says(const struct suspect *s, struct diagnosis *d);

/* A word that was told in hex or Base64 and was decoded otherwise. */
bool why_decoded_says(const struct suspect *s, struct diagnosis *d);

/* Hex with one digit a byte, or more than two. */
bool why_digits_says(const struct suspect *s, struct diagnosis *d);

/* A number that was told before, to which more must be added: whether it came as it was told; whether the two
 * were put together in the wrong byte order, or otherwise, and how. */
bool why_added_not(const struct suspect *s);
bool why_added_swapped(const struct suspect *s, struct diagnosis *d);
bool why_added_says(const struct suspect *s, struct diagnosis *d);

/* A CRC32c of SCTP that few make wrong so (RFC 9260, appendix A). */
bool why_crc_says(const struct suspect *s, struct diagnosis *d);

/* As a recogniser: a length of an INIT, or of its parameter, that is another. */
enum fit why_sctp_length(const struct suspect *s, struct diagnosis *d);

/* A text that begins where the type and the length of an INIT's parameter should stand. */
bool why_sctp_says_bare(const struct suspect *s, struct diagnosis *d);

/* As recognisers: two numbers side by side in a header, of a byte each, or the two ports, exchanged. */
enum fit why_exchanged_neighbours(const struct suspect *s, struct diagnosis *d);
