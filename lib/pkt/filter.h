/* filter.h - a filter in the language of tcpdump (pcap-filter(7)), compiled once and asked of frames. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "pkt/decode.h"

enum { FILTER_TEXT_MAX = 512, FILTER_PARTS_MAX = 64 };

struct filter;

/* Why a text is no filter here, and where in it: a byte's number, from 0. */
struct filter_fault {
    size_t offset;
    char text[240];
};

/* Compiles a text for Ethernet frames, and for bare IP packets where nothing in it speaks of the link. Names
 * of hosts, ports and the like are refused before libpcap can look them up, so that nothing outside the text
 * is asked. False with *fault, also on no memory. *out is the caller's, for filter_free (NULL is allowed).
 * Takes at most some hundredths of a second, whatever the text. */
bool filter_compile(struct filter **out, const char *text, struct filter_fault *fault);
void filter_free(struct filter *filter);

/* The text, borrowed. */
const char *filter_text(const struct filter *filter);

enum filter_says {
    FILTER_NO,
    FILTER_YES,
    FILTER_UNKNOWN, /* the frame is cut, or it speaks of a link header that this capture does not have */
};

/* What it says of a frame. Allocates nothing. A read beyond the frame's end makes libpcap say no, also under
 * `not`: so a frame that was cut, or contradicts its own length, gets no answer. */
enum filter_says filter_ask(const struct filter *filter, const struct packet *packet);

/* The parts that are joined by `and` or `or` outside of parentheses; 1 where there is no such word. */
size_t filter_parts(const struct filter *filter);

/* True when the parts are joined by `or`; false also where there is but one. */
bool filter_joined_by_or(const struct filter *filter);

/* The i-th part as it stands in the text; 0 copies the whole where there is but one. Returns out. */
const char *filter_part(const struct filter *filter, size_t i, char out[FILTER_TEXT_MAX + 1]);

/* The parts that alone are why the filter says what it says of this frame: those of an `and` that say no,
 * those of an `or` that say yes. Fills out with their numbers; 0: it is the whole that says so. */
size_t filter_blame(const struct filter *filter, const struct packet *packet, size_t out[FILTER_PARTS_MAX]);
