/* Whose attempt it is, found from the raw bytes before anything is judged. */
#include "judge/identify.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/edits.h"
#include "judge/near.h"
#include "judge/params.h"
#include "judge/peel.h"
#include "judge/rules_private.h"
#include "judge/text.h"

enum { VALUES_TRIED = 24, ROSTER_LOOKED = 2000 };

/* What is looked for, and what was found so far. */
struct finder {
    const struct rules *rules;
    const struct packet *packet;
    const uint8_t *text;
    const struct peeled *way; /* to the text that is looked at */
    bool plain;               /* it is all ASCII that prints */
    bool letters;             /* it is encoded, whole or broken */
    unsigned values_tried;
    char sure[NAME_MAX_LEN + 1];  /* his own value is in the packet, or the roster has him */
    char maybe[NAME_MAX_LEN + 1]; /* without a roster: the first that reads as one */
    char said[NAME_MAX_LEN + 1];  /* without a roster: with the words that are asked for around it */
    bool unread;                  /* these words are there, and the handle between them is not sure */
    char word[NAME_MAX_LEN + 1];  /* one word of several that is on the roster */
    bool words_differ, stranger, placeholder;
};

/* True when a value that is this student's alone stands in the packet. */
static bool value_is_his(struct finder *f, const char *handle)
{
    uint64_t values[CLAUSES_MAX] = {0}, got;
    bool made = false;

    for (size_t i = 0; i < f->rules->n; i++) {
        const struct clause *c = &f->rules->clauses[i];
        if (c->kind != MATCH_PARAM || !c->per_student || c->field->bits < 16 ||
            packet_value(f->packet, c->field, &got) != FIELD_OK)
            continue;
        if (!made && f->values_tried++ >= VALUES_TRIED)
            return false;
        made = made || params_make(f->rules, handle, values);
        if (made && values[i] == got)
            return true;
    }
    return false;
}

/* True where a value of a student's own stands in the packet and can be made. */
static bool has_own(const struct finder *f)
{
    uint64_t got;

    for (size_t i = 0; f->rules->has_key && i < f->rules->n; i++) {
        const struct clause *c = &f->rules->clauses[i];
        if (c->kind == MATCH_PARAM && c->per_student && c->field->bits >= 16 &&
            packet_value(f->packet, c->field, &got) == FIELD_OK)
            return true;
    }
    return false;
}

/* What is asked for, in the encoding that is asked for, is right: that it could be another's handle, encoded
 * once too often, is no reason to refuse it. Where the packet holds a value of the student's own, that tells.
 */
static bool is_right(const struct finder *f, const uint8_t *bytes, size_t length, const char *handle)
{
    return !has_own(f) && text_matches(f->rules->named, bytes, length, handle);
}

/* True for the letters of a handle, with the words around it or without, in the encoding that is asked for.
 */
static bool is_code(const struct clause *clause, const uint8_t *bytes, size_t length)
{
    char handle[NAME_MAX_LEN + 1];
    uint8_t text[TEXT_MAX];
    ptrdiff_t n = text_read(clause, clause->encoding, true, bytes, length, text);

    if (n > 0 && text_handle(clause, text, (size_t)n, handle))
        return true;
    if (n < 2 || n > NAME_MAX_LEN || memchr(text, 0, (size_t)n))
        return false;
    for (ptrdiff_t i = 0; i < n; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            return false;
    memcpy(handle, text, (size_t)n);
    handle[n] = '\0';
    return handle_valid(handle);
}

/* One reading of the bytes: the handle in them under this encoding, with a newline too many inside or outside
 * it. Without a roster a handle that is plainly another one, encoded, is that other one. */
static bool read_as(struct finder *f, enum text_encoding encoding, const uint8_t *bytes, size_t length,
                    char *out)
{
    const struct rules *rules = f->rules;
    const struct clause *clause = rules->named;
    uint8_t text[TEXT_MAX];
    ptrdiff_t n = text_read(clause, encoding, true, bytes, length, text);
    size_t before = strlen(clause->before), beside = before + strlen(clause->after);

    if (n < 0)
        return false;
    size_t whole = (size_t)n;
    if (!text_handle(clause, text, whole, out)) {
        whole = trim_newline(text, whole);
        if (!text_handle(clause, text, whole, out))
            return false;
    }
    if (rules->roster && roster_find(rules->roster, out))
        return true;
    if (encoding == ENCODING_UTF8 && clause->encoding != encoding &&
        (near_is_letters(text + before, whole - beside) ||
         (!rules->roster && is_code(clause, bytes, length))))
        return false;
    if (rules->roster)
        return true;
    if (near_placeholder(rules, out) || (encoding != clause->encoding && encoding != ENCODING_UTF8 &&
                                         !near_typed(text + before, whole - beside)))
        return false;
    char inner[NAME_MAX_LEN + 1];
    const enum near_wrap wrap = near_wrapped(rules, text + before, whole - beside, inner);
    const bool right =
        encoding == clause->encoding && wrap != NEAR_WRAPPED_SURELY && is_right(f, bytes, length, out);
    if (wrap && !right && !value_is_his(f, out))
        memcpy(out, inner, sizeof(inner));
    return out[0] != '\0';
}

/* A handle that is readable under another encoding still names the student, so that the finding can be told
 * to somebody. A roster says which reading is a student. Base64 of four letters, which many words are, is
 * taken for it only where it is asked for. */
static bool read_handle(struct finder *f, const uint8_t *bytes, size_t length, char *out)
{
    const struct rules *rules = f->rules;
    const enum text_encoding order[] = {rules->named->encoding, ENCODING_HEX, ENCODING_BASE64, ENCODING_UTF8};
    char first[NAME_MAX_LEN + 1] = "";

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        bool short_word = order[i] == ENCODING_BASE64 && trim_newline(bytes, length) <= 4;
        if ((i && (order[i] == order[0] || (short_word && !rules->roster))) ||
            !read_as(f, order[i], bytes, length, out))
            continue;
        if (!rules->roster || roster_find(rules->roster, out))
            return true;
        if (!first[0])
            str_copy(first, sizeof(first), out);
    }
    str_copy(out, NAME_MAX_LEN + 1, first);
    return first[0] != '\0';
}

/* The outermost encoding is the one that is asked for: its letters are no chance. */
static bool is_asked(const struct finder *f, size_t step)
{
    const enum text_encoding asked = f->rules->named->encoding;
    const enum peel peel = f->way->steps[step];

    for (size_t i = 0; i < step; i++)
        if (peel_is_encoding(f->way->steps[i]))
            return false;
    return (peel == PEEL_HEX && asked == ENCODING_HEX) || (peel == PEEL_BASE64 && asked == ENCODING_BASE64);
}

/* What decoding gives by chance is no handle; what was sent as it is may be any. */
static bool is_meant(const struct finder *f, const struct near_handle *near)
{
    const enum text_encoding asked = f->rules->named->encoding;
    bool decoded = near->kind == NEAR_BARE && f->rules->named->before[0] && asked == ENCODING_UTF8;

    for (size_t i = 0; i < f->way->n; i++)
        decoded = decoded || f->way->steps[i] == PEEL_PART ||
                  (peel_is_encoding(f->way->steps[i]) && !is_asked(f, i));
    if (peel_has(f->way, PEEL_REVERSED) || peel_has(f->way, PEEL_PAIRS) ||
        peel_has(f->way, PEEL_BASE64_CASE) ||
        (peel_has(f->way, PEEL_BASE85) && (f->way->n > 1 || near->length < 5)))
        return false;
    return (near->kind != NEAR_WORDS || f->plain) &&
           (!decoded || near_typed(f->text + near->at, near->length));
}

/* The words around a handle that chance does not make. What is encoded between them is met once more,
 * decoded.
 */
static bool is_said(const struct finder *f, const struct near_handle *near)
{
    return near->kind == NEAR_TEXT && text_says(f->rules->named) &&
           !near_placeholder(f->rules, near->handle) &&
           (f->way->n || f->rules->named->encoding == ENCODING_UTF8 ||
            !near_is_letters(f->text + near->at, near->length));
}

/* It reads as somebody's handle: 73?! does not, and among other words a number alone does not. */
static bool is_stranger(const struct near_handle *near)
{
    if (near->kind == NEAR_BARE || near->kind == NEAR_TEXT || near->kind == NEAR_OTHER)
        return !near_is_digest((const uint8_t *)near->handle, near->length);
    return near->kind == NEAR_WORDS && near->length >= 4 && strspn(near->handle, "0123456789") < near->length;
}

static bool consider(void *context, const struct near_handle *near)
{
    struct finder *f = context;
    const struct roster *roster = f->rules->roster;
    bool disguised = f->way->n && f->way->steps[f->way->n - 1] >= N_PEELS, sure = near->kind < NEAR_WORD;
    bool known = roster && roster_find(roster, near->handle);

    f->stranger = f->stranger || (!disguised && !f->letters && is_stranger(near));
    if (roster && !known)
        return false;
    if ((known && sure && !disguised) || value_is_his(f, near->handle)) {
        memcpy(f->sure, near->handle, sizeof(f->sure));
        return true;
    }
    if (!roster && is_said(f, near) && !f->said[0] && !f->unread) {
        f->unread = peel_has(f->way, PEEL_BASE64_CASE); /* in which cases its letters were is a guess */
        if (!f->unread)
            memcpy(f->said, near->handle, sizeof(f->said));
    }
    if (!roster && sure && !disguised && !f->maybe[0] && is_meant(f, near))
        memcpy(f->maybe, near->handle, sizeof(f->maybe));
    if (known && near->length > 1) {
        f->words_differ = f->words_differ || (f->word[0] && strcmp(f->word, near->handle) != 0);
        memcpy(f->word, near->handle, sizeof(f->word));
    }
    return false;
}

static bool is_decoded(const struct peeled *way)
{
    for (size_t i = 0; i < way->n; i++)
        if (peel_is_encoding(way->steps[i]))
            return true;
    return false;
}

static bool look_at(void *context, const uint8_t *text, size_t length, const struct peeled *way)
{
    struct finder *f = context;
    char inner[NAME_MAX_LEN + 1];

    /* in a packet NULs before the text are rather a header's, whose length is wrong */
    if (peel_has(way, PEEL_NULS_BEFORE) && rules_transport(f->rules) == TARGET_PACKET)
        return false;
    f->way = way;
    f->text = text;
    f->plain = peel_reads(text, length);
    f->placeholder = f->placeholder || near_has_placeholder(f->rules, text, length);
    /* what is itself an encoded handle is met again one step deeper, as what it is */
    if (!f->rules->roster && near_wrapped(f->rules, text, length, inner))
        return false;
    f->letters =
        !is_decoded(way) && f->rules->named->encoding != ENCODING_UTF8 &&
        (near_is_letters(text, length) || (!f->rules->roster && is_code(f->rules->named, text, length)));
    if (f->letters && !f->rules->roster)
        return false;
    return near_each(f->rules, text, length, consider, f);
}

/* What came: as it came, and what it says when the encoding that is asked for is taken off (-1: nothing). */
struct came {
    const uint8_t *bytes;
    size_t length;
    uint8_t text[TEXT_MAX];
    ptrdiff_t n_text;
};

/* One letter, and in longer texts two. */
static bool is_slip(const uint8_t *got, size_t length, const char *want)
{
    enum { LONG = 8 };
    struct edit edit;
    size_t n = strlen(want);

    return edits_find(got, length, (const uint8_t *)want, n, true, &edit) &&
           (edit.kind != EDIT_SEVERAL || n >= LONG);
}

/* Its beginning, longer than `more`. */
static bool is_cut(const uint8_t *got, size_t length, const char *want, size_t more)
{
    return length > more && length < strlen(want) && memcmp(got, want, length) == 0;
}

static bool is_near_text(const struct clause *c, const struct student *student, const struct came *came)
{
    char want[HEX_SIZE(TEXT_MAX)], text[TEXT_MAX];
    int n = snprintf(text, sizeof(text), "%s%s%s", c->before, student->handle, c->after);

    if (n < 4 || (size_t)n >= sizeof(text))
        return false;
    if (memmem(came->bytes, came->length, student->handle, strlen(student->handle)) &&
        strlen(student->handle) >= 3)
        return true;
    if (came->n_text > 0 &&
        (memmem(came->text, (size_t)came->n_text, student->handle, strlen(student->handle)) ||
         is_slip(came->text, (size_t)came->n_text, text) ||
         is_cut(came->text, (size_t)came->n_text, text, strlen(c->before))))
        return true;
    if (c->encoding == ENCODING_UTF8)
        return false;
    if (c->encoding == ENCODING_HEX)
        hex_encode(want, text, (size_t)n);
    else
        base64_encode(want, text, (size_t)n);
    return is_slip(came->bytes, came->length, want) || is_cut(came->bytes, came->length, want, 4);
}

/* A slip of a finger in the text, or its beginning, of a student whom the sender's address or a value in the
 * packet names; no other handle of the roster is ever guessed at. */
static bool find_slip(struct finder *f, ipaddr source, const uint8_t *bytes, size_t length)
{
    const struct roster *roster = f->rules->roster;
    const struct clause *c = f->rules->named;
    struct came came = {.bytes = bytes, .length = trim_newline(bytes, length)};

    came.n_text = text_read(c, c->encoding, true, bytes, length, came.text);
    f->values_tried = 0;
    for (size_t i = 0; came.length && i < roster->n && i < ROSTER_LOOKED; i++) {
        const struct student *student = &roster->students[i];
        if (!is_near_text(c, student, &came) ||
            !(f->rules->class->own_host || roster_is_home(student, source) ||
              value_is_his(f, student->handle)))
            continue;
        str_copy(f->sure, sizeof(f->sure), student->handle);
        return true;
    }
    return false;
}

/* Also under everything that a student's program may have put around it, and among other words: told only to
 * explain, for no such text is right. */
static bool find_deep(struct finder *f, ipaddr source, const uint8_t *bytes, size_t length, char *out)
{
    struct peeled way;
    bool found = peel_find(bytes, length, look_at, f, &way);

    if (!found && f->rules->roster)
        found = find_slip(f, source, bytes, length);
    const char *name = found                            ? f->sure
                       : f->rules->roster == NULL       ? (f->said[0]                    ? f->said
                                                           : f->placeholder || f->unread ? ""
                                                                                         : f->maybe)
                       : f->word[0] && !f->words_differ ? f->word
                                                        : "";
    str_copy(out, NAME_MAX_LEN + 1, name);
    return out[0] != '\0';
}

/* Without a roster a word is nearly always a handle: one that a value in the packet, or the words that are
 * asked for around it, prove is the better reading. False where they prove that the word is none. */
static bool find_better(struct finder *f, const uint8_t *bytes, size_t length, char *out)
{
    struct peeled way;
    bool found = peel_find(bytes, length, look_at, f, &way);

    if (found || f->said[0])
        str_copy(out, NAME_MAX_LEN + 1, found ? f->sure : f->said);
    return found || !f->unread;
}

/* Without a roster: nothing deeper can be a better reading. */
static bool is_final(struct finder *f, const uint8_t *bytes, size_t length, const char *handle)
{
    return is_right(f, bytes, length, handle) || value_is_his(f, handle);
}

/* True when out names a student. A stranger's handle, or a word that stands for one, sets *stranger. */
static bool find_handle(const struct rules *rules, const struct packet *packet, ipaddr source, bool deep,
                        char *out, bool *stranger)
{
    struct finder finder = {.rules = rules, .packet = packet};
    const uint8_t *bytes;
    size_t length;

    if (packet_bytes(packet, rules->named->field, &bytes, &length) != FIELD_OK)
        return false;
    bool named = read_handle(&finder, bytes, length, out);
    length = text_looked(rules->named, bytes, length);
    bool dug = deep && length <= text_farthest(rules->named);
    if (named && (rules->roster ? roster_find(rules->roster, out) != NULL
                                : !dug || is_final(&finder, bytes, length, out)))
        return true;
    if (named && !rules->roster)
        return find_better(&finder, bytes, length, out);
    *stranger = named;
    if (!dug)
        return false;
    if (find_deep(&finder, source, bytes, length, out)) {
        *stranger = false;
        return true;
    }
    *stranger = *stranger || (finder.stranger && rules->roster) || finder.placeholder;
    return false;
}

const char *identify_source(const struct rules *rules, ipaddr source)
{
    const struct class *class = rules->class;
    const struct student *student = rules->roster ? roster_find_address(rules->roster, source) : NULL;

    if (student)
        return student->handle;
    return class->student && (class->own_host || !rules->roster) ? class->student : "";
}

bool identify_student(const struct rules *rules, const struct packet *packet, ipaddr source, bool deep,
                      char *out)
{
    bool stranger = false;

    out[0] = '\0';
    switch (rules->challenge->target.identify) {
    case IDENTIFY_NOBODY:
        str_copy(out, NAME_MAX_LEN + 1, "everyone");
        return true;
    case IDENTIFY_SOURCE:
    case IDENTIFY_OWN_HOST:
        str_copy(out, NAME_MAX_LEN + 1, identify_source(rules, source));
        return true;
    case IDENTIFY_TEXT:
        break;
    }
    if (rules->named && find_handle(rules, packet, source, deep, out, &stranger))
        return true;
    out[0] = '\0';
    return !stranger;
}
