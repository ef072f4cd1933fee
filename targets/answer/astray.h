/* astray.h - packets that no target may answer, since their addresses are not the class's: kept for `seen`.
 */
#pragma once

#include "pkt/decode.h"
#include "targets/state/runtime.h"

/* Keeps why a packet for these rules is not answered, for whom it names and for whoever is behind its station
 * of the link. rules NULL: no challenge takes it; those that it was meant for are sought, and when there are
 * none it is nobody's. Sends nothing; how many are looked at is bounded (strays_may_look). */
void astray_keep(struct runtime *runtime, enum link link, const struct packet *packet,
                 const struct rules *rules);

/* A packet of a student's address: remembers the station that it came from, for sure where it goes on with a
 * connection to a port of ours (connected). */
void astray_station(struct runtime *runtime, enum link link, const struct packet *packet, bool connected);
