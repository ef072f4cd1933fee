#include "targets/answer/reply.h"

#include "forge/exchange.h"
#include "judge/filled.h"

void reply_put(struct runtime *rt, const struct talk_turn *turn, size_t step, const struct packet *to,
               struct buf *out)
{
    if (rules_kind(turn->rules) != TARGET_PACKET)
        return;
    const struct rules *reply = filled_reply(rt->sought, turn->rules, turn->talk, step);
    struct exchange made;
    if (reply && !exchange_reply(reply, turn->talk->student, to, &made))
        buf_add(out, made.bytes, made.length);
}
