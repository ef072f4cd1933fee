/* whose.h - whom a file or folder belongs to, by the names that learning platforms give to what they export.
 */
#pragma once

#include "spec/roster.h"

/* The student whom a path's names say: the first of its parts that says anybody decides. Known are a part
 * that is or holds a handle, an e-mail address or an external_id; Moodle's "Ann
 * Smith_123_assignsubmission_file"; Canvas's "smithann_LATE_123_456_trace.pcap". *n is how many students the
 * part fits; the result is NULL unless that is one. path is relative, its parts divided by "/". */
const struct student *whose_path(const struct roster *roster, const char *path, size_t *n);
