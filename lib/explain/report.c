#include "explain/report.h"

#include <stdio.h>
#include <string.h>

#include "explain/finding.h"
#include "explain/findings.h"
#include "explain/place.h"
#include "judge/rules_private.h"

enum {
    SHOWN_IN_FULL = 3,
    REPORT_MAX = 900,
    LINE_WIDTH = 80,
    NAME_RESERVE = 30,   /* room for the name of a field that is not shown */
    SHORT_RESERVE = 130, /* for one that is shown in short */
    RESERVE_MAX = 400,
    BLOCKED_RESERVE = 25, /* for how many are not judged yet */
};

/* Whether a finding is one of those that a report speaks of. */
static bool told(const struct finding *f)
{
    return f->status == FINDING_FAIL;
}

/* Appends text when it leaves room for the names of the others; false when it does not. */
static bool put_if_fits(const struct buf *text, size_t reserve, struct buf *out)
{
    return !text->failed && out->len + text->len + reserve <= REPORT_MAX &&
           buf_add(out, buf_text(text), text->len);
}

/* What a line of names speaks of. "N of M right" counts clauses: what is not right is in one of the first
 * two. */
enum names_of {
    NAMES_WRONG,
    NAMES_BLOCKED,
    NAMES_BESIDES, /* asked for by no clause: the header contradicts itself, or an address is another */
    NAMES_KINDS,
};

static const char *const NOT_JUDGED = "not judged yet: ", *const BESIDES = "wrong besides: ";

static bool is_of(const struct finding *f, enum names_of kind)
{
    const bool fails = f->status == FINDING_FAIL, blocked = f->status == FINDING_BLOCKED;

    return kind == NAMES_BESIDES ? fails && !f->clause : f->clause && (kind == NAMES_WRONG ? fails : blocked);
}

static size_t count_of(const struct verdict *verdict, enum names_of kind)
{
    size_t n = 0;

    for (size_t i = 0; i < verdict->n; i++)
        n += is_of(&verdict->findings[i], kind);
    return n;
}

/* The names of one kind that were not shown, in lines of at most 80 columns. */
static void put_kind_names(const struct verdict *verdict, const bool *shown, enum names_of kind,
                           const char *before, struct buf *out)
{
    size_t column = 0;

    for (size_t i = 0; i < verdict->n; i++) {
        const char *name = verdict->findings[i].field->name;
        if (!is_of(&verdict->findings[i], kind) || shown[i])
            continue;
        if (column + strlen(before) + strlen(name) > LINE_WIDTH - 2 && column) {
            before = ",\n  ";
            column = 0;
        }
        if (out->len + strlen(before) + strlen(name) + sizeof(", ...\n") > REPORT_MAX) {
            buf_puts(out, column ? ", ..." : "");
            break;
        }
        buf_printf(out, "%s%s", before, name);
        column += strlen(before) + strlen(name);
        before = ", ";
    }
    buf_puts(out, column ? "\n" : "");
}

/* What is not judged yet: by name where there is room, for a reason is worth more, else how much it is. */
static void put_blocked(const struct verdict *verdict, struct buf *out)
{
    const bool shown[FINDINGS_MAX] = {false};
    const size_t n = count_of(verdict, NAMES_BLOCKED);
    struct buf names;

    buf_init(&names, REPORT_MAX);
    put_kind_names(verdict, shown, NAMES_BLOCKED, NOT_JUDGED, &names);
    if (n && !put_if_fits(&names, 0, out))
        buf_printf(out, "%s%zu more\n", NOT_JUDGED, n);
    buf_free(&names);
}

/* The names of findings that were not shown. some: others were. */
static void put_names(const struct verdict *verdict, const bool *shown, bool some, struct buf *out)
{
    const char *wrong = some ? "also wrong: " : "wrong: ";

    put_kind_names(verdict, shown, NAMES_WRONG, wrong, out);
    put_kind_names(verdict, shown, NAMES_BESIDES, count_of(verdict, NAMES_WRONG) ? BESIDES : wrong, out);
    put_blocked(verdict, out);
}

void report_wrong(const struct rules *rules, const struct verdict *verdict, struct buf *out)
{
    static const enum names_of order[NAMES_KINDS] = {NAMES_WRONG, NAMES_BESIDES, NAMES_BLOCKED};
    const char *const labels[NAMES_KINDS] = {
        [NAMES_WRONG] = "", [NAMES_BESIDES] = "besides: ", [NAMES_BLOCKED] = NOT_JUDGED};
    char place[RULES_PLACE_SIZE];
    bool some = false;

    rules_place(rules, place);
    buf_printf(out, "%s%s", place, place[0] ? ": " : "");
    for (size_t k = 0; k < NAMES_KINDS; k++) {
        const char *before = some ? "; " : "", *label = some ? labels[order[k]] : "";
        for (size_t i = 0; i < verdict->n; i++) {
            const char *name = verdict->findings[i].field->name;
            if (!is_of(&verdict->findings[i], order[k]))
                continue;
            if (out->len + strlen(before) + strlen(label) + strlen(name) > out->ceiling)
                return;
            buf_printf(out, "%s%s%s", before, label, name);
            before = ", ";
            label = "";
            some = true;
        }
    }
}

/* A field's name and what went wrong in general, without a value. */
static void put_kind(struct reasons *reasons, const struct finding *f, struct buf *out)
{
    size_t n;
    const struct diagnosis *diagnoses = reasons_of(reasons, f, &n);

    if (!n)
        return;
    buf_printf(out, "%s [%s]\n", f->field->name, diagnoses[0].code->name);
    findings_line("", diagnoses[0].code->meaning, LINE_WIDTH, out);
}

/* One finding in as many words as there is room for; false when there is none. */
static bool put_one(struct reasons *reasons, const struct finding *f, enum feedback_level level,
                    size_t reserve, struct buf *out)
{
    static const enum finding_detail details[] = {DETAIL_ONE, DETAIL_SHORT, DETAIL_KIND};
    struct buf block;
    bool put = false;

    buf_init(&block, 4 * REPORT_MAX);
    for (size_t i = 0; level == FEEDBACK_FULL && !put && i < sizeof(details) / sizeof(details[0]); i++) {
        buf_clear(&block);
        findings_block(reasons, f, details[i], LINE_WIDTH, &block);
        put = put_if_fits(&block, reserve, out);
    }
    if (level != FEEDBACK_FULL) {
        put_kind(reasons, f, &block);
        put = put_if_fits(&block, reserve, out);
    }
    buf_free(&block);
    return put;
}

static void put_findings(struct reasons *reasons, enum feedback_level level, struct buf *out)
{
    const struct verdict *verdict = reasons->verdict;
    const struct finding *first = NULL;
    bool shown[FINDINGS_MAX] = {false};
    size_t n = 0, left = 0;
    const size_t blocked = count_of(verdict, NAMES_BLOCKED) ? BLOCKED_RESERVE : 0;

    reasons->told = shown;
    reasons_first(reasons, &first);
    for (size_t i = 0; i < verdict->n; i++)
        left += told(&verdict->findings[i]);
    /* the first reason, then the others in wire order */
    for (size_t k = 0; k <= verdict->n && n < SHOWN_IN_FULL; k++) {
        const size_t i = k ? k - 1 : first ? (size_t)(first - verdict->findings) : 0;
        if (!told(&verdict->findings[i]) || shown[i])
            continue;
        /* later ones are at least named, and the next two have their values */
        size_t others = left - 1, whole = others < SHOWN_IN_FULL - n - 1 ? others : SHOWN_IN_FULL - n - 1;
        size_t reserve = whole * SHORT_RESERVE + (others - whole) * NAME_RESERVE;
        shown[i] = put_one(reasons, &verdict->findings[i], level,
                           blocked + (reserve < RESERVE_MAX ? reserve : RESERVE_MAX), out);
        left -= shown[i];
        n += shown[i];
    }
    reasons->told = NULL;
    put_names(verdict, shown, n > 0, out);
}

void report_right(const struct verdict *verdict, struct buf *out)
{
    buf_printf(out, "%zu of %zu right", verdict->n_right, verdict->n_judged);
    report_besides(verdict, out);
}

void report_besides(const struct verdict *verdict, struct buf *out)
{
    const bool all = verdict->n_right == verdict->n_judged;
    const size_t besides = count_of(verdict, NAMES_BESIDES);

    /* all clauses may hold and the packet contradict itself all the same */
    if (besides)
        buf_printf(out, ", %s%zu wrong besides", all ? "but " : "", besides);
    else if (all && !verdict->pass)
        buf_puts(out, ", but for nobody");
}

/* The first line of every report. */
static void put_head(const struct rules *rules, const struct verdict *verdict, struct buf *out)
{
    char place[RULES_PLACE_SIZE];

    rules_place(rules, place);
    buf_printf(out, "%s: %s%s", rules->challenge->slug, place, place[0] ? ": " : "");
    report_right(verdict, out);
    buf_printf(out, "%s%s.\n", verdict->student[0] ? ", " : "", verdict->student);
}

/* In place of a handle another message of the conversation came. */
static bool is_of_a_conversation(const struct code *code)
{
    static const char *const names[] = {"STEP_LATE", "OTHER_STEP", "ANOTHER_TRY"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(code->name, names[i]) == 0)
            return true;
    return false;
}

bool report_stranger(struct reasons *reasons)
{
    const struct finding *f;
    const struct diagnosis *d = reasons->verdict->stranger ? reasons_first(reasons, &f) : NULL;

    return reasons->verdict->stranger && !(d && is_of_a_conversation(d->code));
}

/* Why it is nobody's. student: whom a reading of the whole names. */
static void put_nobody(const struct verdict *verdict, const char *student, bool stranger, struct buf *out)
{
    if (stranger && !student[0])
        buf_puts(out, "the handle in it is not on the roster\n");
    else if (!verdict->student[0] && student[0])
        buf_printf(out, "the handle %s is in it, but not where it must be\n", student);
    else if (verdict->by_address)
        buf_puts(out, "no handle found in it: your address says who you are\n");
    else if (!verdict->student[0] && !verdict->stranger)
        buf_puts(out, "no handle found in it: nobody to give a flag to\n");
}

void report_text(struct reasons *reasons, enum feedback_level level, struct buf *out)
{
    struct buf text;

    if (level == FEEDBACK_NONE)
        return;
    buf_init(&text, REPORT_MAX);
    put_head(reasons->rules, reasons->verdict, &text);
    put_nobody(reasons->verdict, reasons_student(reasons), report_stranger(reasons), &text);
    put_findings(reasons, level, &text);
    buf_add(out, buf_text(&text), text.len);
    buf_free(&text);
}

void report_names(const struct rules *rules, const struct verdict *verdict, struct buf *out)
{
    const bool shown[FINDINGS_MAX] = {false};
    struct buf text;

    buf_init(&text, REPORT_MAX);
    put_head(rules, verdict, &text);
    put_nobody(verdict, "", verdict->stranger, &text);
    put_names(verdict, shown, false, &text);
    buf_puts(&text, "why is told on that student's own host alone, and this came from another\n");
    buf_add(out, buf_text(&text), text.len);
    buf_free(&text);
}

/* Where in a header it stands, as a report says it: nobody packs a socket's. */
static void put_place(const struct reasons *reasons, const struct finding *f, struct buf *place)
{
    buf_clear(place);
    if (rules_kind(reasons->rules) == TARGET_PACKET)
        place_of(f, place);
}

/* The likeliest reason and what to try, as a report says them, as far as there is room. The first that is
 * told has its own. */
static bool put_why(struct reasons *reasons, const struct finding *f, const struct diagnosis *d, size_t *room,
                    struct json_writer *w)
{
    const struct finding *first = NULL;
    char why[FINDINGS_WHY_SIZE];
    const char *mend = findings_why(reasons, f, d, why);
    struct buf place;

    buf_init(&place, REPORT_MAX);
    put_place(reasons, f, &place);
    const size_t needs = strlen(why) + strlen(mend) + place.len;
    reasons_first(reasons, &first);
    const bool put = f == first || needs <= *room;
    if (put) {
        *room -= needs < *room ? needs : *room;
        if (place.len)
            json_put_text(w, "place", buf_text(&place));
        json_put_text(w, "why", why);
        if (*mend)
            json_put_text(w, "try", mend);
    }
    buf_free(&place);
    return put;
}

/* True when the reason was told as well. */
static bool put_codes(struct reasons *reasons, const struct finding *f, size_t *room, struct json_writer *w)
{
    size_t n;
    const struct diagnosis *diagnoses = reasons_of(reasons, f, &n);

    json_open_array(w, "codes");
    for (size_t i = 0; i < n; i++)
        json_put_text(w, NULL, diagnoses[i].code->name);
    json_close_array(w);
    return n && room && put_why(reasons, f, &diagnoses[0], room, w);
}

void report_json(struct reasons *reasons, size_t room, struct json_writer *w, const char *key)
{
    const bool texts = room > 0;
    const struct verdict *verdict = reasons->verdict;
    const struct finding *first = NULL;
    bool said[FINDINGS_MAX] = {false};
    struct buf text;

    buf_init(&text, REPORT_MAX);
    reasons->told = said;
    if (texts && reasons_first(reasons, &first)) /* it is told for sure, whatever stands before it */
        said[first - verdict->findings] = true;
    json_open_array(w, key);
    for (size_t i = 0, n = 0; i < verdict->n && n < REPORT_FINDINGS_MAX; i++) {
        const struct finding *f = &verdict->findings[i];
        if (f->status != FINDING_FAIL && f->status != FINDING_BLOCKED)
            continue;
        json_open_object(w, NULL);
        json_put_text(w, "field", f->field->name);
        json_put_text(w, "status", finding_status_text(f->status));
        if (!f->clause)
            json_put_bool(w, "besides", true);
        buf_clear(&text);
        finding_expected(reasons, f, &text);
        json_put_text(w, "expected", buf_text(&text));
        buf_clear(&text);
        if (f->status == FINDING_FAIL)
            finding_got(reasons->rules, reasons->packet, f, &text);
        json_put_text(w, "got", buf_text(&text));
        said[i] = put_codes(reasons, f, texts ? &room : NULL, w) || said[i];
        json_close_object(w);
        n++;
    }
    json_close_array(w);
    reasons->told = NULL;
    buf_free(&text);
}
