/* quiet.h - keeps this machine's kernel from answering where packets are answered by hand. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"

/* Listens on a TCP or UDP port of an IPv4 address (0: all) so that the kernel answers nothing there, and
 * needs no capability for it. The socket stays open until the process ends. ST_ENV: the port is taken, or
 * this kernel has no TCP_MD5SIG_EXT. */
enum status quiet_port(ipaddr address, bool udp, uint16_t port, struct err *err);
