/* reading.h - the whole packet read once more, with one mistake undone: which one explains all that failed.
 */
#pragma once

#include "explain/diagnose.h"
#include "explain/undone.h"
#include "judge/rulebook.h"
#include "judge/verdict.h"

/* The best of all readings. Large: on the stack, one at a time. */
struct mended {
    const struct code *code;  /* what explains the findings that pass once it is undone */
    const struct code *other; /* the same bytes mean this as likely; NULL for none */
    bool sure;                /* too many bits agree for chance, and no other reading is as good */
    bool whole;               /* nothing fails once it is undone */
    struct undone undone;     /* the frame without the mistake */
    struct packet packet;     /* read from it; borrowed from undone */
    struct verdict verdict;   /* the normal judge's, of that packet */
};

/* Undoes each mistake with a packet's form (struct formats, header lengths, nested headers) on a copy of the
 * frame, judges that, and keeps the one that makes most of it right for the number of readings tried. False
 * when none explains the failed findings of verdict. Under a millisecond; allocates nothing. */
bool reading_find(struct mended *out, const struct rules *rules, const struct packet *packet,
                  const struct verdict *verdict);

/* Bits of the verdict that chance would not have made right; u: what its packet was made from, or NULL. */
int reading_worth(const struct rules *rules, const struct verdict *verdict, const struct undone *u);

/* True when this failed finding of the verdict as sent passes once the mistake is undone. */
bool reading_explains(const struct mended *reading, const struct finding *finding);

/* The finding on the same clause or field once the mistake is undone; NULL when there is none. */
const struct finding *reading_finding(const struct mended *reading, const struct finding *finding);

/* Whether it may be somebody else's near miss than its verdict says: nobody is named, or somebody by his
 * address alone, or by a text that a wrong header may have cut: none of his own values is right, and
 * something else is wrong, too, or bytes are left off by the total length. Costs nothing. */
bool reading_doubts(const struct rules *rules, const struct packet *packet, const struct verdict *verdict);

/* For a near miss: where reading_doubts says so, judges it again for whom a sure reading names instead. A
 * verdict that passed stays, and none passes by it. Costs a reading. */
void reading_judge(const struct rules *rules, const struct packet *packet, struct verdict *verdict);

/* For a near miss only, never for a flag: who may have sent it. The student of the best reading, else the
 * longest handle anywhere in the frame's bytes, plain, in hex or in Base64: with a roster one of its handles
 * of at least three letters, without one only a whole word at the end of the packet. False: nobody. */
bool reading_student(const struct rules *rules, const struct packet *packet, char out[NAME_MAX_LEN + 1]);

/* Whom and what a packet was meant for that no challenge took. */
struct reading_meant {
    const struct rules *rules;
    const struct field *field;      /* that kept it from being taken, or the first that is wrong; borrowed */
    struct diagnosis why;           /* the first reason on that field */
    char student[NAME_MAX_LEN + 1]; /* "" when nobody is named */
    bool plain; /* of practice: with one plain mistake undone it is taken, and more of it right than wrong */
};

/* Challenges that a packet is read anew for, which is dear: those that it meets best as it is. */
enum { READING_ANEW = 16 };

/* Finds the packet challenge of the book whose clauses this packet meets best, as it was sent or with one
 * mistake undone (ports exchanged, a protocol in hex, a nested header). False when it meets none well enough.
 * Mistakes are undone for READING_ANEW challenges, up to half a millisecond for each: for packets that are
 * told to somebody. */
bool reading_rules(const struct rulebook *book, const struct packet *packet, struct reading_meant *out);
