/* memory.h - the last 15 minutes of every source: attempts, and packets that no challenge took. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "explain/code.h"
#include "judge/rulebook.h"

enum {
    MEMORY_WHAT_SIZE = 88, /* what is longer is cut */
    MEMORY_ENTRIES = 20,
    MEMORY_SOURCES = 1024,
    MEMORY_MS = 15 * 60 * 1000,
    MEMORY_PROVED_MS = 4 * 60 * 60 * 1000
};

/* One kind of packet, or one attempt; equal ones in a row are counted. */
struct memory_entry {
    uint64_t key;   /* of noise and notes; 0 for an attempt */
    int64_t utc_us; /* of the last one */
    int64_t at_ms;  /* the same, monotonic */
    ipaddr source;
    uint32_t count;
    bool pass, stranger;
    bool by_address;        /* nobody was named in it; student is by the roster's address */
    bool unsent;            /* right, but its answer could not be sent */
    bool limited;           /* its answer was one too many */
    uint16_t called_port;   /* where its answer was brought to */
    const char *called;     /* and what that met; NULL: nothing, or it arrived */
    uint16_t answered_port; /* of a datagram's sender, to which its flag went; 0: none did */
    bool foreign; /* not from the claimed student's own host: only to him how right it was is told */
    uint32_t right, judged;
    char student[NAME_MAX_LEN + 1]; /* "" when nobody was named */
    char slug[NAME_MAX_LEN + 1];    /* "" for noise that is no challenge's */
    char what[MEMORY_WHAT_SIZE];    /* noise: what it was */
    char why[160];                  /* noise: why nothing took it; a near miss: the fields that were wrong */
    /* of noise, where it has one; of a near miss the first reason, where one was looked for */
    const struct code *code;
    const char *field;
    char reason[192], mend[128];
    const char *remark; /* told behind them; NULL, or lives forever */
    uint8_t due, meant; /* of a conversation: the step that was due, the one it was meant for; else 0 */
    bool followed;      /* what came right behind it was meant for a later step */
};

struct memory;

/* NULL on no memory. MEMORY_ENTRIES for each source, the oldest goes first, the newest of each challenge
 * last; sources come and go: when MEMORY_SOURCES are there, a new one takes the place of the one that was
 * silent longest among those that have not proved by a connection that they exist, and at most twice a
 * second, so that spoofed packets push nobody out. */
struct memory *memory_new(void);
void memory_free(struct memory *memory);

/* This source has completed a handshake, or the roster names it. */
void memory_trust(struct memory *memory, ipaddr source, int64_t now_ms);

/* True when memory_trust was told of it within MEMORY_MS. */
bool memory_trusts(const struct memory *memory, ipaddr source, int64_t now_ms);

/* A right message of this student came from there over a whole connection, or his flag was taken there: what
 * comes next without a name is his, as far as calling back goes. */
void memory_prove(struct memory *memory, ipaddr source, const char *student, int64_t now_ms);

/* The last one of memory_prove; "" when there was none in MEMORY_PROVED_MS, or the source was forgotten.
 * Borrowed until the next call that changes memory. */
const char *memory_proved(const struct memory *memory, ipaddr source, int64_t now_ms);

void memory_attempt(struct memory *memory, const struct memory_entry *attempt,
                    int64_t now_ms); /* remembers */

/* A source's newest near miss of a challenge since since_ms that came where step `due` was, and was meant for
 * one before `before`; NULL: none. Its `followed` may be written. Borrowed as memory_proved's. */
struct memory_entry *memory_wrong(struct memory *memory, ipaddr source, const char *slug, size_t due,
                                  size_t before, int64_t since_ms);

/* The answer of an attempt that was unsent has left after all; or why that of a newest one did not. */
void memory_sent(struct memory *memory, ipaddr source, const char *slug, const char *student);
void memory_unsent(struct memory *memory, ipaddr source, const char *slug, const char *why);

/* What became of calling a student back with the answer of his last attempt of a challenge. */
struct memory_call {
    ipaddr source;
    uint16_t port;
    bool flag; /* the answer to a right one */
    const char *slug, *student;
    const char *outcome; /* the journal's word, which lives forever */
};
void memory_called(struct memory *memory, const struct memory_call *call);

void memory_left_out(struct memory *memory, ipaddr source, uint16_t port); /* a wrong one that waited */

/* Remembers a packet that no challenge took. */
void memory_noise(struct memory *memory, const struct rulebook *book, const struct packet *packet,
                  int64_t now_ms);

/* Something else that nothing became of. Texts are copied, and cut where an entry's are. */
struct memory_note {
    ipaddr source;
    const char *slug; /* the challenge, whose line it is then; "" for packets: `what` they were */
    const char *what, *why, *mend; /* mend: "" for nothing */
};
void memory_note(struct memory *memory, const struct memory_note *note, int64_t now_ms);

/* Calls each for what is remembered of a source in 15 minutes, the newest first; each is lent. */
typedef void memory_fn(void *context, const struct memory_entry *entry);
void memory_each(const struct memory *memory, ipaddr source, int64_t now_ms, memory_fn *each, void *context);

/* How many entries of a source made room for newer ones in the last 15 minutes. */
uint32_t memory_lost(const struct memory *memory, ipaddr source, int64_t now_ms);

/* Calls each for attempts with this handle from other sources, however many. */
void memory_each_of(const struct memory *memory, const char *student, ipaddr but_source, int64_t now_ms,
                    memory_fn *each, void *context);

/* Packets of it in 15 minutes that found no room among its texts (over 10 new kinds in 10 s). */
uint32_t memory_more(const struct memory *memory, ipaddr source, int64_t now_ms);
