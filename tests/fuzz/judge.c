/* Input: a byte for the challenge, a byte for the link (0x80: a message, not a frame), four bytes of source,
 * the frame or message. It is judged by a challenge of the real course or of tests/fuzz/course: verdict,
 * diagnoses, reports, noise, rank. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/diagnose.h"
#include "explain/finding.h"
#include "explain/letters.h"
#include "explain/noise.h"
#include "explain/report.h"
#include "judge/judge.h"
#include "judge/rank.h"

enum { HEAD = 6, MESSAGE = 0x80, CHALLENGES_MAX = 64 };

static struct fuzz_class classes[2];
static struct rank *ranks[CHALLENGES_MAX];
static size_t n_all, n_real;

static const struct rulebook *book_of(size_t i)
{
    return classes[i >= n_real].book;
}

static const struct rules *rules_of(size_t i)
{
    return rulebook_at(book_of(i), i < n_real ? i : i - n_real);
}

void fuzz_open(void)
{
    fuzz_class_open(&classes[0], FUZZ_COURSE);
    fuzz_class_open(&classes[1], FUZZ_CLAUSES);
    n_real = rulebook_count(classes[0].book);
    n_all = n_real + rulebook_count(classes[1].book);
    if (n_all > CHALLENGES_MAX)
        fuzz_fail("more challenges than CHALLENGES_MAX");
    for (size_t i = 0; i < n_all; i++)
        if (!(ranks[i] = rank_new(rules_of(i), NULL)))
            fuzz_fail("no memory");
}

static void put_diagnoses(const struct rules *rules, const struct packet *packet,
                          const struct verdict *verdict, const struct finding *finding, struct buf *said)
{
    struct diagnosis out[DIAGNOSES_MAX];

    memset(out, fuzz_dirt(), sizeof(out));
    size_t n = diagnose(rules, packet, verdict, finding, out);

    if ((n > 0) != (finding->status == FINDING_FAIL) || n > DIAGNOSES_MAX)
        fuzz_fail("a failed finding without a diagnosis, or one without a failure");
    for (size_t i = 0; i < n; i++) {
        if (!out[i].code || strpbrk(out[i].text, "\n\r") || strpbrk(out[i].mend, "\n\r"))
            fuzz_fail("a diagnosis of more than a line");
        buf_printf(said, "  %s %d %s | %s | %s\n", out[i].code->name, (int)out[i].confidence, out[i].text,
                   out[i].mend, out[i].see);
    }
}

static void put_findings(const struct rules *rules, const struct packet *packet,
                         const struct verdict *verdict, struct buf *said)
{
    struct reasons reasons;

    memset(&reasons, fuzz_dirt(), sizeof(reasons));
    reasons_begin(&reasons, rules, packet, verdict);
    if (verdict->n > FINDINGS_MAX || verdict->n_right > verdict->n_judged ||
        (verdict->pass && verdict->n_right != verdict->n_judged))
        fuzz_fail("a verdict that does not add up");
    buf_printf(said, "%d %s %d %zu/%zu\n", verdict->pass, verdict->student, verdict->stranger,
               verdict->n_right, verdict->n_judged);
    for (size_t i = 0; i < verdict->n; i++) {
        const struct finding *f = &verdict->findings[i];
        buf_printf(said, "%s %d %u %d %u+%u ", f->field ? f->field->name : "-", (int)f->status,
                   (unsigned)f->fault, f->absent, f->offset, f->length);
        if (!f->absent && f->offset + f->length > packet->length)
            fuzz_fail("a finding outside the frame");
        finding_expected(&reasons, f, said);
        buf_puts(said, " / ");
        finding_got(rules, packet, f, said);
        buf_puts(said, "\n");
        put_diagnoses(rules, packet, verdict, f, said);
    }
}

static void put_reports(const struct rules *rules, const struct packet *packet, const struct verdict *verdict,
                        struct buf *said)
{
    struct json_writer w = {.out = said};
    struct reasons reasons;

    memset(&reasons, fuzz_dirt(), sizeof(reasons));
    reasons_begin(&reasons, rules, packet, verdict);
    for (int level = FEEDBACK_NONE; level <= FEEDBACK_FULL; level++) {
        struct buf text;
        buf_init(&text, 4096);
        report_text(&reasons, (enum feedback_level)level, &text);
        if (text.failed || text.len > 900)
            fuzz_fail("a report of more than 900 bytes");
        for (size_t i = 0; i < text.len; i++) {
            const size_t letter = letters_shown((const uint8_t *)text.data + i, text.len - i);
            if (letter)
                i += letter - 1;
            else if (text.data[i] != '\n' && (text.data[i] < ' ' || text.data[i] > '~'))
                fuzz_fail("a report with bytes that are no letters");
        }
        buf_puts(said, buf_text(&text));
        buf_free(&text);
    }
    json_open_object(&w, NULL);
    report_json(&reasons, SIZE_MAX, &w, "findings");
    json_close_object(&w);
}

static void judge(size_t i, const struct packet *packet, ipaddr source, struct buf *said)
{
    const struct rules *rules = rules_of(i);
    const struct rules *taken = rulebook_select(book_of(i), packet);
    struct verdict verdict;
    struct noise noise;

    memset(&verdict, fuzz_dirt(), sizeof(verdict));
    memset(&noise, fuzz_dirt(), sizeof(noise));
    judge_packet(rules, packet, source, &verdict);
    put_findings(rules, packet, &verdict, said);
    put_reports(rules, packet, &verdict, said);
    size_t wrong = rank_wrong(ranks[i], packet, FINDINGS_MAX);
    buf_printf(said, "\n%zu %s\n", wrong, taken ? rules_slug(taken) : "noise");
    if (wrong != RANK_UNKNOWN && wrong != verdict.n_judged - verdict.n_right)
        fuzz_fail("rank and verdict differ");
    memset(&verdict, fuzz_dirt(), sizeof(verdict));
    judge_packet_for(rules, packet, "jones", &verdict);
    put_findings(rules, packet, &verdict, said);
    if (taken)
        return;
    struct reading_meant meant;
    char student[NAME_MAX_LEN + 1];
    if (reading_rules(book_of(i), packet, &meant))
        buf_printf(said, "meant for %s: %s %s, %s\n", rules_slug(meant.rules), meant.field->name,
                   meant.why.code->name, meant.student);
    if (reading_student(rules, packet, student))
        buf_printf(said, "by %s\n", student);
    noise_of(book_of(i), NULL, packet, &noise);
    noise_meant(book_of(i), packet);
    char from[IPADDR_TEXT_SIZE];
    buf_printf(said, "%llx %s %d %s: %s\n", (unsigned long long)noise_key(book_of(i), packet),
               ipaddr_text(noise.source, from), noise.kernel_syn, noise.what, noise.why);
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    struct packet packet;

    if (size < HEAD || size > 4096)
        return;
    size_t i = data[0] % n_all, length = size - HEAD;
    ipaddr source = load_be32(data + 2);
    if (!(data[1] & MESSAGE)) {
        packet_decode(&packet, (enum link)(data[1] % (LINK_UNKNOWN + 1)), data + HEAD, length, length);
        judge(i, &packet, source, said);
        return;
    }
    uint8_t *storage = malloc(MESSAGE_HEADERS + length);
    if (!storage)
        fuzz_fail("no memory");
    memcpy(storage + MESSAGE_HEADERS, data + HEAD, length);
    const struct rules *rules = rules_of(i);
    packet_of_message(&packet, storage, length, rules_kind(rules) == TARGET_STREAM, source, 40000,
                      classes[0].class.target, rules_port(rules));
    judge(i, &packet, source, said);
    free(storage);
}
