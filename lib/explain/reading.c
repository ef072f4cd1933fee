/* The search: every kind of reading is tried, and what each is worth is weighed below (reading_try.c). */
#include "explain/reading_private.h"

/* SURE bits of agreement cannot be chance. */
enum { SURE = 12, SEARCHES = 3 };

bool reading_find(struct mended *out, const struct rules *rules, const struct packet *packet,
                  const struct verdict *verdict)
{
    struct mender r = {
        .rules = rules, .packet = packet, .verdict = verdict, .best = out, .searches = SEARCHES};

    const struct span *ip = &packet->layers[LAYER_IP];

    if (verdict->pass || rules_kind(rules) != TARGET_PACKET || !ip->present || !ip->complete)
        return false;
    r.before = reading_worth(rules, verdict, NULL);
    reading_headers(&r);
    reading_nested(&r);
    reading_layouts(&r);
    if (!r.found)
        return false;
    undone_packet(&out->undone, &out->packet);
    out->sure = r.proved >= SURE && !r.tie && !out->undone.guessed;
    return true;
}
