#include "grader/deploy/print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "base/str.h"
#include "json/write.h"

enum { SHOWN = 40, BEFORE = 12, JSON_MAX = 8 << 20, LINE_MAX_BYTES = 4096 };

/* Where the two first differ, at the start of a character. */
static size_t first_difference(const char *a, const char *b)
{
    size_t i = 0;

    while (a[i] && a[i] == b[i])
        i++;
    while (i && ((unsigned char)a[i] & 0xc0) == 0x80)
        i--;
    return i;
}

/* Adds text from outside without what would steer a terminal, for which a blank stands. */
static void put_clean(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t unfit = shown_unfit(text + i);
        buf_add(out, unfit ? " " : text + i, 1);
        i += unfit ? unfit : 1;
    }
}

/* text from a few characters before `at`, on one line, cut at both ends where it is long. */
static void shorten(struct buf *out, const char *text, size_t at)
{
    size_t from = strlen(text) > SHOWN && at > BEFORE ? at - BEFORE : 0, shown = 0;

    if (!text[0]) {
        buf_puts(out, "(none)");
        return;
    }
    while (from && ((unsigned char)text[from] & 0xc0) == 0x80)
        from--;
    size_t to = from;
    while (text[to] && (((unsigned char)text[to] & 0xc0) == 0x80 || shown++ < SHOWN))
        to++;
    buf_puts(out, from ? "\"..." : "\"");
    put_clean(out, text + from, to - from);
    buf_puts(out, text[to] ? "...\"" : "\"");
}

/* "3 5|preview" with names in the place of numbers. */
static void put_names(const struct plan *plan, struct buf *out, const char *text)
{
    size_t list = strcspn(text, "|");
    const char *p = text;

    while (p < text + list) {
        size_t len = strcspn(p, " |");
        const char *name = NULL;
        char word[32], id[32];
        snprintf(word, sizeof(word), "%.*s", (int)len, p);
        for (size_t i = 0; !name && i < plan->n_course; i++) {
            snprintf(id, sizeof(id), "%" PRId64, plan->ids[i]);
            if (strcmp(id, word) == 0)
                name = plan->items[i].challenge->name;
        }
        for (size_t i = 0; !name && i < plan->n_listed; i++) {
            snprintf(id, sizeof(id), "%" PRId64, plan->listed[i].id);
            if (strcmp(id, word) == 0)
                name = plan->listed[i].name;
        }
        buf_printf(out, "%s%s", p > text ? ", " : "", name ? name : word);
        p += len + (p[len] == ' ');
    }
    if (text[list])
        buf_printf(out, " (anonymize: %s)", text + list + 1);
}

/* Old and new of a key as people read them. */
static void key_texts(const struct plan *plan, const struct plan_item *item, unsigned key, struct buf *old,
                      struct buf *new)
{
    const char *a = item->have.key[key] ? item->have.key[key] : "",
               *b = item->want.key[key] ? item->want.key[key] : "";

    if (key == KEY_REQUIREMENTS || key == KEY_NEXT) {
        put_names(plan, old, a);
        put_names(plan, new, b);
    } else {
        buf_puts(old, a);
        buf_puts(new, b);
    }
}

static void print_change(FILE *out, const char *what, const char *old, const char *new)
{
    struct buf line;
    size_t at = first_difference(old, new);

    buf_init(&line, LINE_MAX_BYTES);
    shorten(&line, old, at);
    buf_puts(&line, " -> ");
    shorten(&line, new, at);
    fprintf(out, "          %s: %s\n", what, buf_text(&line));
    buf_free(&line);
}

static void print_keys(FILE *out, const struct plan *plan, const struct plan_item *item)
{
    for (unsigned i = 0; i < CONTENT_KEYS; i++) {
        struct buf old, new;
        if (!(item->diff.keys >> i & 1))
            continue;
        buf_init(&old, JSON_MAX);
        buf_init(&new, JSON_MAX);
        key_texts(plan, item, i, &old, &new);
        print_change(out, content_key_name((enum content_key)i), buf_text(&old), buf_text(&new));
        buf_free(&old);
        buf_free(&new);
    }
}

static const char *field_name(enum record_kind kind, unsigned field)
{
    static const char *const hint[] = {"content", "title", "cost", "requirements"};
    static const char *const file[] = {"name", "content"};
    static const char *const solution[] = {"content", "state"};

    return kind == RECORD_HINT ? hint[field] : kind == RECORD_FILE ? file[field] : solution[field];
}

/* One step; a hint's requirements are numbers of hints, of no use to people. */
static void print_step(FILE *out, const struct plan_item *item, const struct diff_step *step)
{
    const struct board_record *want = step->what == STEP_REMOVE ? NULL : &item->want.records[step->want],
                              *have = step->what == STEP_MAKE ? NULL : &item->have.records[step->have],
                              *one = want ? want : have;
    char what[64];

    for (unsigned i = 0; want && have && i < RECORD_FIELDS; i++) {
        if (!(step->fields >> i & 1))
            continue;
        snprintf(what, sizeof(what), "%s: %s", content_kind_name(one->kind), field_name(one->kind, i));
        if (i == 3)
            fprintf(out, "          %s differ\n", what);
        else
            print_change(out, what, have->field[i] ? have->field[i] : "",
                         want->field[i] ? want->field[i] : "");
    }
    if (!want || !have) {
        struct buf line;
        const char *text =
            one->kind == RECORD_HINT && one->field[1] && one->field[1][0] ? one->field[1] : one->field[0];
        buf_init(&line, LINE_MAX_BYTES);
        shorten(&line, text ? text : "", 0);
        fprintf(out, "          %s: %s %s\n", content_kind_name(one->kind), want ? "+" : "-",
                buf_text(&line));
        buf_free(&line);
    }
}

/* How many flags are to be made, changed and removed. */
static void count_flags(const struct plan_item *item, size_t n[3])
{
    for (size_t i = 0; i < item->diff.n; i++) {
        const struct diff_step *s = &item->diff.steps[i];
        const struct board_record *r =
            s->what == STEP_REMOVE ? &item->have.records[s->have] : &item->want.records[s->want];
        n[s->what] += r->kind == RECORD_FLAG;
    }
}

static void print_steps(FILE *out, const struct plan_item *item)
{
    size_t flags[3] = {0};

    count_flags(item, flags);
    if (flags[0] || flags[1] || flags[2])
        fprintf(out, "          flags: %zu new, %zu changed, %zu removed\n", flags[STEP_MAKE],
                flags[STEP_CHANGE], flags[STEP_REMOVE]);
    for (size_t i = 0; i < item->diff.n; i++) {
        const struct diff_step *s = &item->diff.steps[i];
        const struct board_record *r =
            s->what == STEP_REMOVE ? &item->have.records[s->have] : &item->want.records[s->want];
        if (r->kind != RECORD_FLAG)
            print_step(out, item, s);
    }
}

void print_item(FILE *out, const struct plan *plan, const struct plan_item *item, bool done)
{
    static const char *const words[][2] = {
        [PLAN_CREATE] = {"create", "created"},    [PLAN_CHANGE] = {"change", "changed"},
        [PLAN_SAME] = {"unchanged", "unchanged"}, [PLAN_LEFT] = {"", ""},
        [PLAN_PRUNE] = {"delete", "deleted"},     [PLAN_THERE] = {"only there", "only there"}};

    if (item->kind == PLAN_LEFT)
        return;
    if (item->challenge) {
        fprintf(out, "%-9s %s (\"%s\")\n", words[item->kind][done], item->slug, item->challenge->name);
    } else {
        struct buf name;
        buf_init(&name, BOARD_TEXT_SIZE);
        put_clean(&name, item->name, strlen(item->name));
        fprintf(out, "%-9s \"%s\" (number %" PRId64, words[item->kind][done], buf_text(&name), item->id);
        buf_free(&name);
        if (item->slug[0])
            fprintf(out, ", made by deploy for %s", item->slug);
        if (item->solves > 0)
            fprintf(out, ", %" PRId64 " solves", item->solves);
        fprintf(out, ")\n");
    }
    if (item->kind == PLAN_CHANGE) {
        print_keys(out, plan, item);
        print_steps(out, item);
    }
}

static void count(const struct plan *plan, size_t n[PLAN_THERE + 1])
{
    for (size_t i = 0; i < plan->n; i++)
        n[plan->items[i].kind]++;
}

void print_sum(FILE *out, const struct plan *plan, bool done)
{
    size_t n[PLAN_THERE + 1] = {0};

    count(plan, n);
    fprintf(out, "%s", buf_text(&plan->notes));
    fprintf(out, "%zu %s, %zu %s, %zu unchanged", n[PLAN_CREATE], done ? "created" : "to create",
            n[PLAN_CHANGE], done ? "changed" : "to change", n[PLAN_SAME]);
    if (n[PLAN_PRUNE])
        fprintf(out, ", %zu %s", n[PLAN_PRUNE], done ? "deleted" : "to delete");
    if (n[PLAN_THERE])
        fprintf(out, ", %zu only there", n[PLAN_THERE]);
    fprintf(out, "\n");
}

static void json_changes(struct json_writer *w, const struct plan *plan, const struct plan_item *item)
{
    json_open_array(w, "changes");
    for (unsigned i = 0; i < CONTENT_KEYS; i++) {
        struct buf old, new;
        if (!(item->diff.keys >> i & 1))
            continue;
        buf_init(&old, JSON_MAX);
        buf_init(&new, JSON_MAX);
        key_texts(plan, item, i, &old, &new);
        json_open_object(w, NULL);
        json_put_text(w, "key", content_key_name((enum content_key)i));
        json_put_text(w, "old", buf_text(&old));
        json_put_text(w, "new", buf_text(&new));
        json_close_object(w);
        buf_free(&old);
        buf_free(&new);
    }
    for (size_t i = 0; i < item->diff.n; i++) {
        static const char *const what[] = {
            [STEP_MAKE] = "new", [STEP_CHANGE] = "changed", [STEP_REMOVE] = "removed"};
        const struct diff_step *s = &item->diff.steps[i];
        const struct board_record *r =
            s->what == STEP_REMOVE ? &item->have.records[s->have] : &item->want.records[s->want];
        json_open_object(w, NULL);
        json_put_text(w, "key", content_kind_name(r->kind));
        json_put_text(w, "what", what[s->what]);
        if (r->kind != RECORD_FLAG && r->kind != RECORD_SOLUTION)
            json_put_text(w, "text", r->field[0]);
        json_close_object(w);
    }
    json_close_array(w);
}

static void json_item(struct json_writer *w, const struct plan *plan, const struct plan_item *item)
{
    static const char *const words[] = {
        [PLAN_CREATE] = "created", [PLAN_CHANGE] = "changed", [PLAN_SAME] = "unchanged",
        [PLAN_LEFT] = "left",      [PLAN_PRUNE] = "deleted",  [PLAN_THERE] = "there"};

    if (item->kind == PLAN_LEFT)
        return;
    json_open_object(w, NULL);
    json_put_text(w, "what", words[item->kind]);
    json_put_text(w, "slug", item->slug[0] ? item->slug : NULL);
    json_put_text(w, "name", item->challenge ? item->challenge->name : item->name);
    if (item->id)
        json_put_int(w, "id", item->id);
    if (item->kind == PLAN_CHANGE)
        json_changes(w, plan, item);
    json_close_object(w);
}

bool print_json(FILE *out, const struct plan *plan)
{
    struct buf text;
    struct json_writer w = {.out = &text};
    size_t n[PLAN_THERE + 1] = {0};

    count(plan, n);
    buf_init(&text, JSON_MAX);
    json_open_object(&w, NULL);
    json_put_int(&w, "created", (int64_t)n[PLAN_CREATE]);
    json_put_int(&w, "changed", (int64_t)n[PLAN_CHANGE]);
    json_put_int(&w, "unchanged", (int64_t)n[PLAN_SAME]);
    json_put_int(&w, "deleted", (int64_t)n[PLAN_PRUNE]);
    json_put_int(&w, "there", (int64_t)n[PLAN_THERE]);
    json_open_array(&w, "challenges");
    for (size_t i = 0; i < plan->n; i++)
        json_item(&w, plan, &plan->items[i]);
    json_close_array(&w);
    json_open_array(&w, "notes");
    for (const char *p = buf_text(&plan->notes); *p;) {
        char line[512];
        size_t len = strcspn(p, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)len, p);
        json_put_text(&w, NULL, line);
        p += len + (p[len] == '\n');
    }
    json_close_array(&w);
    json_close_object(&w);
    bool ok = !text.failed;
    if (ok)
        fprintf(out, "%s\n", buf_text(&text));
    buf_free(&text);
    return ok;
}
