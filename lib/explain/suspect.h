/* suspect.h - one failed finding laid open for the recognisers of mistakes; private to lib/explain. */
#pragma once

#include "explain/diagnose.h"
#include "explain/recipe.h"
#include "explain/wording.h"
#include "judge/clause.h"

/* How well a mistake explains what was received. */
enum fit {
    FIT_NONE,   /* it does not */
    FIT_LAST,   /* nothing speaks against it: told only when nothing else fits */
    FIT_WEAK,   /* it does, but so might chance: never certain, and not told beside what fits exactly */
    FIT_FACT,   /* no guess: the packet itself says so; certain, and told after a cause that is known */
    FIT_GOOD,   /* it gives exactly what was received, and so may another cause: told first, never certain */
    FIT_STRONG, /* recomputing it gives exactly what was received; certain when it alone does */
};

/* How a text differs from the one asked for; the search is dear, and a dozen recognisers ask. */
struct suspect_text {
    bool sought;
    struct wording wording;
};

/* Which recipes give the checksum that came; a dozen recognisers ask for one search. */
struct suspect_sum {
    bool sought;
    struct summed sum;
    struct recipe_match matches[MATCHES_MAX];
    size_t n;
};

/* Every pointer is borrowed and lives as long as diagnose()'s arguments. */
struct suspect {
    const struct rules *rules;
    const struct packet *packet;
    const struct verdict *verdict;
    const struct finding *finding;
    const struct clause *clause; /* NULL for what is always checked: then finding->fault says what */
    const struct field *field;
    const uint64_t
        *values; /* params_make of verdict->student; NULL when nobody is named or there is no key */
    enum matcher_kind kind; /* of the clause; MATCH_EQUAL for a header fault with a usual value */
    bool number;            /* got is the value of a fixed field that is there; no checksum status */
    uint64_t got;
    bool one; /* number, and exactly one value is asked for (of a set: one of its values at a time) */
    uint64_t expected;
    struct suspect_text *text;
    struct suspect_sum *sum;
    bool several; /* expected is only one of those that are right */
    /* The field's bytes, FIELD_BYTES: all of them; numbers: those it has a share in. NULL when not there. */
    const uint8_t *bytes;
    size_t length;
    /* The header that holds the field, as far as captured. NULL when not there. */
    const uint8_t *header;
    size_t header_length;
};

/* Fills *out from diagnose()'s arguments; values is room for CLAUSES_MAX, text and sum for what is found on
 * the way. */
void suspect_of(struct suspect *out, const struct rules *rules, const struct packet *packet,
                const struct verdict *verdict, const struct finding *finding, uint64_t *values,
                struct suspect_text *text, struct suspect_sum *sum);

/* The values without the field's scale: what its bits hold. */
uint64_t suspect_got_bits(const struct suspect *s);
uint64_t suspect_expected_bits(const struct suspect *s);

/* The unit of `bits` (8 or 16) bits in which the field lies, as one number, and in *below how many bits of it
 * stand to the right of the field. False when the field lies in no such unit or was not captured. */
bool suspect_unit(const struct suspect *s, unsigned bits, uint64_t *unit, unsigned *below);

/* The same of another field of this header. */
bool suspect_unit_of(const struct suspect *s, const struct field *field, unsigned bits, uint64_t *unit,
                     unsigned *below);

/* What the clauses ask of the unit's other bits, at their places; version 4 and 5 words where none does. */
uint64_t suspect_rest(const struct suspect *s, const struct field *field, unsigned bits);

/* True when every bit of the field has a meaning of its own. */
bool suspect_is_flags(const struct suspect *s);

/* How well a reading fits that could have given n values in the field's width, by the chance to meet one of
 * them: below one in a thousand STRONG, below one in a hundred WEAK, else LAST. */
enum fit suspect_price(const struct suspect *s, size_t n);

/* The value of the field's clause, where one is asked for: for whom the packet names. */
bool suspect_asked(const struct suspect *s, const struct clause *clause, uint64_t *out);

/* True for one of the numbers in the programs that everybody copies: by chance it is no other's. */
bool suspect_is_of_tutorial(const struct suspect *s);

/* 41 where AF41 is asked for: class and drop precedence (RFC 2597, section 6); 0 for what is no such DSCP. */
unsigned suspect_class(const struct suspect *s);

/* True for a number that this try bound to a name before. */
bool suspect_is_bound(const struct suspect *s);

/* Write one line; what does not fit is cut before a word, with dots. Bytes that are neither printing ASCII
 * nor a letter of letters_shown become '?'. */
void suspect_say(struct diagnosis *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void suspect_mend(struct diagnosis *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* As a recogniser: the value of a field that may hold any but 0 stands in one that must be 0, and the
 * reverse. */
enum fit why_exchanged_with_zero(const struct suspect *s, struct diagnosis *d);

/* As a recogniser, for a recipe of SCTP's CRC32c. */
enum fit why_crc(enum recipe recipe, const struct suspect *s, struct diagnosis *d);

/* One mistake, named by its row of codes.def: numbers in why_number.c, why_unit.c, why_format.c, why_value.c
 * and why_last.c, whose they are in why_whose.c, headers in why_header.c, texts in why_text.c, checksums in
 * why_checksum.c. Returns how well it fits; may write the reason of this very packet to d->text and what to
 * try to d->mend with suspect_say and suspect_mend: they hold the general ones of the row already. Reads no
 * byte of the packet but those that s borders. */
#define CODE(word, recognise, says, tries, document, others)                                                 \
    enum fit recognise(const struct suspect *s, struct diagnosis *d);
#include "explain/codes.def"
#undef CODE
