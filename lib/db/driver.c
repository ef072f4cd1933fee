#include "db/driver.h"

enum status driver_outdated(const char *where, int64_t is, int64_t knows, struct err *err)
{
    return err_set(err, ST_ENV,
                   "%s: %s wiregrade (version %lld, this one knows %lld), while this one ran; %s", where,
                   is > knows ? "made by a newer" : "in place of it is now that of an older", (long long)is,
                   (long long)knows, is > knows ? "update this machine, too" : "start it again");
}
