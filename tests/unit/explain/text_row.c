#include "unit.h"

#include "text_row.h"

#include <stdio.h>
#include <string.h>

#include "explain/reasons.h"

const char PAD[] = "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
                   "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word, k: hex}\n  say: \"{k}\"\n"
                   "- say: {text: \"{w}\", encoding: hex}\n- expect: {payload: {text: \"{w}\"}}\n";

void text_check_bytes(const struct text_row *r, const struct rules *rules, const void *sent, size_t length)
{
    uint8_t storage[MESSAGE_HEADERS + 1024];
    struct reasons reasons;
    struct packet p;
    struct verdict v;
    const struct finding *f;

    memcpy(storage + MESSAGE_HEADERS, sent, length);
    packet_of_message(&p, storage, length, true, STUDENT, 40000, TARGET, 5555);
    if (r->student[0])
        judge_packet_for(rules, &p, r->student, &v);
    else
        judge_packet(rules, &p, STUDENT, &v);
    CU_ASSERT_EQUAL(v.pass, !r->code[0]);
    reasons_begin(&reasons, rules, &p, &v);
    const struct diagnosis *d = reasons_first(&reasons, &f);
    const char *code = d ? d->code->name : "", *text = d ? d->text : "", *mend = d ? d->mend : "";
    const bool right = strcmp(code, r->code) == 0 && strstr(text, r->says) && strstr(mend, r->tries);
    CU_ASSERT_TRUE(right);
    if (!right)
        fprintf(stderr, "\"%s\" of %s: %s \"%s\" try \"%s\"\n", r->sent, r->student, code, text, mend);
}

void text_check(const struct text_row *r, const struct rules *rules)
{
    text_check_bytes(r, rules, r->sent, strlen(r->sent));
}

void text_check_bytes_rows(const struct text_bytes *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct tree_file file = {"one", rows[i].row.asked};
        struct tree tree;
        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        text_check_bytes(&rows[i].row, rulebook_at(tree.book, 0), rows[i].bytes, rows[i].length);
        tree_close(&tree);
    }
}

void text_check_rows(const struct text_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct text_bytes row = {rows[i], rows[i].sent, strlen(rows[i].sent)};
        text_check_bytes_rows(&row, 1);
    }
}

void text_try_begin(struct text_try *t, const char *asked)
{
    const struct tree_file file = {"one", asked};

    tree_open(&t->tree, &file, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t->tree.book);
    t->filled = filled_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(t->filled);
    t->rules = rulebook_at(t->tree.book, 0);
    buf_init(&t->said, 1000);
    talk_begin(&t->talk);
    talk_go(&t->talk, t->rules, 0, &t->said);
}

void text_try_next(struct text_try *t)
{
    uint8_t storage[MESSAGE_HEADERS + 8] = {0};
    struct packet p;

    packet_of_message(&p, storage, 0, true, STUDENT, 40000, TARGET, 5555);
    talk_hear(&t->talk, text_try_due(t), &p, "smith");
    talk_go(&t->talk, t->rules, 0, &t->said);
}

const struct rules *text_try_due(struct text_try *t)
{
    return filled_make(t->filled, t->rules, &t->talk);
}

void text_try_end(struct text_try *t)
{
    buf_free(&t->said);
    filled_free(t->filled);
    tree_close(&t->tree);
}
