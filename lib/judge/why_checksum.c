/* Mistakes with a sum. */
#include "judge/suspect.h"

enum fit why_checksum_wrong(const struct suspect *s, struct diagnosis *d)
{
    if (s->finding->fault == FAULT_IP_CHECKSUM) {
        suspect_say(d,
                    "the kernel of an ordinary sender always writes the right one: this packet was not sent "
                    "through a raw IPv4 socket, or was changed on its way");
        return FIT_LAST;
    }
    return s->field->kind == FIELD_CHECKSUM_STATUS ? FIT_LAST : FIT_NONE;
}
