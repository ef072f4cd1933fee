/* summary.h - a packet in one line. */
#pragma once

#include "grader/store/handed.h"

enum { SUMMARY_SIZE = 256 };

/* "10.10.0.40 > 172.16.1.15 TCP 5421 > 8081 SYN, id 0x1234, 8 bytes: 63 32 31 …" of a kept packet; returns
 * out. */
const char *summary_text(const struct handed_packet *handed, char out[SUMMARY_SIZE]);
