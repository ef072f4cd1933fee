/* require.h - challenges that wait for others to be solved first. */
#pragma once

#include "board/call.h"

enum require {
    REQUIRE_MET,
    REQUIRE_HIDE,    /* as if it were not there */
    REQUIRE_MASK,    /* "???" */
    REQUIRE_PREVIEW, /* its name and value, no more */
};

/* requirements: the stored JSON, "" for none. Administrators meet them all; ids that are no challenge are
 * ignored (CTFd 3.8.7, api/v1/challenges.py:360). */
enum require require_of(struct call *c, const char *requirements);
