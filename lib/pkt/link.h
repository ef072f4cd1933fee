/* link.h - what a capture's bytes begin with. */
#pragma once

enum link {
    LINK_ETHERNET,
    LINK_RAW,  /* an IPv4 or IPv6 header at once */
    LINK_NULL, /* BSD loopback: four bytes of address family in the capturing host's order */
    LINK_SLL,  /* Linux cooked capture: what interface "any" gives */
    LINK_SLL2, /* its second version */
    LINK_UNKNOWN,
};

/* libpcap's DLT_/LINKTYPE_ number to enum link. */
enum link link_of_dlt(int dlt);
