/* report.h - a verdict in words: for students' listeners, the journal and people. */
#pragma once

#include "base/buf.h"
#include "explain/reasons.h"
#include "json/write.h"

/* The near miss as ASCII lines of at most 80 columns, at most 900 bytes: the verdict ("raw-ipv4: 5 of 7
 * right, smith."), then as much as the level allows: at most three failed fields (full: expected, got, why,
 * try; fields: what went wrong in general, no value), the rest by name. */
void report_text(struct reasons *reasons, enum feedback_level level, struct buf *out);

/* What may be told to somebody who is not the student whom the attempt names: the verdict and the names of
 * what is wrong, no value and no code, which would give the student's own values away. */
void report_names(const struct rules *rules, const struct verdict *verdict, struct buf *out);

/* Whether it is told that a handle came which is not on the roster: not of a word that is of another step of
 * the conversation. */
bool report_stranger(struct reasons *reasons);

/* "7 of 9 right, 1 wrong besides": clauses, and what no clause asks for. */
void report_right(const struct verdict *verdict, struct buf *out);

/* The second half of that: ", but 1 wrong besides" where all clauses are right; nothing where there is none.
 */
void report_besides(const struct verdict *verdict, struct buf *out);

/* All that is not right, in one line: "tcp.hdr_len; besides: ip.options; not judged yet: payload"; as many
 * names as there is room for in out. */
void report_wrong(const struct rules *rules, const struct verdict *verdict, struct buf *out);

enum { REPORT_FINDINGS_MAX = 12 };

/* The failed and blocked fields as a JSON array under key, for the journal: [{"field", "status", "besides"
 * (only when true), "expected", "got", "codes", "place", "why", "try"}], at most REPORT_FINDINGS_MAX of them.
 * "place" (of a packet's header alone), "why" and "try" are a report's words; of all but the finding that is
 * told first they are left out where they need more than room bytes together. 0: none at all. */
void report_json(struct reasons *reasons, size_t room, struct json_writer *w, const char *key);
