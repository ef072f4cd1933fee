#include "judge/rulebook.h"

#include <stdlib.h>
#include <string.h>

#include "judge/by_hand.h"
#include "judge/compile.h"
#include "judge/listen.h"
#include "judge/own_host.h"
#include "judge/params.h"
#include "judge/rules_private.h"
#include "judge/talk_names.h"

struct rulebook {
    const struct course *course;
    struct rules **rules;
    size_t n;
    struct listen_table listen;
    const struct rules *arp; /* the first challenge of ARP; NULL for none */
};

static bool wanted(const char *slug, const char *const *only, size_t n_only)
{
    for (size_t i = 0; i < n_only; i++)
        if (strcmp(only[i], slug) == 0)
            return true;
    return n_only == 0;
}

/* A socket file: who is at its other end has no address. */
static bool take_path(const struct rules *rules, struct problems *problems)
{
    const struct target_spec *target = &rules->challenge->target;
    const char *wrong = target->kind == TARGET_PACKET ? "is for kind: stream and kind: datagram"
                        : target->talks               ? "takes one message; steps are over TCP and UDP"
                        : target_by_source(target)    ? "tells no address, so a text must say whose it is"
                                                      : NULL;

    if (wrong)
        problem_add(problems, target->file, target->listen[0].field.at, "unix.path %s", wrong);
    return !wrong;
}

/* stream and datagram bind the port that their listen names; nothing else can be listened for. */
static bool take_port(struct rules *rules, struct problems *problems)
{
    const struct target_spec *target = &rules->challenge->target;
    const char *field = target->kind == TARGET_STREAM ? "tcp.dstport" : "udp.dstport";

    if (target->unix_path)
        return take_path(rules, problems);
    if (target->kind == TARGET_PACKET)
        return true;
    for (size_t i = 0; i < rules->n; i++)
        if (rules->clauses[i].spec == &target->listen[0] &&
            strcmp(rules->clauses[i].field->name, field) == 0 && target->n_listen == 1 &&
            rules->clauses[i].a > 0) {
            rules->port = (uint16_t)rules->clauses[i].a;
            return true;
        }
    problem_add(problems, target->file, target->n_listen ? target->listen[0].field.at : target->kind_at,
                "a %s target listens on one port: listen: {%s: PORT}", target_kind_text(target->kind), field);
    return false;
}

/* Compiles one step that expects something, or its reply; *out takes it, also when it is wrong. */
static bool add_step(const struct rules *seed, size_t step, bool reply, struct rules **out,
                     struct problems *problems)
{
    const struct target_spec *target = &seed->challenge->target;
    struct rules *rules = malloc(sizeof(*rules));

    *out = rules;
    if (!rules) {
        problem_add(problems, seed->challenge->file, (struct place){0, 0}, "out of memory");
        return false;
    }
    *rules = *seed;
    rules->step = step;
    rules->reply = reply;
    rules->transport = target->kind;
    for (size_t i = 0; i < step; i++)
        if (target->steps[i].dial) {
            rules->transport = target->steps[i].dial;
            rules->dialled = true;
        }
    return compile_rules(rules, problems);
}

static bool add_rules(struct rulebook *book, const struct rules *seed, struct problems *problems)
{
    const struct target_spec *target = &seed->challenge->target;
    struct rules *steps[STEPS_MAX] = {NULL}, *replies[STEPS_MAX] = {NULL}, *first = NULL, named = *seed;
    bool ok = talk_names_compile(&named, problems);
    named.index = book->n;
    named.book = book;

    for (size_t i = 0; i < target->n_steps; i++) {
        if (!target->steps[i].n_expect)
            continue;
        ok = add_step(&named, i, false, &steps[i], problems) && ok;
        first = first ? first : steps[i];
        if (target->steps[i].n_reply)
            ok = add_step(&named, i, true, &replies[i], problems) && ok;
        if (!steps[i])
            break;
    }
    key_wipe(&named.key);
    if (!first)
        return false;
    memcpy(first->steps, steps, sizeof(steps));
    memcpy(first->replies, replies, sizeof(replies));
    book->rules[book->n++] = first;
    return ok && take_port(first, problems);
}

static void unknown_slugs(const struct course *course, const char *const *only, size_t n_only,
                          struct problems *problems)
{
    for (size_t i = 0; i < n_only; i++) {
        const struct challenge *challenge = course_find(course, only[i]);
        if (!challenge)
            problem_add(problems, course->file, (struct place){0, 0}, "this course has no challenge %s",
                        only[i]);
        else if (challenge->target.kind == TARGET_NONE)
            problem_add(problems, challenge->file, (struct place){0, 0},
                        "%s is a knowledge question: no target serves it", only[i]);
    }
}

struct rulebook *rulebook_compile(const struct course *course, const struct class *class,
                                  const struct roster *roster, const struct keyring *ring,
                                  const char *const *only, size_t n_only, struct problems *problems)
{
    size_t before = problems->errors;
    struct rulebook *book = calloc(1, sizeof(*book));

    if (!book) {
        problem_add(problems, course->file, (struct place){0, 0}, "out of memory");
        return NULL;
    }
    book->course = course;
    book->rules = calloc(course->n_challenges + 1, sizeof(struct rules *));
    unknown_slugs(course, only, n_only, problems);
    for (size_t i = 0; book->rules && i < course->n_challenges; i++) {
        struct rules seed = {
            .challenge = &course->challenges[i], .class = class, .course = course, .roster = roster};
        if (seed.challenge->target.kind == TARGET_NONE || !wanted(seed.challenge->slug, only, n_only))
            continue;
        seed.has_key = ring && keyring_challenge(ring, seed.challenge->slug, &seed.key);
        if (ring && !seed.has_key)
            problem_add(problems, seed.challenge->file, (struct place){0, 0},
                        "the key file has no key for %s", seed.challenge->slug);
        add_rules(book, &seed, problems);
        key_wipe(&seed.key);
    }
    if (problems->errors == before) {
        if (class->own_host)
            own_host_check(book->rules, book->n, problems);
        listen_check(book->rules, book->n, class, problems);
    }
    if (!book->rules || problems->errors != before || !listen_build(&book->listen, book->rules, book->n)) {
        if (problems->errors == before)
            problem_add(problems, course->file, (struct place){0, 0}, "out of memory");
        rulebook_free(book);
        return NULL;
    }
    for (size_t i = 0; i < book->n && !book->arp; i++)
        book->arp = rules_kind(book->rules[i]) == TARGET_PACKET && rules_is_arp(book->rules[i])
                        ? book->rules[i]
                        : NULL;
    return book;
}

bool rulebook_renew(struct rulebook *book)
{
    bool ok = true;

    for (size_t i = 0; i < book->n; i++)
        for (size_t k = 0; k < STEPS_MAX; k++) {
            struct rules *rules = book->rules[i]->steps[k];
            if (!rules)
                continue;
            rules->feedback = rules_least_feedback(rules);
            ok = params_make_everyone(rules) && ok;
        }
    return ok;
}

void rulebook_free(struct rulebook *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->n; i++) {
        rules_done(book->rules[i]);
        free(book->rules[i]);
    }
    free(book->rules);
    listen_free(&book->listen);
    free(book);
}

size_t rulebook_count(const struct rulebook *book)
{
    return book->n;
}

const struct rules *rulebook_at(const struct rulebook *book, size_t i)
{
    return book->rules[i];
}

const struct rules *rulebook_find(const struct rulebook *book, const char *slug)
{
    for (size_t i = 0; i < book->n; i++)
        if (strcmp(book->rules[i]->challenge->slug, slug) == 0)
            return book->rules[i];
    return NULL;
}

const struct rules *rulebook_served(const struct rulebook *book, enum target_kind kind, uint64_t port)
{
    for (size_t i = 0; port && i < book->n; i++)
        if (book->rules[i]->challenge->target.kind == kind && book->rules[i]->port == port)
            return book->rules[i];
    return NULL;
}

bool rulebook_give(struct rulebook *book, size_t i, const struct field *field, uint64_t value)
{
    for (size_t k = 0; k < book->rules[i]->n; k++) {
        struct clause *c = &book->rules[i]->clauses[k];
        if (!c->spec || c->field != field || c->kind != MATCH_PARAM)
            continue;
        /* whoever gives it knows it for one student, and asks for him alone */
        c->per_student = false;
        c->known = true;
        c->a = value;
        return true;
    }
    return false;
}

const struct rules *rulebook_select(const struct rulebook *book, const struct packet *packet)
{
    const struct rules *rules = listen_find(&book->listen, packet);

    return !rules && book->arp && by_hand_arp(book->arp, packet) ? book->arp : rules;
}
