/* findings.h - what is told of a verdict where there is room: each finding with place, reason and mend. */
#pragma once

#include "base/buf.h"
#include "explain/reasons.h"
#include "json/write.h"
#include "judge/rules.h"
#include "judge/verdict.h"

/* How much of a finding is told. */
enum finding_detail {
    DETAIL_KIND,  /* expected, got, the likeliest code and what it means in general */
    DETAIL_SHORT, /* its reason in place of the meaning */
    DETAIL_ONE,   /* and place, what to try */
    DETAIL_ALL,   /* and every other diagnosis, what to read */
};

enum { FINDINGS_WHY_SIZE = 192 };

/* A diagnosis of a finding in words, to *why; a cause that several fields share (connect() in place of a raw
 * socket) is told once, at the others as "as above" or "as for FIELD", of those that reasons->told has.
 * Returns what to try, "" where that is told elsewhere; borrowed from d. */
const char *findings_why(struct reasons *reasons, const struct finding *finding, const struct diagnosis *d,
                         char why[FINDINGS_WHY_SIZE]);

/* One finding as lines: name, expected, got, place, why with its code, try, see. Lines of more than width
 * columns are wrapped; 0: never. */
void findings_block(struct reasons *reasons, const struct finding *finding, enum finding_detail detail,
                    size_t width, struct buf *out);

/* Every clause in wire order: what is right in a line, what is not as a block, what is blocked with what
 * blocks it, what the kernel writes as INFO. */
void findings_text(const struct rules *rules, const struct packet *packet, const struct verdict *verdict,
                   size_t width, struct buf *out);

/* Every finding as the array `key`; docs/check.md has the members. */
void findings_json(const struct rules *rules, const struct packet *packet, const struct verdict *verdict,
                   struct json_writer *w, const char *key);

/* "  label    text", wrapped at blanks to width columns (0: never); nothing for an empty text. */
void findings_line(const char *label, const char *text, size_t width, struct buf *out);
