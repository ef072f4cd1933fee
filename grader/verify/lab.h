/* lab.h - one challenge's range for one run: its target, a throw-away key, random students, and a sender. */
#pragma once

#include "forge/exchange.h"
#include "grader/classroom/targets.h"
#include "grader/verify/reason.h"
#include "grader/verify/sender.h"
#include "grader/verify/verify.h"
#include "json/json.h"
#include "spec/roster.h"

enum { LAB_STUDENTS = 16, LAB_FINDINGS = 12, LAB_ANSWER_MAX = 4096 };

/* What probes hold: they are sent after an exchange to show that it has been passed over. */
#define LAB_PROBE "wiregrade-probe"

/* One attempt as the target's journal tells it. */
struct lab_attempt {
    bool pass;
    char student[NAME_MAX_LEN + 1]; /* "" when nobody was named */
    bool probe;                     /* LAB_PROBE stands in its bytes */
    bool told;                      /* the line had room for its findings */
    size_t n;
    struct {
        char field[64];
        bool failed; /* else blocked */
        char expected[160], got[160];
        struct reason reason;
    } findings[LAB_FINDINGS];
};

struct lab {
    const struct verify_options *options;
    const struct course *course;
    const struct challenge *challenge;
    struct class class;
    struct roster roster;
    struct keyring *ring;
    struct flag_context flags;
    struct rulebook *book;
    const struct rules *rules;
    char students[LAB_STUDENTS][NAME_MAX_LEN + 1]; /* [0] does the work, [1] is another */
    struct range *range;
    struct targets targets;
    struct program *sender, *capture;
    int to_sender, from_sender, log_fd, capture_fd;
    int journal_fd;
    long long journal_at; /* bytes read */
    struct buf line;      /* an incomplete line */
    unsigned turn;        /* of the neighbours */
    bool serving;         /* what failed after this is our own fault, not the machine's */
};

/* Opens everything. ST_INPUT: the challenge cannot be compiled or served; ST_ENV: the machine says no.
 * lab_close() either way. */
enum status lab_open(struct lab *lab, const struct verify_options *options, const struct course *course,
                     const struct challenge *challenge, struct err *err);
void lab_close(struct lab *lab);

/* ST_OK as long as target and sender run, as far as can be seen within wait_ms; ST_ENV: one has ended by
 * itself, how, and the last line that it wrote. */
enum status lab_check(const struct lab *lab, int wait_ms, struct err *err);

/* The source address, of the challenge's IP version, of the next exchange of students[who]: a neighbour, so
 * that no source's share of the journal is used up; with identify: source the student's own. */
ipaddr lab_source(struct lab *lab, size_t who);

/* The same for a conversation that is walked, on the wire or on paper. */
ipaddr lab_talker(struct lab *lab, size_t who, bool wire);

/* Sends from the student's side. wait_ms: for the answer, or for the call to connect (packet; 0: no
 * listener). The answer goes to answer (LAB_ANSWER_MAX + 1 bytes, ended by NUL; may be NULL). *error is the
 * sender's errno, 0 when it was sent. ST_ENV: the sender is gone. */
enum status lab_send(struct lab *lab, const struct exchange *exchange, ipaddr source, uint16_t connect,
                     int wait_ms, char *answer, int *error, struct err *err);

/* The same of a packet, and hears its reply: *length bytes (0: none came), at most LAB_ANSWER_MAX. */
enum status lab_ask(struct lab *lab, const struct exchange *exchange, int wait_ms, uint8_t *reply,
                    size_t *length, int *error, struct err *err);

/* What came back of an order to a conversation's line. */
struct lab_said {
    int error;      /* errno, 0 when it was carried out */
    uint16_t sport; /* of the line; 0 without one */
    char text[LAB_ANSWER_MAX + 1];
};

/* Gives the sender an order of a conversation (sender.h), of request->length bytes. ST_ENV: it is gone. */
enum status lab_converse(struct lab *lab, const struct sender_request *request, const void *bytes,
                         struct lab_said *said, struct err *err);

/* The next attempt of the journal. ST_OK; ST_NO: none within timeout_ms; ST_ENV: the target has ended. */
enum status lab_attempt(struct lab *lab, int timeout_ms, struct lab_attempt *out, struct err *err);

ipaddr lab_home(const struct lab *lab); /* the student's own address, and the one that he sends to */
ipaddr lab_target(const struct lab *lab);

/* Whether the challenge asks for fields of IPv6; and whether it is sent, or proved on paper alone: of IPv6
 * where the kernel has none, of what stands below IP all but ARP, and ARP behind a router. */
bool lab_is6(const struct lab *lab);
bool lab_has_wire(const struct lab *lab);

/* Whether the target would take this packet as an attempt, and what it makes of it (in verdict), of `field`
 * too (in reason; NULL: of none). */
bool lab_judge(const struct lab *lab, const struct exchange *exchange, ipaddr source, struct verdict *verdict,
               const struct field *field, struct reason *reason);

/* The packet that the target makes of a message, sent from sport; storage has room for it, and packet points
 * there. rules: of the step whose message it is. */
void lab_packet(const struct lab *lab, const struct rules *rules, const struct exchange *exchange,
                ipaddr source, uint16_t sport, uint8_t *storage, struct packet *packet);

/* As lab_judge, by the rules of a step within a try, of which the student is known ("" in the first). */
void lab_judge_step(const struct lab *lab, const struct rules *rules, const char *student,
                    const struct exchange *exchange, ipaddr source, uint16_t sport, struct verdict *verdict,
                    const struct field *field, struct reason *reason);

enum lab_part { LAB_PCAP, LAB_JOURNAL, LAB_TARGET };
/* Of what was captured (options->keep alone), the journal, or the target's words: as much as out holds. */
void lab_part(const struct lab *lab, enum lab_part part, struct buf *out);
