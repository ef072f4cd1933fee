/* The program's own getrandom() stands before the C library's, for libraries as well. */
#include "chance.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static struct {
    _Atomic uint64_t drawn; /* how many words; the draws of threads are each in turn */
    uint64_t start;
    pid_t pid;
} chance;

/* Steele, Lea and Flood 2014, splitmix64: each number of the row from its place alone. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void chance_begin(const char *name)
{
    const char *texts[] = {getenv("WIREGRADE_SEED"), name};

    chance.start = 1;
    for (size_t i = 0; i < 2; i++)
        for (const char *c = texts[i]; c && *c; c++)
            chance.start = mix(chance.start + (unsigned char)*c);
    chance.pid = getpid();
    chance.drawn = 0;
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    const uint64_t start = getpid() == chance.pid ? chance.start : mix(chance.start ^ (uint64_t)getpid());
    uint8_t *out = buffer;

    (void)flags;
    for (size_t at = 0; at < length;) {
        const uint64_t word = mix(start + 0x9e3779b97f4a7c15 * ++chance.drawn);
        const size_t n = length - at < sizeof(word) ? length - at : sizeof(word);
        memcpy(out + at, &word, n);
        at += n;
    }
    return (ssize_t)length;
}

int getentropy(void *buffer, size_t length)
{
    return getrandom(buffer, length, 0) == (ssize_t)length ? 0 : -1;
}
