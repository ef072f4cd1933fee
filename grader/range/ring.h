/* ring.h - capture rings of a student's program: the kernel's memory, made by init in his stead. */
#pragma once

#include <stdbool.h>

/* The largest ring; libpcap makes one of 2 MiB, and a smaller one when it hears ENOMEM. */
#define RING_BYTES (4ULL << 20)

/* Answers one setsockopt(PACKET_RX_RING) that waits at deny_load()'s descriptor. True when it was granted. */
bool ring_answer(int asks);
