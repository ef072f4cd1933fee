/* notify.h - tells the service manager how it goes (sd_notify(3)'s protocol, without its library). */
#pragma once

#include <stdint.h>

/* A socket to $NOTIFY_SOCKET, to close(); -1 without one. For who gives up the right to make sockets later.
 */
int notify_open(void);

/* Sends text, "READY=1\nSTATUS=…", as one datagram. With fd -1, or when nobody reads it, nothing happens: a
 * daemon does its work all the same. */
void notify_send(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* How often the manager wants to hear WATCHDOG=1, in milliseconds: half of $WATCHDOG_USEC, 0 when it does not
 * ask for it (of this process). */
uint64_t notify_watchdog_ms(void);
