/* rank DIR…: every packet below the folders is judged by every challenge of the demo course and of
 * tests/fuzz/course, by judge and by rank: both must find the same number of clauses wrong. Read are captures
 * (*.pcap) and the fuzz targets' seeds (in folders named decode and judge). Prints how many packets it were,
 * how often rank could tell, and for how many of these nothing was wrong. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cursor.h"
#include "base/file.h"
#include "judge/judge.h"
#include "judge/rank.h"
#include "pkt/capture.h"

enum { CHALLENGES_MAX = 64, INPUT_MAX = 1 << 20, WHOM = 3 };
enum { DECODE_HEAD = 2, JUDGE_HEAD = 6, JUDGE_MESSAGE = 0x80 }; /* decode.c and judge.c of tests/fuzz */

/* Whom a packet is ranked for: whom it names, or one who is told. */
static const char *const STUDENTS[WHOM] = {NULL, "smith", "jones"};

static struct fuzz_class classes[2];
static struct challenge_ranks {
    const struct rules *rules;
    struct rank *rank[WHOM];
} challenges[CHALLENGES_MAX];
static size_t n_challenges;
static unsigned long n_packets, n_told, n_right, n_differ;

void fuzz_fail(const char *what)
{
    fprintf(stderr, "rank: %s\n", what);
    exit(3);
}

static void open_course(struct fuzz_class *class, const char *course)
{
    fuzz_class_open(class, course);
    for (size_t i = 0; i < rulebook_count(class->book); i++) {
        if (n_challenges == CHALLENGES_MAX)
            fuzz_fail("more challenges than CHALLENGES_MAX");
        struct challenge_ranks *c = &challenges[n_challenges++];
        c->rules = rulebook_at(class->book, i);
        for (size_t k = 0; k < WHOM; k++)
            if (!(c->rank[k] = rank_new(c->rules, STUDENTS[k])))
                fuzz_fail("no memory");
    }
}

static void close_course(struct fuzz_class *class)
{
    rulebook_free(class->book);
    keyring_free(class->ring);
    course_free(&class->course);
    class_free(&class->class);
    roster_free(&class->roster);
}

static void compare(const struct challenge_ranks *c, size_t whom, const struct packet *packet,
                    const char *where)
{
    struct verdict v;
    size_t wrong = rank_wrong(c->rank[whom], packet, FINDINGS_MAX);

    if (wrong == RANK_UNKNOWN)
        return;
    if (STUDENTS[whom])
        judge_packet_for(c->rules, packet, STUDENTS[whom], &v);
    else
        judge_packet(c->rules, packet, packet_src(packet), &v);
    n_told++;
    n_right += wrong == 0;
    if (wrong == v.n_judged - v.n_right && (wrong == 0) == v.pass && rank_judged(c->rank[whom]) == v.n_judged)
        return;
    n_differ++;
    printf("%s: %s for %s: rank finds %zu of %zu wrong, judge %zu of %zu\n", where, rules_slug(c->rules),
           STUDENTS[whom] ? STUDENTS[whom] : "whom it names", wrong, rank_judged(c->rank[whom]),
           v.n_judged - v.n_right, v.n_judged);
}

static void compare_all(const struct packet *packet, const char *where)
{
    n_packets++;
    for (size_t i = 0; i < n_challenges; i++)
        for (size_t k = 0; k < WHOM; k++)
            compare(&challenges[i], k, packet, where);
}

static void on_frame(void *context, const struct frame *frame)
{
    struct packet packet;

    packet_decode(&packet, frame->link, frame->bytes, frame->length, frame->wire_length);
    compare_all(&packet, context);
}

static void read_capture(const char *path)
{
    struct capture *capture;
    struct err err;
    int n;

    if (capture_open_file(&capture, path, &err) != ST_OK)
        fuzz_fail(err.text);
    while ((n = capture_read(capture, 0, on_frame, (void *)path, &err)) > 0)
        ;
    if (n < 0)
        fuzz_fail(err.text);
    capture_close(capture);
}

/* A message is a packet of either transport, to wherever the first challenge of it listens. */
static void read_message(const uint8_t *data, size_t length, uint32_t source, const char *path)
{
    uint8_t *storage = malloc(MESSAGE_HEADERS + length);
    struct packet packet;

    if (!storage)
        fuzz_fail("no memory");
    for (size_t i = 0; i < n_challenges; i++) {
        const struct rules *rules = challenges[i].rules;
        memcpy(storage + MESSAGE_HEADERS, data, length);
        if (rules_kind(rules) == TARGET_PACKET)
            continue;
        packet_of_message(&packet, storage, length, rules_kind(rules) == TARGET_STREAM, source, 40000,
                          classes[0].class.target, rules_port(rules));
        compare_all(&packet, path);
    }
    free(storage);
}

static void read_seed(const char *path, bool judge)
{
    struct packet packet;
    struct err err;
    struct buf bytes;
    size_t head = judge ? JUDGE_HEAD : DECODE_HEAD;

    buf_init(&bytes, INPUT_MAX);
    if (file_read(path, &bytes, &err) != ST_OK)
        fuzz_fail(err.text);
    const uint8_t *data = (const uint8_t *)bytes.data;
    if (bytes.len < head)
        fuzz_fail(path);
    size_t length = bytes.len - head;
    if (judge && data[1] & JUDGE_MESSAGE) {
        read_message(data + head, length, load_be32(data + 2), path);
    } else {
        packet_decode(&packet, (enum link)(data[judge] % (LINK_UNKNOWN + 1)), data + head, length,
                      length + (judge ? 0 : data[1]));
        compare_all(&packet, path);
    }
    buf_free(&bytes);
}

static void read_all(const char *dir)
{
    const char *name = strrchr(dir, '/');
    DIR *open = opendir(dir);

    if (!open)
        fuzz_fail(dir);
    for (struct dirent *entry; (entry = readdir(open));) {
        char *path = path_join(dir, entry->d_name);
        const char *dot = strrchr(entry->d_name, '.');
        if (entry->d_name[0] != '.' && dot && strcmp(dot, ".pcap") == 0)
            read_capture(path);
        else if (entry->d_name[0] != '.')
            read_seed(path, name && strcmp(name, "/judge") == 0);
        free(path);
    }
    closedir(open);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: rank DIR...\n");
        return 2;
    }
    open_course(&classes[0], FUZZ_COURSE);
    open_course(&classes[1], FUZZ_CLAUSES);
    for (int i = 1; i < argc; i++)
        read_all(argv[i]);
    for (size_t i = 0; i < n_challenges; i++)
        for (size_t k = 0; k < WHOM; k++)
            rank_free(challenges[i].rank[k]);
    close_course(&classes[0]);
    close_course(&classes[1]);
    printf("%lu packets, %lu ranked, %lu of them right, %lu differ\n", n_packets, n_told, n_right, n_differ);
    return n_differ || !n_told || !n_right;
}
