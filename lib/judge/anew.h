/* anew.h - whether a wrong message is one with which a student begins a new try, or one of his try that is
 * under way. */
#pragma once

#include "judge/filled.h"

/* True for a message by socket from another port than the try's, of which nothing is what its due step asks
 * for and nothing what the try told or bound, and that says the first step's text in a wrong way: the handle
 * stands in it under whatever a program put around it, or a word that stands for one. filled: any, which is
 * filled anew. Dear, as identify_student's deep search. source: as judge_packet's. */
bool anew_says(struct filled *filled, const struct rules *rules, const struct talk *talk,
               const struct packet *packet, ipaddr source);
