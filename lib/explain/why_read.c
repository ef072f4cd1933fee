/* An answer that holds the beginning alone of a line that the target said: recv(4) reads four bytes. */
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "explain/drawn.h"
#include "explain/words.h"
#include "judge/rules_private.h"
#include "judge/talk.h"

enum { LINE_MOST = 256, LEAST = 2, SURE = 3 };

/* A line that was said, and the part of the answer that is made of it. */
struct line_said {
    const char *text; /* as it was before it was encoded */
    size_t n;
    enum text_encoding encoding;
    const uint8_t *got;
    size_t n_got;
};

static bool begins(const struct line_said *h, const char *line, size_t n)
{
    return h->n_got < n && memcmp(line, h->got, h->n_got) == 0;
}

/* How many bytes of the line were read; 0 when the answer is made otherwise. A first word of several is no
 * beginning: it was taken out. */
static size_t read_of(const struct line_said *h, bool *decoded)
{
    char coded[HEX_SIZE(LINE_MOST)];

    *decoded = false;
    if (h->encoding == ENCODING_UTF8)
        return begins(h, h->text, h->n) && h->text[h->n_got] != ' ' ? h->n_got : 0;
    if (h->encoding == ENCODING_HEX)
        hex_encode(coded, h->text, h->n);
    else
        base64_encode(coded, h->text, h->n);
    if (begins(h, coded, strlen(coded)))
        return h->n_got;
    *decoded = true;
    if (!begins(h, h->text, h->n))
        return 0;
    return h->encoding == ENCODING_HEX ? 2 * h->n_got : (4 * h->n_got + 2) / 3;
}

static enum fit say_read(const struct suspect *s, const struct line_said *h, size_t n, bool decoded,
                         struct diagnosis *d)
{
    const bool stream = rules_transport(s->rules) == TARGET_STREAM;
    const char *call = stream ? "recv" : "recvfrom";
    char got[WORDS_SIZE];

    words_shown(h->got, h->n_got, got);
    if (decoded)
        suspect_say(d, "%s is what the first %zu %s of the line that I said decode to: %s(%zu) reads no more",
                    got, n, h->encoding == ENCODING_HEX ? "hex digits" : "letters of Base64", call, n);
    else
        suspect_say(d, "%s is the first %zu bytes alone of the line that I said%s: %s(%zu) reads no more",
                    got, n, h->encoding == ENCODING_UTF8 ? "" : ", and not decoded", call, n);
    suspect_mend(d, "data = %s(1024)%s   # all of the line; then answer once", call, stream ? "" : "[0]");
    /* of two letters the rest of the text must tell that it was cut there */
    return h->n_got >= SURE || words_of(s)->kind == WORDING_CUT ? FIT_STRONG : FIT_GOOD;
}

enum fit why_read_part(const struct suspect *s, struct diagnosis *d)
{
    const struct rules *r = s->rules;
    uint8_t room[TEXT_MAX];
    struct drawn part;
    enum fit fit = FIT_NONE;

    if (!s->clause || !r->talk || !s->clause->unfilled || rules_transport(r) == TARGET_PACKET ||
        !drawn_part(s, room, &part) || part.handle || part.n_got < LEAST)
        return FIT_NONE;
    for (size_t i = 0; i < r->step && i < rules_steps(r) && !fit; i++) {
        const struct step_spec *step = &r->challenge->target.steps[i];
        struct buf line;
        bool decoded;
        if (!step->say.text)
            continue;
        buf_init(&line, LINE_MOST);
        talk_fill(r->talk, r, step->say.text, true, &line);
        const struct line_said h = {buf_text(&line), line.len, step->say_encoding, part.got, part.n_got};
        const size_t n = read_of(&h, &decoded);
        /* the whole of what belongs there is another mistake */
        if (n && !(part.n_got == part.n_want && memcmp(part.got, part.want, part.n_got) == 0))
            fit = say_read(s, &h, n, decoded, d);
        buf_free(&line);
    }
    return fit;
}
