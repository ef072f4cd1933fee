/* What libpcap does that nobody expects, and what is done about it: its optimiser takes minutes over some KB
 * (so texts are short), unknown words are looked up (filter_words.c), errors have no place (fault_find), a
 * read beyond the end says no even under `not` (filter_ask). */
#include "pkt/filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pkt/filter_words.h"

enum { PROGRAM_MAX = 512, SNAPLEN = 65535, ANCILLARY = 0xfffff000 };

/* One text for both kinds of link. */
struct filter_code {
    struct bpf_program ether, bare;
};

struct filter {
    char *text;
    struct filter_code whole;
    struct filter_span spans[FILTER_PARTS_MAX];
    struct filter_code *parts; /* n_parts of them; NULL for one */
    size_t n_parts;
    bool is_or;
    bool shifts; /* each part's program is that of all up to its end */
    bool of_link;
};

/* NULL, or why not, borrowed until the next call. */
static const char *compile(struct bpf_program *out, int link, bool optimise, const char *text)
{
    static _Thread_local char wrong[PCAP_ERRBUF_SIZE];
    static const char noise[] = "can't parse filter expression: ";
    pcap_t *dead = pcap_open_dead(link, SNAPLEN);

    *out = (struct bpf_program){0};
    if (!dead)
        return "out of memory";
    wrong[0] = '\0';
    if (pcap_compile(dead, out, text, optimise, PCAP_NETMASK_UNKNOWN)) {
        const char *said = pcap_geterr(dead);
        str_copy(wrong, sizeof(wrong),
                 strncmp(said, noise, sizeof(noise) - 1) ? said : said + sizeof(noise) - 1);
        *out = (struct bpf_program){0};
    }
    pcap_close(dead);
    for (unsigned i = 0; i < out->bf_len; i++)
        if (BPF_CLASS(out->bf_insns[i].code) == BPF_LD && BPF_MODE(out->bf_insns[i].code) == BPF_ABS &&
            out->bf_insns[i].k >= ANCILLARY)
            str_copy(wrong, sizeof(wrong), "it asks for what the kernel knows, and no frame says");
    if (optimise && !wrong[0] && out->bf_len > PROGRAM_MAX)
        snprintf(wrong, sizeof(wrong), "it makes a program of %u instructions, at most %d are allowed",
                 out->bf_len, PROGRAM_MAX);
    if (wrong[0])
        pcap_freecode(out);
    return wrong[0] ? wrong : NULL;
}

static const char *code_make(struct filter_code *out, const char *text, bool of_link)
{
    const char *wrong = compile(&out->ether, DLT_EN10MB, true, text);

    return wrong || of_link ? wrong : compile(&out->bare, DLT_RAW, true, text);
}

static void code_free(struct filter_code *code)
{
    pcap_freecode(&code->ether);
    pcap_freecode(&code->bare);
}

static int shown(size_t length)
{
    return length < 40 ? (int)length : 40;
}

/* Whether some way to go on makes a filter of the first n words. */
static bool can_go_on(const struct filter_words *w, const char *text, size_t n)
{
    static const char *const ways[] = {
        "", " ip", " 1", " host 192.0.2.1", " port 1", " 192.0.2.1", " 02:00:00:00:00:01", " = 1", "1] = 1"};
    char whole[2 * FILTER_TEXT_MAX + 64];
    const struct filter_token *last = &w->tokens[n - 1];
    const int open = last->depth + (last->kind == FILTER_OPEN) - (last->kind == FILTER_CLOSE);
    struct bpf_program program;

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        const bool bracket = strchr(ways[i], ']') != NULL;
        int k = snprintf(whole, sizeof(whole), "%.*s%s", (int)(last->at + last->length), text, ways[i]);
        for (int left = open - bracket; left > 0; left--)
            whole[k++] = ')';
        whole[k] = '\0';
        if (!compile(&program, DLT_EN10MB, false, whole)) {
            pcap_freecode(&program);
            return true;
        }
    }
    return false;
}

/* libpcap says what is wrong and not where: at the first word with which nothing makes a filter any more. */
static void fault_find(const struct filter_words *w, const char *text, struct filter_fault *fault)
{
    size_t good = 0, bad = w->n + 1; /* the first `good` words can go on; `bad` ones cannot */
    char said[sizeof(fault->text)];

    fault->offset = 0;
    if (can_go_on(w, text, w->n) && strncmp(fault->text, "syntax", 6) != 0)
        return; /* of the whole: no packet can be so, or too many ways to be right */

    while (bad - good > 1) {
        size_t middle = good + (bad - good) / 2;
        if (can_go_on(w, text, middle))
            good = middle;
        else
            bad = middle;
    }
    str_copy(said, sizeof(said), fault->text);
    if (bad > w->n) {
        fault->offset = w->tokens[w->n - 1].at + w->tokens[w->n - 1].length;
        snprintf(fault->text, sizeof(fault->text), "%.120s: more is needed behind \"%.*s\"", said,
                 shown(w->tokens[w->n - 1].length), text + w->tokens[w->n - 1].at);
        return;
    }
    fault->offset = w->tokens[bad - 1].at;
    snprintf(fault->text, sizeof(fault->text), "%.120s, at \"%.*s\"", said, shown(w->tokens[bad - 1].length),
             text + w->tokens[bad - 1].at);
}

/* Parts are there to say more; where they cannot be made alone the whole is the only one. */
static bool parts_make(struct filter *f, const struct filter_words *w)
{
    size_t n = filter_words_split(w, f->spans, &f->is_or);
    char text[FILTER_TEXT_MAX + 1];

    f->n_parts = 1;
    if (n < 2 || (f->shifts && f->is_or))
        return true;
    f->parts = calloc(n, sizeof(f->parts[0]));
    if (!f->parts)
        return false;
    f->n_parts = n;
    for (size_t i = 0; i < n; i++) {
        size_t from = f->shifts ? 0 : f->spans[i].at;
        snprintf(text, sizeof(text), "%.*s", (int)(f->spans[i].at + f->spans[i].length - from),
                 f->text + from);
        if (!code_make(&f->parts[i], text, f->of_link))
            continue;
        for (size_t k = 0; k < n; k++)
            code_free(&f->parts[k]);
        free(f->parts);
        f->parts = NULL;
        f->n_parts = 1;
        break;
    }
    return true;
}

bool filter_compile(struct filter **out, const char *text, struct filter_fault *fault)
{
    struct filter_words words;

    *out = NULL;
    if (!filter_words_read(&words, text, fault))
        return false;
    struct filter *f = calloc(1, sizeof(*f));
    if (!f || !(f->text = strdup(text)))
        goto out;
    f->shifts = words.shifts;
    f->of_link = words.of_link;
    const char *wrong = code_make(&f->whole, text, f->of_link);
    if (wrong) {
        str_copy(fault->text, sizeof(fault->text), wrong);
        fault_find(&words, text, fault);
        filter_free(f);
        return false;
    }
    if (!parts_make(f, &words))
        goto out;
    *out = f;
    return true;
out:
    filter_free(f);
    *fault = (struct filter_fault){.text = "out of memory"};
    return false;
}

void filter_free(struct filter *f)
{
    if (!f)
        return;
    code_free(&f->whole);
    for (size_t i = 0; f->parts && i < f->n_parts; i++)
        code_free(&f->parts[i]);
    free(f->parts);
    free(f->text);
    free(f);
}

const char *filter_text(const struct filter *f)
{
    return f->text;
}

static enum filter_says ask(const struct filter_code *code, const struct packet *p)
{
    const struct span *ip = &p->layers[p->layers[LAYER_IP].present ? LAYER_IP : LAYER_IP6];
    const bool ether = p->layers[LAYER_ETH].present;
    const struct bpf_insn *insns = ether ? code->ether.bf_insns : code->bare.bf_insns;
    const size_t from = ether ? 0 : ip->offset;

    if (!insns || (!ether && !ip->present) || p->wire_length > p->length ||
        p->faults & (FAULT_TRUNCATED | FAULT_BAD_LENGTH))
        return FILTER_UNKNOWN;
    const u_int length = (u_int)(p->length - from);
    return bpf_filter(insns, p->frame + from, length, length) ? FILTER_YES : FILTER_NO;
}

enum filter_says filter_ask(const struct filter *f, const struct packet *packet)
{
    return ask(&f->whole, packet);
}

size_t filter_parts(const struct filter *f)
{
    return f->n_parts;
}

bool filter_joined_by_or(const struct filter *f)
{
    return f->n_parts > 1 && f->is_or;
}

const char *filter_part(const struct filter *f, size_t i, char out[FILTER_TEXT_MAX + 1])
{
    snprintf(out, FILTER_TEXT_MAX + 1, "%.*s", f->n_parts > 1 ? (int)f->spans[i].length : FILTER_TEXT_MAX,
             f->text + (f->n_parts > 1 ? f->spans[i].at : 0));
    return out;
}

size_t filter_blame(const struct filter *f, const struct packet *packet, size_t out[FILTER_PARTS_MAX])
{
    const enum filter_says said = filter_ask(f, packet), decides = f->is_or ? FILTER_YES : FILTER_NO;
    size_t n = 0;

    if (f->n_parts == 1 || said == FILTER_UNKNOWN)
        return 0;
    for (size_t i = 0; i < f->n_parts; i++) {
        if (ask(&f->parts[i], packet) != decides)
            continue;
        out[n++] = i;
        if (f->shifts)
            break;
    }
    /* all no under `or`, all yes under `and`: none alone; else the parts bear the whole out, or say nothing
     */
    return said == decides ? n : 0;
}
