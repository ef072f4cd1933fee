/* acked.h - how much of what was written the peer's kernel has acknowledged. */
#pragma once

#include <stdint.h>

/* Bytes acknowledged on a connected TCP socket, a reset one included; 0 when the kernel does not tell. Some
 * kernels count the SYN as one. */
uint64_t acked_bytes(int fd);
