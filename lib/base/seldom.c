#include "base/seldom.h"

uint64_t seldom_tell(struct seldom *seldom, uint64_t total, int64_t now_ms, int64_t every_ms)
{
    uint64_t untold = total - seldom->told;

    if (!untold || (every_ms && seldom->next_ms && now_ms < seldom->next_ms))
        return 0;
    seldom->told = total;
    seldom->next_ms = now_ms + every_ms;
    return untold;
}
