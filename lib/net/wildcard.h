/* wildcard.h - datagrams of a socket that is bound to every IPv4 address: to which of them one came, and an
 * answer from there, since a connected client hears no other (ip(7), IP_PKTINFO). */
#pragma once

#include "net/listen.h"

/* Lets the kernel tell. False with errno. */
bool wildcard_open(int fd);

/* Reads one datagram without waiting: its length, or -1 with errno. *to: the address it came to, host order;
 * 0 where the kernel does not tell. */
ssize_t wildcard_receive(int fd, void *bytes, size_t size, struct net_peer *from, ipaddr *to);

/* Sends without waiting, from an own IPv4 address (host order; 0: the kernel's choice, as for IPv6). False
 * with errno. */
bool wildcard_send(int fd, ipaddr from, const struct net_peer *to, const void *bytes, size_t length);
