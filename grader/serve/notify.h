/* notify.h - tells the service manager how it goes (sd_notify(3)'s protocol, without its library). */
#pragma once

#include <stdint.h>

/* Sends text, "READY=1\nSTATUS=…", as one datagram to $NOTIFY_SOCKET. Without one, or when nobody reads it,
 * nothing happens: a daemon does its work all the same. */
void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* How often the manager wants to hear WATCHDOG=1, in milliseconds: half of $WATCHDOG_USEC, 0 when it does not
 * ask for it (of this process). */
uint64_t notify_watchdog_ms(void);
