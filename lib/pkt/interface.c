#include "pkt/interface.h"

#include "pkt/order.h"

enum { FIXED = 8, OPTION_END = 0, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14, TICKS_US = 6 };
#define US_A_SECOND INT64_C(1000000)
#define YEAR_10000 (INT64_C(253402300800) * US_A_SECOND)

bool interface_read(struct interface *interface, bool big, const uint8_t *body, size_t length)
{
    struct cursor c = cursor_of(body, length);
    const uint8_t *fixed = cursor_pull(&c, FIXED), *head, *value;

    if (!fixed)
        return false;
    *interface = (struct interface){.link = link_of_dlt(order_16(big, fixed)),
                                    .link_type = order_16(big, fixed),
                                    .snaplen = order_32(big, fixed + 4),
                                    .resolution = TICKS_US};
    while (c.left) {
        if (!(head = cursor_pull(&c, 4)))
            return false;
        unsigned code = order_16(big, head), size = order_16(big, head + 2);
        if (code == OPTION_END)
            break;
        if (!(value = cursor_pull(&c, (size + 3) & ~3U)))
            return false;
        if (code == OPTION_TSRESOL && size >= 1) {
            interface->binary = value[0] & 0x80;
            interface->resolution = value[0] & 0x7F;
        } else if (code == OPTION_TSOFFSET && size >= 8) {
            interface->offset_s = (int64_t)order_64(big, value);
        }
    }
    return true;
}

/* 10^n as far as 64 bits hold it, beyond that 0. */
static uint64_t power_of_ten(unsigned n)
{
    uint64_t power = n < 20;

    for (; power && n; n--)
        power *= 10;
    return power;
}

int64_t interface_time(const struct interface *interface, uint64_t ticks)
{
    unsigned resolution = interface->resolution;
    __int128 us;

    if (interface->binary)
        us = (__int128)ticks * US_A_SECOND >> resolution;
    else if (resolution <= TICKS_US)
        us = (__int128)ticks * (int64_t)power_of_ten(TICKS_US - resolution);
    else {
        uint64_t ticks_a_us = power_of_ten(resolution - TICKS_US);
        us = ticks_a_us ? ticks / ticks_a_us : 0;
    }
    us += (__int128)interface->offset_s * US_A_SECOND;
    return us >= 0 && us < YEAR_10000 ? (int64_t)us : 0;
}
