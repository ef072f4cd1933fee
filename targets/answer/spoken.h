/* spoken.h - conversations by datagrams and packets: which try of its source one belongs to. */
#pragma once

#include "targets/answer/turn.h"

/* Finds the try that the attempt goes on with, or begins one, and lets it have what it is owed. A try belongs
 * to its source, whatever the port; where several are under way (two students behind one address) it is the
 * one of the same port, else one whose due step it fits. A right first step begins anew. True when the try
 * has said TALK_DIALS: then *dialling is a copy of it. */
bool spoken_take(struct runtime *runtime, const struct attempt *attempt, const struct way *way,
                 struct buf *text, struct talk *dialling);

/* The same for a packet. The reset of the student's own kernel is no attempt, but is told at `seen`; a packet
 * that comes again has the same answer again. */
void spoken_packet(struct runtime *runtime, const struct attempt *attempt, const struct way *way,
                   struct buf *text);
