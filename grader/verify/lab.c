#include "grader/verify/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/installed.h"
#include "base/str.h"
#include "judge/judge.h"

enum { NEIGHBOURS = 20, ROSTER_MAX = 4096, LINE_MAX_BYTES = 65536 };

static void random_name(char *out, size_t bytes)
{
    unsigned char random[16];

    if (bytes > sizeof(random) || getrandom(random, bytes, 0) != (ssize_t)bytes)
        memset(random, 'w', sizeof(random));
    base32_encode(out, random, bytes);
}

static bool any_of6(const struct clause_spec *clauses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct field *field = field_find(clauses[i].field.text);
        if (field && layer_ip_version(field->layer) == 6)
            return true;
    }
    return false;
}

bool lab_is6(const struct lab *lab)
{
    const struct target_spec *target = &lab->challenge->target;
    bool six = any_of6(target->listen, target->n_listen);

    for (size_t i = 0; i < target->n_steps; i++)
        six = six || any_of6(target->steps[i].expect, target->steps[i].n_expect);
    return six;
}

/* The i-th address of the student's interface, of the version that the challenge is for. */
static ipaddr address_of(const struct lab *lab, size_t i)
{
    ipaddr own = 0;

    ipaddr_parse(lab_is6(lab) ? RANGE_STUDENT_ADDRESS6 : RANGE_STUDENT_ADDRESS, &own);
    return own + i;
}

/* Handles of all lengths, so that payloads have odd ones too. */
static void make_students(struct lab *lab, struct buf *roster)
{
    buf_puts(roster, "handle,name,email,address\n");
    for (size_t i = 0; i < LAB_STUDENTS; i++) {
        char address[IPADDR_TEXT_SIZE] = "", name[BASE32_SIZE(16)];
        unsigned char length;
        if (getrandom(&length, 1, 0) != 1)
            length = 0;
        random_name(name, 16);
        /* the number keeps two from being the same */
        snprintf(lab->students[i], sizeof(lab->students[i]), "%.*s%zu", 2 + length % 18, name, i);
        if (target_by_source(&lab->challenge->target) || lab->challenge->target.to_home)
            ipaddr_text(address_of(lab, i), address);
        buf_printf(roster, "%s,%s,%s@example.org,%s\n", lab->students[i], lab->students[i], lab->students[i],
                   address);
    }
    /* whom nobody is called for leaves no line where the flag goes home */
    char own[IPADDR_TEXT_SIZE];
    if (lab->challenge->target.to_home)
        buf_printf(roster, LAB_PROBE ",Probe,probe@example.org,%s\n",
                   ipaddr_text(address_of(lab, LAB_STUDENTS), own));
}

/* The class of this run: a word that was never used, the range's addresses, a roster of its own. */
static enum status make_class(struct lab *lab, struct buf *roster, struct err *err)
{
    char word[BASE32_SIZE(5)], *path = NULL;
    struct problems problems = {0};

    random_name(word, 5);
    if (!class_practice(&lab->class, lab->course->dir))
        return err_memory(err);
    free(lab->class.word);
    if (asprintf(&lab->class.word, "v-%s", word) < 0) {
        lab->class.word = NULL;
        return err_memory(err);
    }
    make_students(lab, roster);
    enum status st = range_file(lab->range, "roster.csv", &path, err);
    if (st == ST_OK)
        st = file_replace(path, roster->data, roster->len, 0600, err);
    if (st == ST_OK && !roster_load(&lab->roster, path, &problems))
        st = problems_err(&problems, err);
    /* a reserved handle, that no roster may have */
    if (lab->challenge->target.identify == IDENTIFY_NOBODY)
        snprintf(lab->students[0], sizeof(lab->students[0]), "everyone");
    problems_free(&problems);
    free(path);
    return st;
}

static enum status compile(struct lab *lab, struct err *err)
{
    const char *const only[] = {lab->challenge->slug};
    struct problems problems = {0};

    enum status st = keyring_random(&lab->ring, err);
    if (st != ST_OK)
        return st;
    lab->flags = (struct flag_context){lab->course->flag_prefix, lab->course->id, lab->class.word};
    lab->book = rulebook_compile(lab->course, &lab->class, &lab->roster, lab->ring, only, 1, &problems);
    if (!lab->book)
        st = problems_err(&problems, err);
    else
        lab->rules = rulebook_at(lab->book, 0);
    problems_free(&problems);
    return lab->book || st != ST_OK ? st : err_memory(err);
}

/* A course as the target reads it. */
struct shown {
    struct program_show rows[TARGETS_SHOWS_MAX];
    char at[TARGETS_SHOWS_MAX][256];
    size_t n;
};

static void show(struct lab *lab, struct shown *s, const char *name, const char *from)
{
    if (s->n == TARGETS_SHOWS_MAX)
        return; /* the target then says which file it misses */
    snprintf(s->at[s->n], sizeof(s->at[0]), "/wiregrade/course/%s%s%s",
             from == lab->course->file ? "" : lab->challenge->slug, from == lab->course->file ? "" : "/",
             name);
    s->rows[s->n] =
        (struct program_show){.at = s->at[s->n], .from = from, .bytes = "", .root = lab->course->dir};
    s->n++;
}

/* The course's file and this challenge's two: what the target reads, and nothing that would help to solve it.
 * What else challenge.yml names has only to be there. */
static void show_course(struct lab *lab, const char *challenge_file, struct shown *s)
{
    const struct challenge *c = lab->challenge;

    s->n = 0;
    show(lab, s, "course.yml", lab->course->file);
    show(lab, s, "challenge.yml", challenge_file);
    show(lab, s, "target.yml", c->target.file);
    for (size_t i = 0; i < c->n_files; i++)
        show(lab, s, c->files[i].text, NULL);
    if (c->solution.text)
        show(lab, s, c->solution.text, NULL);
}

static enum status serve(struct lab *lab, const struct buf *roster, struct err *err)
{
    char *challenge = path_join(lab->challenge->dir, "challenge.yml");
    struct shown shown;

    show_course(lab, challenge, &shown);
    const struct targets_spec spec = {.word = lab->class.word,
                                      .shows = shown.rows,
                                      .n_shows = shown.n,
                                      .book = lab->book,
                                      .ring = lab->ring,
                                      .roster = roster,
                                      .only = lab->challenge->slug,
                                      .err = lab->log_fd};
    enum status st = targets_start(lab->range, &spec, &lab->targets, err);
    free(challenge);
    lab->serving = lab->targets.program != NULL;
    if (st != ST_OK) {
        char said[400];
        ssize_t n = pread(lab->log_fd, said, sizeof(said) - 1, 0);
        said[n > 0 ? n : 0] = '\0';
        said[strcspn(said, "\n")] = '\0';
        return said[0] ? err_set(err, st, "the target did not start: %s", said) : st;
    }
    lab->journal_fd = open(lab->targets.journal, O_RDONLY | O_CLOEXEC);
    return lab->journal_fd < 0 ? err_set(err, ST_ENV, "%s: %s", lab->targets.journal, strerror(errno))
                               : ST_OK;
}

static enum status start_sender(struct lab *lab, struct err *err)
{
    char path[sizeof(RANGE_SOCKETS "/") + TARGET_PATH_MAX];
    const bool local = rules_path(lab->rules) != NULL;
    const char *const argv[] = {"wiregrade-sender", RANGE_TARGET_ADDRESS, RANGE_TARGET_ADDRESS6,
                                local ? path : NULL, NULL};
    const char *const capture[] = {"wiregrade-sender", "--capture", NULL};
    char *exe = installed_program("wiregrade-sender");
    int to[2] = {-1, -1}, from[2] = {-1, -1};

    snprintf(path, sizeof(path), RANGE_SOCKETS "/%s", local ? rules_path(lab->rules) : "");
    if (!exe)
        return err_set(err, ST_ENV,
                       "wiregrade-sender is missing; mend: build or install it beside this program");
    if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC)) {
        free(exe);
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    }
    struct program_spec spec = {
        .side = RANGE_STUDENT, .argv = argv, .exe = exe, .in = to[0], .out = from[1], .err = lab->log_fd};
    enum status st = program_start(lab->range, &spec, &lab->sender, err);
    close(to[0]);
    close(from[1]);
    lab->to_sender = to[1];
    lab->from_sender = from[0];
    if (st == ST_OK && lab->options->keep) {
        spec.argv = capture;
        spec.in = -1;
        lab->capture_fd = memfd_create("pcap", MFD_CLOEXEC);
        spec.out = lab->capture_fd;
        st = program_start(lab->range, &spec, &lab->capture, err);
    }
    free(exe);
    return st;
}

enum status lab_open(struct lab *lab, const struct verify_options *options, const struct course *course,
                     const struct challenge *challenge, struct err *err)
{
    const struct range_options range = {.hops = options->hops, .neighbours = NEIGHBOURS};
    struct buf roster;

    *lab = (struct lab){.options = options,
                        .course = course,
                        .challenge = challenge,
                        .to_sender = -1,
                        .from_sender = -1,
                        .capture_fd = -1,
                        .journal_fd = -1};
    buf_init(&lab->line, LINE_MAX_BYTES);
    buf_init(&roster, ROSTER_MAX);
    lab->log_fd = memfd_create("target", MFD_CLOEXEC);
    enum status st = range_open(&range, &lab->range, err);
    /* no core dump, no reader: it will hold a key; not before, see range.h */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (st == ST_OK)
        st = make_class(lab, &roster, err);
    if (st == ST_OK)
        st = compile(lab, err);
    if (st == ST_OK)
        st = serve(lab, &roster, err);
    if (st == ST_OK)
        st = start_sender(lab, err);
    buf_free(&roster);
    return st;
}

/* The last line of what target and sender wrote; "" when they were silent. */
static void last_words(const struct lab *lab, char *out, size_t size)
{
    off_t length = lseek(lab->log_fd, 0, SEEK_END),
          from = length > (off_t)size - 1 ? length - (off_t)size + 1 : 0;
    ssize_t n = pread(lab->log_fd, out, size - 1, from);

    for (; n > 0 && out[n - 1] == '\n'; n--)
        ;
    out[n > 0 ? n : 0] = '\0';
    char *line = strrchr(out, '\n');
    if (line)
        memmove(out, line + 1, strlen(line));
}

enum status lab_check(const struct lab *lab, int wait_ms, struct err *err)
{
    char words[300], how[128];
    struct program_result result;
    enum status st = targets_check(&lab->targets, wait_ms, err);

    if (st == ST_OK && program_wait(lab->sender, 0, &result) == ST_OK)
        st = err_set(err, ST_ENV, "wiregrade-sender has ended by itself: %s",
                     program_end_text(&result, how, sizeof(how)));
    if (st == ST_OK)
        return ST_OK;
    last_words(lab, words, sizeof(words));
    const struct err ended = *err;
    return words[0] ? err_set(err, st, "%s; its last words: %s", ended.text, words) : st;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void lab_close(struct lab *lab)
{
    program_close(lab->capture);
    program_close(lab->sender);
    targets_close(&lab->targets);
    range_close(lab->range);
    close_fd(lab->to_sender);
    close_fd(lab->from_sender);
    close_fd(lab->journal_fd);
    close_fd(lab->capture_fd);
    close_fd(lab->log_fd);
    buf_free(&lab->line);
    rulebook_free(lab->book);
    keyring_free(lab->ring);
    roster_free(&lab->roster);
    class_free(&lab->class);
}

ipaddr lab_source(struct lab *lab, size_t who)
{
    if (target_by_source(&lab->challenge->target))
        return address_of(lab, who);
    /* near misses of a first message come from where no try is under way that they might go on with */
    const unsigned n = rules_talks(lab->rules) ? NEIGHBOURS / 2 : NEIGHBOURS;
    return address_of(lab, 1 + lab->turn++ % n);
}

ipaddr lab_talker(struct lab *lab, size_t who, bool wire)
{
    if (lab->challenge->target.identify == IDENTIFY_SOURCE)
        return lab_source(lab, who);
    /* a turn taken on paper too would leave every second one's answers unused, and those of the rest used up
     */
    return address_of(lab, 1 + NEIGHBOURS / 2 + (lab->turn += wire) % (NEIGHBOURS / 2));
}

ipaddr lab_home(const struct lab *lab)
{
    return address_of(lab, 0);
}

ipaddr lab_target(const struct lab *lab)
{
    return class_target(&lab->class, lab_is6(lab));
}

bool lab_has_wire(const struct lab *lab)
{
    if (rules_is_arp(lab->rules)) /* no router passes it on */
        return lab->options->hops == 0;
    return !rules_below_ip(lab->rules) && (!lab_is6(lab) || access("/proc/net/if_inet6", F_OK) == 0);
}

void lab_packet(const struct lab *lab, const struct rules *rules, const struct exchange *e, ipaddr source,
                uint16_t sport, uint8_t *storage, struct packet *packet)
{
    enum { TARGETS_OWN = 50000 };
    uint16_t from = e->sport ? e->sport : sport, to = e->port;

    if (e->kind == TARGET_PACKET) {
        memcpy(storage, e->bytes, e->length);
        packet_decode(packet, LINK_RAW, storage, e->length, e->length);
        return;
    }
    /* of a dialled conversation the student's port is the one that was dialled */
    if (rules_dialled(rules)) {
        from = rules_dial_port(lab->rules);
        to = TARGETS_OWN;
    }
    memcpy(storage + MESSAGE_HEADERS, e->bytes, e->length);
    packet_of_message(packet, storage, e->length, e->kind == TARGET_STREAM, source, from, lab_target(lab),
                      to);
}

void lab_judge_step(const struct lab *lab, const struct rules *rules, const char *student,
                    const struct exchange *e, ipaddr source, uint16_t sport, struct verdict *verdict,
                    const struct field *field, struct reason *reason)
{
    uint8_t storage[MESSAGE_HEADERS + EXCHANGE_MAX];
    struct packet packet;

    lab_packet(lab, rules, e, source, sport, storage, &packet);
    if (student[0])
        judge_packet_for(rules, &packet, student, verdict);
    else
        judge_packet(rules, &packet, source, verdict);
    if (reason)
        reason_of(reason, rules, &packet, verdict, field);
}

bool lab_judge(const struct lab *lab, const struct exchange *e, ipaddr source, struct verdict *verdict,
               const struct field *field, struct reason *reason)
{
    uint8_t storage[MESSAGE_HEADERS + EXCHANGE_MAX];
    struct packet packet;

    if (e->kind == TARGET_PACKET) {
        packet_decode(&packet, e->link, e->bytes, e->length, e->length);
    } else {
        memcpy(storage + MESSAGE_HEADERS, e->bytes, e->length);
        packet_of_message(&packet, storage, e->length, e->kind == TARGET_STREAM, source,
                          e->sport ? e->sport : 40000, lab_target(lab), e->port);
    }
    judge_packet(lab->rules, &packet, source, verdict);
    if (reason)
        reason_of(reason, lab->rules, &packet, verdict, field);
    if (e->kind != TARGET_PACKET)
        return e->port == rules_port(lab->rules);
    if (!lab_has_wire(lab))
        return rulebook_select(lab->book, &packet);
    return rulebook_select(lab->book, &packet) && packet_dst(&packet) == lab_target(lab) &&
           (rules_to_home(lab->rules) ? verdict->student[0] && !verdict->by_address
                                      : class_has_student(&lab->class, packet_src(&packet)));
}
