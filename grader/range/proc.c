#include "grader/range/proc.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

bool proc_read(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

uint64_t proc_number(const char *text, const char *word)
{
    char digits[24];
    uint64_t value = 0;
    const char *at = strstr(text, word);

    if (!at)
        return 0;
    at += strlen(word);
    at += strspn(at, " \t");
    size_t len = strspn(at, "0123456789");
    if (len == 0 || len >= sizeof(digits))
        return 0;
    memcpy(digits, at, len);
    digits[len] = '\0';
    return parse_u64(digits, UINT64_MAX, &value) == PARSE_OK ? value : 0;
}
