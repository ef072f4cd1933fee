/* Relative to the program itself, so that a prefix chosen at `cmake --install`, or a tree that was moved, is
 * right. CMake gives the ways from the folder of the programs. */
#include "base/installed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

/* dir/way/name as seen from this program's folder, to free(); NULL unless `amode` access(2) to it is had. */
static char *find(const char *way, const char *name, int amode)
{
    char self[PATH_MAX], *out = NULL;
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n <= 0)
        return NULL;
    self[n] = '\0';
    char *dir = path_dir(self);
    if (!dir || asprintf(&out, "%s/%s%s", dir, way, name) < 0)
        out = NULL;
    free(dir);
    if (out && access(out, amode) == 0)
        return out;
    free(out);
    return NULL;
}

char *installed_program(const char *name)
{
    char *beside = find("", name, X_OK);

    return beside ? beside : find(INSTALLED_LIBEXEC "/", name, X_OK);
}

const char *installed_course(void)
{
    static char found[PATH_MAX];

    if (access("challenges/course.yml", F_OK) == 0)
        return "challenges";
    if (access("course.yml", F_OK) == 0)
        return ".";
    char *dir = find(INSTALLED_DATA "/", "challenges", R_OK);
    char *plain = dir ? realpath(dir, NULL) : NULL; /* without the "..": people read it in messages */
    if (plain)
        snprintf(found, sizeof(found), "%s", plain);
    free(plain);
    free(dir);
    return found[0] ? found : "challenges";
}
