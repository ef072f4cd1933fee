/* Students' texts that are about their handle are alike: words that say so stand before it, or signs around
 * it. What is left when those are taken away is the handle; a roster knows it anywhere. */
#include "judge/near.h"

#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/edits.h"
#include "judge/rules_private.h"
#include "judge/text.h"

enum { WORDS_MAX = 16, TEXT_LOOKED = 256 };

static const char *const PLACEHOLDERS[] = {
    "handle",  "your_handle", "your-handle", "yourhandle", "my_handle", "my-handle", "myhandle",
    "message", "username",    "your_name",   "your-name",  "yourname",  "plaintext",
};

/* Words that are said of a handle, and those of a request that a browser makes. */
static const char *const FILLERS[] = {
    "i",    "am",      "im",      "m",    "a",    "s",    "my",     "me",   "the", "is",    "it",    "this",
    "name", "user",    "id",      "hi",   "hey",  "nick", "b",      "u",    "r",   "here",  "from",  "text",
    "msg",  "data",    "get",     "put",  "post", "head", "http",   "1",    "0",   "hello", "world", "login",
    "iam",  "payload", "student", "your", "and",  "echo", "printf", "send", "nc",
};

static bool is_one_of(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(words, word) is_one_of(words, sizeof(words) / sizeof((words)[0]), word)

/* hping3 -d fills up with X, ping and traceroute with bytes that count up. */
const char *near_filler(const uint8_t *bytes, size_t length)
{
    enum { X_LEAST = 4, COUNTED_LEAST = 16 };
    size_t x = 0, counted = 1;

    while (x < length && (bytes[x] | 0x20) == 'x')
        x++;
    while (counted < length && bytes[counted] == bytes[counted - 1] + 1)
        counted++;
    if (x == length && x >= X_LEAST)
        return "hping3";
    return counted == length && counted >= COUNTED_LEAST ? "ping or traceroute" : NULL;
}

bool near_placeholder(const struct rules *rules, const char *handle)
{
    /* one letter is what a pattern (%s), a line cut short, or a slip of a finger leaves */
    return (IS_ONE_OF(PLACEHOLDERS, handle) || !handle[1] ||
            near_filler((const uint8_t *)handle, strlen(handle))) &&
           !(rules->roster && roster_find(rules->roster, handle));
}

static bool in_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool as_handle(const uint8_t *text, size_t length, char *out)
{
    if (length == 0 || length > NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!in_word(text[i]))
            return false;
    memcpy(out, text, length);
    out[length] = '\0';
    ascii_lower(out);
    return handle_valid(out);
}

bool near_typed(const uint8_t *word, size_t length)
{
    enum { LEAST = 3 };
    size_t upper = 0, lower = 0;

    for (size_t i = 0; i < length; i++) {
        upper += word[i] >= 'A' && word[i] <= 'Z';
        lower += word[i] >= 'a' && word[i] <= 'z';
    }
    return length >= LEAST && (!upper || !lower || (upper == 1 && word[0] >= 'A' && word[0] <= 'Z'));
}

struct words {
    struct near_handle of[WORDS_MAX];
    size_t n;
};

/* The words of a text: of a request over HTTP only those of its first line. */
static void read_words(const uint8_t *text, size_t length, struct words *words)
{
    words->n = 0;
    for (size_t i = 0; i < length && words->n < WORDS_MAX;) {
        struct near_handle *near = &words->of[words->n];
        if (i + 2 < length && text[i] == '%' && in_word(text[i + 1]) && in_word(text[i + 2])) {
            i += 3; /* %20 is a blank */
            continue;
        }
        size_t first = i;
        while (i < length && in_word(text[i]))
            i++;
        if (i > first && as_handle(text + first, i - first, near->handle)) {
            near->at = first;
            near->length = i - first;
            near->kind = NEAR_WORD;
            words->n++;
        }
        i += i == first;
    }
}

static bool filler(const struct rules *rules, const char *word)
{
    return !(rules->roster && roster_find(rules->roster, word)) &&
           (IS_ONE_OF(FILLERS, word) || IS_ONE_OF(PLACEHOLDERS, word));
}

/* True where nothing but a few signs is around the word. */
static bool signs_around(const uint8_t *text, size_t length, const struct near_handle *near)
{
    enum { SIGNS = 6 };

    for (size_t i = 0; i < length; i++)
        if (i < near->at || i >= near->at + near->length ? in_word(text[i]) || text[i] > 0x7E
                                                         : text[i] >= 'A' && text[i] <= 'Z')
            return false;
    return length - near->length <= SIGNS && text[near->at] >= 'a';
}

/* The options of echo, where it takes them for text. */
static bool is_behind_usual(const uint8_t *text, size_t length, const struct near_handle *near)
{
    static const char *const usual[] = {"-e ", "-n ", "-E ", "-en ", "-ne "};

    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (near->at == strlen(usual[i]) && memcmp(text, usual[i], near->at) == 0)
            return near->at + near->length == length;
    return false;
}

/* True where an address of mail or a host goes on behind the word, or the next column of a table, or the
 * text's first line is it. */
static bool ends_alone(const uint8_t *text, size_t length, const struct near_handle *near)
{
    size_t end = near->at + near->length, host = end + 1;

    if (is_behind_usual(text, length, near))
        return true;
    if (near->at || end >= length)
        return false;
    while (host < length && (in_word(text[host]) || text[host] == '.'))
        host++;
    return text[end] == '\n' || text[end] == '\r' || (text[end] == '@' && host == length && host > end + 1) ||
           (text[end] == '@' && memchr(text + end, '.', length - end)) ||
           (text[end] == ',' && memchr(text + end + 1, ',', length - end - 1));
}

/* The word that the others are said of: the first after words that say so, or alone among signs. */
static void mark_subject(const struct rules *rules, const uint8_t *text, size_t length, struct words *words)
{
    /* a user's own folder */
    const bool home = length > 6 && (memcmp(text, "/home/", 6) == 0 || memcmp(text, "/Users", 6) == 0);
    size_t first = home, said = home;

    for (; first < words->n && filler(rules, words->of[first].handle); first++)
        said += words->of[first].length > 1 || text[words->of[first].at] == 'I';
    if (first >= words->n || !peel_reads(text, length))
        return;
    struct near_handle *near = &words->of[first];
    const uint8_t *word = text + near->at;
    bool typed = near_typed(word, near->length) || (near->length == 2 && word[0] >= 'a' && word[1] >= 'a');
    size_t others = first + 1;
    while (others < words->n && filler(rules, words->of[others].handle))
        said += words->of[others++].length > 1;
    if (typed && (first ? said > 0
                        : (said && others == words->n) || signs_around(text, length, near) ||
                              ends_alone(text, length, near)))
        near->kind = NEAR_WORDS;
}

static bool same_text(const char *before, const char *after, const uint8_t *text, size_t length,
                      struct near_handle *near)
{
    size_t b = strlen(before), a = strlen(after);

    near->at = b;
    near->length = length - b - a;
    return length > b + a && memcmp(text, before, b) == 0 && memcmp(text + length - a, after, a) == 0 &&
           as_handle(text + b, length - b - a, near->handle);
}

/* The text of a challenge around {student}; false without such a clause. before: at most TEXT_MAX bytes. */
static const struct matcher *text_of(const struct challenge *challenge, char before[TEXT_MAX],
                                     const char **after)
{
    static const char MARK[] = "{student}";
    const struct step_spec *first = step_first(challenge->target.steps, challenge->target.n_steps);

    for (size_t i = 0; first && i < first->n_expect; i++) {
        const struct matcher *m = &first->expect[i].matcher;
        const char *text = m->kind == MATCH_TEXT && m->n_values ? m->values[0].text : NULL;
        const char *at = text ? strstr(text, MARK) : NULL;
        if (!at || at - text >= TEXT_MAX)
            continue;
        memcpy(before, text, (size_t)(at - text));
        before[at - text] = '\0';
        *after = at + sizeof(MARK) - 1;
        return m;
    }
    return NULL;
}

static bool other_words(const struct rules *rules, const struct challenge *challenge, const char *before,
                        const char *after)
{
    const struct clause *named = rules->named;

    return challenge != rules->challenge &&
           (!named->after || strcmp(before, named->before) != 0 || strcmp(after, named->after) != 0);
}

/* What a challenge that a socket of its own serves takes; a packet challenge's text is only a part of it. */
static bool is_taken(const struct rules *rules, const struct challenge *c, const uint8_t *bytes,
                     size_t length, const char *student)
{
    char before[TEXT_MAX];
    const char *after;
    uint8_t text[TEXT_MAX];
    struct near_handle near;
    const struct matcher *m = text_of(c, before, &after);

    if (!m || !other_words(rules, c, before, after))
        return false;
    ptrdiff_t n = text_decode(m->encoding, true, bytes, length, text);
    /* many take the handle alone: what came says nothing of which of them was meant */
    if (!before[0] && !after[0] && m->encoding == ENCODING_UTF8)
        return false;
    return n > 0 && same_text(before, after, text, (size_t)n, &near) &&
           (!*student || strcmp(near.handle, student) == 0) && !near_placeholder(rules, near.handle);
}

bool near_says(const struct challenge *challenge)
{
    char before[TEXT_MAX];
    const char *after;

    return text_of(challenge, before, &after) && (before[0] || after[0]);
}

const struct challenge *near_other(const struct rules *rules, const uint8_t *bytes, size_t length,
                                   const char *student)
{
    const enum target_kind mine = rules->challenge->target.kind;
    const enum target_kind order[] = {mine == TARGET_DATAGRAM ? TARGET_DATAGRAM : TARGET_STREAM,
                                      mine == TARGET_DATAGRAM ? TARGET_STREAM : TARGET_DATAGRAM};

    for (size_t k = 0; length <= TEXT_MAX && k < sizeof(order) / sizeof(order[0]); k++)
        for (size_t i = 0; i < rules->course->n_challenges; i++) {
            const struct challenge *c = &rules->course->challenges[i];
            if (c->target.kind == order[k] && is_taken(rules, c, bytes, length, student))
                return c;
        }
    return NULL;
}

static bool give(const struct rules *rules, struct near_handle *near, enum near_kind kind, near_fn *each,
                 void *context)
{
    if (near_placeholder(rules, near->handle))
        return false;
    near->kind = kind;
    return each(context, near);
}

/* The words around it are the ones that are asked for, but for a letter or two. */
static bool nearly_asked(const struct clause *named, const uint8_t *text, size_t length,
                         const struct near_handle *near)
{
    const uint8_t *before = (const uint8_t *)named->before, *after = (const uint8_t *)named->after;
    size_t end = near->at + near->length;
    struct edit edit;

    return near->at > EDITS_MAX && edits_find(text, near->at, before, strlen(named->before), true, &edit) &&
           edits_find(text + end, length - end, after, strlen(named->after), true, &edit);
}

/* "I amsmith", "Iamsmith", "I_am_smith": the words that are asked for, with a blank missing, or a sign in its
 * place. */
static bool without_blanks(const struct clause *named, const uint8_t *text, size_t length,
                           struct near_handle *near)
{
    size_t at = 0;

    if (!named->after || named->after[0] || !text_says(named))
        return false;
    for (const char *c = named->before; *c; c++) {
        if (*c == ' ' && (at == length || text[at] != ' ')) {
            at += at < length && text[at] && strchr("_-.+", text[at]) != NULL; /* a sign in its place */
            continue;
        }
        if (at == length || text[at] != (uint8_t)*c)
            return false;
        at++;
    }
    near->at = at;
    near->length = length - at;
    return as_handle(text + at, length - at, near->handle);
}

bool near_each(const struct rules *rules, const uint8_t *text, size_t length, near_fn *each, void *context)
{
    const struct clause *named = rules->named;
    char before[TEXT_MAX];
    const char *after;
    struct near_handle near;
    struct words words;

    if (length == 0 || length > TEXT_LOOKED || !utf8_valid(text, length) || memchr(text, 0, length))
        return false;
    if (named->after && same_text(named->before, named->after, text, length, &near) &&
        give(rules, &near, NEAR_TEXT, each, context))
        return true;
    if (without_blanks(named, text, length, &near) && give(rules, &near, NEAR_WORDS, each, context))
        return true;
    if (same_text("", "", text, length, &near))
        return give(rules, &near, NEAR_BARE, each, context);
    for (size_t i = 0; i < rules->course->n_challenges; i++) {
        const struct challenge *c = &rules->course->challenges[i];
        if (text_of(c, before, &after) && other_words(rules, c, before, after) &&
            same_text(before, after, text, length, &near) && give(rules, &near, NEAR_OTHER, each, context))
            return true;
    }
    const uint8_t *end = memmem(text, length, " HTTP/", 6);
    read_words(text, end ? (size_t)(end - text) : length, &words);
    for (size_t i = 0; i < words.n; i++)
        if (nearly_asked(named, text, length, &words.of[i]) &&
            give(rules, &words.of[i], NEAR_WORDS, each, context))
            return true;
    mark_subject(rules, text, length, &words);
    for (int kind = NEAR_WORDS; kind <= NEAR_WORD; kind++)
        for (size_t i = 0; i < words.n; i++)
            if ((int)words.of[i].kind == kind && !filler(rules, words.of[i].handle) &&
                each(context, &words.of[i]))
                return true;
    return false;
}

/* "<handle>" and its like, which are no words. */
static bool is_marked(const uint8_t *text, size_t length)
{
    static const char *const marked[] = {"{student}", "your handle", "<handle>", "{handle}", "$handle"};

    for (size_t k = 0; k < length; k++) {
        if (!strchr("{<$yY", text[k]) || !text[k])
            continue;
        for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++)
            if (strlen(marked[i]) <= length - k &&
                strncasecmp((const char *)text + k, marked[i], strlen(marked[i])) == 0)
                return true;
    }
    return false;
}

/* $NAME, ${NAME}, $1 or $(command), which a shell in single quotes leaves as they are: nothing else. */
static bool is_of_shell(const uint8_t *text, size_t length)
{
    if (length < 2 || text[0] != '$')
        return false;
    if (text[1] == '(' || text[1] == '{')
        return text[length - 1] == (text[1] == '(' ? ')' : '}');
    size_t upper = 0, lower = 0, digits = 0;
    for (size_t i = 1; i < length; i++) {
        upper += text[i] >= 'A' && text[i] <= 'Z';
        lower += text[i] >= 'a' && text[i] <= 'z';
        digits += text[i] >= '0' && text[i] <= '9';
        if (!in_word(text[i]) || text[i] == '-')
            return false;
    }
    /* by chance two characters are soon so */
    return digits ? length == 2 : length > 3 && (!upper || !lower);
}

/* "%s", "{}" or "{name}" alone, or behind the words that are asked for. */
static bool is_pattern(const struct clause *named, const uint8_t *text, size_t length)
{
    size_t before = strlen(named->before);

    if (length > before && memcmp(text, named->before, before) == 0) {
        text += before;
        length -= before;
    }
    if (length < 2 || (length == 2 && memcmp(text, "%s", 2) == 0))
        return length == 2;
    if (is_of_shell(text, length))
        return true;
    for (size_t i = 1; i + 1 < length; i++)
        if (!in_word(text[i]) && text[i] != '.')
            return false;
    return text[0] == '{' && text[length - 1] == '}';
}

/* Words that stand for a handle, of more than one letter: one alone is what is left of anything. */
static bool stands_for(const struct rules *rules, const struct near_handle *word)
{
    return word->length > 1 && near_placeholder(rules, word->handle);
}

/* It is where the text that is asked for has the handle, and what is asked for behind that begins there. */
static bool is_amid(const struct rules *rules, const uint8_t *text, size_t length, const struct words *words)
{
    enum { BEHIND = 2 };
    const struct clause *named = rules->named;
    const size_t before = strlen(named->before);

    if (!named->after || strlen(named->after) < BEHIND || length < before ||
        memcmp(text, named->before, before) != 0)
        return false;
    for (size_t i = 0; i < words->n; i++) {
        const char *word = words->of[i].handle;
        const size_t end = words->of[i].at + words->of[i].length;
        /* "message" begins sentences as well */
        if (words->of[i].at == before && (strstr(word, "handle") || strstr(word, "name")) &&
            stands_for(rules, &words->of[i]))
            return length >= end + BEHIND && memcmp(text + end, named->after, BEHIND) == 0;
    }
    return false;
}

bool near_has_placeholder(const struct rules *rules, const uint8_t *text, size_t length)
{
    struct words words;

    if (length == 0 || length > TEXT_LOOKED)
        return false;
    if (near_filler(text, length))
        return true;
    if (is_marked(text, length) || is_pattern(rules->named, text, length))
        return true;
    read_words(text, length, &words);
    if (!words.n)
        return false;
    /* the last word is where a handle stands, or the one that the words asked for stand around */
    return stands_for(rules, &words.of[words.n - 1]) || is_amid(rules, text, length, &words);
}

/* What a client of another protocol says first. A ClientHello of TLS is a record of type 22, version 3.x,
 * with message 1 in it (RFC 8446, section 5.1). */
const char *near_spoken(const uint8_t *bytes, size_t length)
{
    enum { HANDSHAKE = 22, MAJOR = 3, MINOR_MAX = 4, CLIENT_HELLO = 1, RECORD = 6 };

    static const char *const methods[] = {"GET ", "HEAD ", "POST ", "PUT ", "OPTIONS "};

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (length > strlen(methods[i]) && memcmp(bytes, methods[i], strlen(methods[i])) == 0)
            return memmem(bytes, length, " HTTP/", 6) ? "HTTP" : NULL;
    if (length > 7 && memcmp(bytes, "HTTP/1.", 7) == 0)
        return "HTTP";
    if (length >= RECORD && bytes[0] == HANDSHAKE && bytes[1] == MAJOR && bytes[2] <= MINOR_MAX &&
        bytes[5] == CLIENT_HELLO)
        return "TLS";
    return length > 4 && memcmp(bytes, "SSH-", 4) == 0 ? "SSH" : NULL;
}
