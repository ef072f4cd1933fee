/* acked.h - how much of what was written the peer's kernel has acknowledged, and whether it resets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Bytes acknowledged on a connected TCP socket, a reset one included; 0 when the kernel does not tell. Some
 * kernels count the SYN as one. */
uint64_t acked_bytes(int fd);

/* True when the peer has reset the connection, whatever was read of it. */
bool acked_reset(int fd);

/* True when not all that was sent has been acknowledged. */
bool acked_not_all(int fd);
