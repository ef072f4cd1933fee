#include "targets/target.h"

extern const struct kind stream_kind, datagram_kind, packet_kind;

const struct kind *const KINDS[] = {
    /* ADD A TARGET KIND HERE: its struct, defined in kinds/NAME.c; one line in CMake; its word in
       lib/spec/target.c */
    &stream_kind,
    &datagram_kind,
    &packet_kind,
};
const size_t N_KINDS = sizeof(KINDS) / sizeof(KINDS[0]);
