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
