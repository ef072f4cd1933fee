/* mangled.h - changes of a right packet, made with its bytes at hand. */
#pragma once

#include "sent.h"

struct edit {
    const char *slug, *name, *code, *text;
    void (*make)(struct made *m);
};

void reverse(uint8_t *bytes, size_t n);

/* Each is one mistake; its name says which. sum_tcp is none: a student's own sum over what he sends. */
void sum_tcp(struct made *m);
void offset_plain(struct made *m);
void offset_bytes(struct made *m);
void offset_by_four(struct made *m);
void offset_swapped(struct made *m);
void offset_none(struct made *m);
void offset_six(struct made *m);
void ihl_six(struct made *m);
void ihl_sum(struct made *m);
void length_of_the_header(struct made *m);
void protocol_udp(struct made *m);
void kernels_header(struct made *m);
void ethernet_inside(struct made *m);
void udp_before(struct made *m);
void tcp_before(struct made *m);
void tcp_twice(struct made *m);
void ip_twice(struct made *m);
void text_before_tcp(struct made *m);
void two_packets(struct made *m);
void no_header(struct made *m);
void ttl_and_protocol(struct made *m);
void mss_option(struct made *m);
void mss_behind(struct made *m);
void id_and_length(struct made *m);
void nop_option(struct made *m);
void udp_and_text(struct made *m);
void id_and_flags(struct made *m);
void both_numbers(struct made *m);
void id_left_out(struct made *m);
void tos_as_h(struct made *m);
