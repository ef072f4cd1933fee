/* capture.h - every frame of the student's interfaces, as a pcap file, for --keep. */
#pragma once

/* Writes to fd until its ceiling (8 MiB) or for ever. Returns the program's exit status. */
int capture_to(int fd);
