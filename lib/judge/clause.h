/* clause.h - a compiled clause; private to lib/judge. */
#pragma once

#include "flag/param.h"
#include "judge/rules.h"

enum { CLAUSES_MAX = 48, TEXT_MAX = 512 };

/* One thing to check, in wire order within its rules. */
struct clause {
    const struct clause_spec *spec; /* NULL for what is always checked (ip.len, ip.checksum) */
    const struct field *field;
    enum matcher_kind kind;
    uint64_t a, b; /* equal: a; range: a..b; mask: a, value b; param per class: a, once it is made */
    uint64_t *set; /* in, not; for IPv6 addresses always: two halves of each, the first 64 bits first */
    size_t n_set;
    struct param_rule rule; /* param; avoid is filled in when the value is made */
    bool per_student;
    bool known; /* param per class: a holds the value */
    enum text_encoding encoding;
    bool trim;          /* one newline outside the encoding does not count */
    uint64_t *everyone; /* param per student: the values of the roster's students, ascending; NULL without */
    size_t n_everyone;
    char *before, *after; /* text: around {student}; after is NULL without {student} */
};

struct rules {
    size_t index; /* in its rulebook */
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
    const struct clause *named;      /* the text clause that holds {student}, NULL for identify: */
    uint64_t avoid[PARAM_AVOID_MAX]; /* values of clauses that are the same for everybody */
    size_t n_avoid;
};

/* Compiles one challenge into *out, which is zeroed. False when problems were added. */
bool rules_compile(struct rules *out, struct problems *problems);
void rules_done(struct rules *rules);

/* The clause on this field, NULL when the rules have none. */
const struct clause *rules_clause(const struct rules *rules, const struct field *field);

/* Writes the i-th IPv6 address of a clause on one. Returns out. */
const char *clause_address(const struct clause *clause, size_t i, char out[FIELD_TEXT_SIZE]);

/* Where a clause's field is in the file. */
struct place clause_at(const struct clause *clause);

/* The values of the per-student parameters, in the order of clauses; values[i] belongs to clauses[i]. */
bool rules_params(const struct rules *rules, const char *student, uint64_t values[CLAUSES_MAX]);

/* Makes `everyone` of each clause, of the roster's first thousands, so that whose value a wrong one is can be
 * asked for every near miss. Nothing without a roster or a key. False: no memory. */
bool rules_make_everyone(struct rules *rules);

/* True when the value was made for some student of the roster. */
bool clause_is_someones(const struct clause *clause, uint64_t value);

/* What a parameter per class would be in another class; the clause's own value where it is none. False
 * without a key. */
bool rules_other_class(const struct rules *rules, const struct clause *clause, const char *class,
                       uint64_t *out);

/* Finds whose attempt this is; out holds NAME_MAX_LEN + 1 bytes, "" when nobody is named. Returns false when
 * a handle is named that is not on the roster; out is then "". */
bool rules_identify(const struct rules *rules, const struct packet *packet, uint32_t source, char *out);

/* True when the bytes are the clause's text for this student. */
bool text_matches(const struct clause *clause, const uint8_t *bytes, size_t length, const char *student);

/* The handle between the clause's texts around {student}, in lower case; false when the text is another or it
 * is no handle. out holds NAME_MAX_LEN + 1 bytes. */
bool text_handle(const struct clause *clause, const uint8_t *text, size_t length, char *out);

/* Takes the encoding off: returns the length of the text in out (TEXT_MAX bytes), -1 when it is not so
 * encoded. */
ptrdiff_t text_decode(enum text_encoding encoding, bool trim, const uint8_t *bytes, size_t length,
                      uint8_t *out);
