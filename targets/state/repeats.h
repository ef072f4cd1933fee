/* repeats.h - passes that were written and came again: counted, and told now and then. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/names.h"

/* Equal passes: this student's, of this challenge, from this source, with the same answer. */
struct repeat {
    char slug[NAME_MAX_LEN + 1], student[NAME_MAX_LEN + 1];
    char answer[12]; /* as in the journal */
    ipaddr source;   /* host order */
    uint64_t n;      /* since it was told last */
    int64_t told_ms, last_ms;
};

struct repeats {
    uint64_t seed;
    int64_t look_ms; /* when repeats_due looks next */
    struct repeat *slots;
};

/* False on no memory; repeats_done either way. */
bool repeats_init(struct repeats *repeats);
void repeats_done(struct repeats *repeats);

/* Counts a pass (of which n and the times do not matter) when one like it was written; false otherwise. */
bool repeats_count(struct repeats *repeats, const struct repeat *pass, int64_t now_ms);

/* It was written: from now on the like is counted. Returns how many of another are forgotten for it
 * uncounted. */
uint64_t repeats_begin(struct repeats *repeats, const struct repeat *pass, int64_t now_ms);

/* One whose count is to be told now, which was not for ten minutes (all: any that has a count). Its count is
 * 0 afterwards. False when there is none. */
bool repeats_due(struct repeats *repeats, bool all, int64_t now_ms, struct repeat *out);
