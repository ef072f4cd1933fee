/* detail.h - findings in full, with what probably went wrong. */
#pragma once

#include "grader/check/show.h"

/* Appends every clause that is not right: expected, got, why with its code, what to try, where to read. */
void detail_text(const struct judged *judged, struct buf *out);

/* Every finding of the verdict, as the array "findings". */
void detail_json(const struct judged *judged, struct json_writer *w);
