/* wire.h - links, addresses and routes of the network namespace that the calling thread is in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/err.h"

/* Needs CAP_NET_ADMIN over the namespaces it touches. Everything returns ST_OK or ST_ENV. */
struct wire {
    int fd; /* rtnetlink */
    uint32_t sequence;
};

/* For the namespace the thread is in now; stays with it when the thread moves on. */
enum status wire_open(struct wire *wire, struct err *err);
void wire_close(struct wire *wire);

/* A veth pair: `name` here, `peer` in the namespace of descriptor peer_net. */
enum status wire_veth(struct wire *wire, const char *name, const char *peer, int peer_net, struct err *err);

/* No IPv6 address that nobody asked for, no reverse path filter (spoofed sources arrive), no offload
 * (checksums on the wire are those that the sender wrote), link up. "lo" is only brought up. */
enum status wire_up(struct wire *wire, const char *name, struct err *err);

/* An IPv6 address is there at once: nobody is asked whether he has it (RFC 4862, section 5.4). */
enum status wire_address(struct wire *wire, const char *name, ipaddr addr, unsigned prefix, struct err *err);

/* The default route, by a gateway that need not be in the interface's own network, with the source of what
 * names none, in place of the one that is there: scapy from 2.6 on takes it from there, and sends from
 * 0.0.0.0 where it is not said. */
enum status wire_gateway(struct wire *wire, const char *name, ipaddr gateway, ipaddr from, struct err *err);

/* Writes a setting below /proc/sys/net of the namespace the thread is in; fine when it has that value already
 * and cannot be written. */
enum status wire_setting(const char *name, const char *value, struct err *err);
