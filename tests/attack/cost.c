/* cost.c SHAPES: does to each packet of a file what a target does before any budget is asked, between two of
 * callgrind's client requests; cost.py writes the file and counts. A line is a name, "frame" (an IP packet)
 * or the slug of a datagram challenge (its payload), and the bytes in hex. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

#include "base/codec.h"
#include "fuzz.h"
#include "judge/judge.h"
#include "targets/state/memory.h"

enum { SOURCE = 0x0A0A0028, BYTES_MAX = 2048, LINE_SIZE = 3 * BYTES_MAX };

static struct fuzz_class class;
static struct memory *memory;

void fuzz_fail(const char *what)
{
    fprintf(stderr, "cost: %s\n", what);
    exit(3);
}

static void judge(const struct rules *rules, const struct packet *packet)
{
    struct verdict v;

    judge_quickly(rules, packet, SOURCE, &v);
}

static void take_frame(const uint8_t *frame, size_t length)
{
    struct packet packet;

    packet_decode(&packet, LINK_RAW, frame, length, length);
    const struct rules *rules = rulebook_select(class.book, &packet);
    if (rules)
        judge(rules, &packet);
    else
        memory_noise(memory, class.book, &packet, 0);
}

static void take_message(const struct rules *rules, uint8_t *bytes, size_t length)
{
    struct packet packet;

    packet_of_message(&packet, bytes - MESSAGE_HEADERS, length, false, SOURCE, 40000, class.class.target,
                      rules_port(rules));
    judge(rules, &packet);
}

static void take(char *line)
{
    static uint8_t room[MESSAGE_HEADERS + BYTES_MAX];
    uint8_t *bytes = room + MESSAGE_HEADERS;
    char *state = NULL, *name = strtok_r(line, " \n", &state), *kind = strtok_r(NULL, " \n", &state),
         *hex = strtok_r(NULL, " \n", &state);
    const struct rules *rules = kind ? rulebook_find(class.book, kind) : NULL;
    ptrdiff_t n = hex ? hex_decode(bytes, BYTES_MAX, hex, strlen(hex)) : 0;

    if (!kind || n < 0 || (!rules && strcmp(kind, "frame") != 0))
        fuzz_fail("not a shape");
    /* a kind of noise that is new is told of at length, within a budget of its source */
    if (!rules)
        take_frame(bytes, (size_t)n);
    CALLGRIND_ZERO_STATS;
    if (rules)
        take_message(rules, bytes, (size_t)n);
    else
        take_frame(bytes, (size_t)n);
    CALLGRIND_DUMP_STATS_AT(name);
}

int main(int argc, char **argv)
{
    static char line[LINE_SIZE];
    FILE *shapes = argc == 2 ? fopen(argv[1], "r") : NULL;

    if (!shapes)
        fuzz_fail("cost SHAPES");
    fuzz_class_open(&class, FUZZ_COURSE);
    if (!(memory = memory_new()))
        fuzz_fail("no memory");
    while (fgets(line, sizeof(line), shapes))
        take(line);
    fclose(shapes);
    memory_free(memory);
    return 0;
}
