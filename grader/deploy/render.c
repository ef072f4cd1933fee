#include "grader/deploy/render.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/file.h"
#include "grader/deploy/want.h"
#include "grader/export/words.h"
#include "spec/challenge_extra.h"

enum { TEXT_MAX = 1 << 20, FILE_MAX = 16 << 20, OPEN_MAX_FILES = 16 };

/* Lines that a block shows as they are; "|-" leaves the newline at the end out, as the text does. */
static bool is_block(const char *text)
{
    if (!strchr(text, '\n') || strchr(" \n", text[0]))
        return false;
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7F)
            return false;
    return true;
}

static void put_key(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "%s: ", key);
    if (!is_block(text)) {
        words_put_quoted(out, text);
        buf_puts(out, "\n");
        return;
    }
    buf_puts(out, "|-\n");
    while (*text) {
        size_t len = strcspn(text, "\n");
        buf_puts(out, len ? "  " : "");
        buf_add(out, text, len);
        buf_puts(out, "\n");
        text += len + (text[len] == '\n');
    }
}

/* "key:" and the records of a kind as a list, each by put; nothing when there are none. */
static void put_records(struct buf *out, const char *key, const struct board_content *want,
                        enum record_kind kind, void (*put)(struct buf *out, const struct board_record *r))
{
    bool any = false;

    for (size_t i = 0; i < want->n; i++) {
        if (want->records[i].kind != kind)
            continue;
        if (!any)
            buf_printf(out, "%s:\n", key);
        any = true;
        buf_puts(out, "  - ");
        put(out, &want->records[i]);
        buf_puts(out, "\n");
    }
}

static void put_word(struct buf *out, const struct board_record *r)
{
    words_put_quoted(out, r->field[0]);
}

/* ctfcli makes a bare text of a static flag whose case counts, and compares forms */
static void put_flag(struct buf *out, const struct board_record *r)
{
    if (strcmp(r->field[1], "static") == 0 && !r->field[2][0]) {
        words_put_quoted(out, r->field[0]);
        return;
    }
    buf_puts(out, "{content: ");
    words_put_quoted(out, r->field[0]);
    buf_puts(out, ", type: ");
    words_put_quoted(out, r->field[1]);
    buf_puts(out, ", data: ");
    words_put_quoted(out, r->field[2]);
    buf_puts(out, "}");
}

static void put_file_name(struct buf *out, const struct board_record *r)
{
    buf_puts(out, "files/");
    buf_puts(out, r->field[0]);
}

/* Whether another hint asks for this one. */
static bool is_asked_for(const struct challenge *c, const struct challenge_hint *hint)
{
    for (size_t i = 0; hint->key && i < c->n_hints; i++)
        for (size_t j = 0; j < c->hints[i].n_requires; j++)
            if (strcmp(c->hints[i].requires[j].text, hint->key) == 0)
                return true;
    return false;
}

/* A key only where another hint needs it, and a bare text where nothing else is said: so ctfcli does. */
static void put_hints(struct buf *out, const struct challenge *c, const struct board_content *want)
{
    size_t n = 0;

    if (c->n_hints)
        buf_puts(out, "hints:\n");
    for (size_t i = 0; i < want->n && n < c->n_hints; i++) {
        const struct board_record *r = &want->records[i];
        if (r->kind != RECORD_HINT)
            continue;
        const struct challenge_hint *hint = &c->hints[n++];
        bool key = is_asked_for(c, hint);
        buf_puts(out, "  - ");
        if (!hint->cost && !r->field[1][0] && !hint->n_requires && !key) {
            words_put_quoted(out, r->field[0]);
            buf_puts(out, "\n");
            continue;
        }
        buf_puts(out, "{content: ");
        words_put_quoted(out, r->field[0]);
        if (r->field[1][0]) {
            buf_puts(out, ", title: ");
            words_put_quoted(out, r->field[1]);
        }
        if (hint->cost)
            buf_printf(out, ", cost: %lld", (long long)hint->cost);
        if (key) {
            buf_puts(out, ", key: ");
            words_put_quoted(out, hint->key);
        }
        for (size_t j = 0; j < hint->n_requires; j++) {
            buf_puts(out, j ? ", " : ", requirements: [");
            words_put_quoted(out, hint->requires[j].text);
        }
        buf_puts(out, hint->n_requires ? "]}\n" : "}\n");
    }
}

static void put_number(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "  %s: %s\n", key, text && text[0] ? text : "null");
}

/* CTFd 3.8.1 and later tell these three of every challenge, and ctfcli then wants them in the file. */
static void put_extra(struct buf *out, const struct challenge *c, const struct board_content *want)
{
    bool dynamic = strcmp(c->type, "dynamic") == 0;

    if (c->extra.plugin)
        buf_printf(out, "extra: %s\n", c->extra.plugin); /* YAML reads JSON */
    if (!challenge_type_is_usual(c->type))
        return;
    buf_puts(out, "extra:\n");
    put_number(out, "initial", want->key[KEY_INITIAL]);
    put_number(out, "minimum", want->key[KEY_MINIMUM]);
    put_number(out, "decay", want->key[KEY_DECAY]);
    if (strcmp(want->key[KEY_FUNCTION], dynamic ? "logarithmic" : "static") != 0)
        put_number(out, "function", want->key[KEY_FUNCTION]);
    if (want->key[KEY_POSITION])
        put_number(out, "position", want->key[KEY_POSITION]);
}

static void put_links(struct buf *out, const struct challenge *c)
{
    static const char *const shown[] = {
        [ANONYMIZE_NO] = "false", [ANONYMIZE_YES] = "true", [ANONYMIZE_PREVIEW] = "preview"};

    if (c->n_requires)
        buf_puts(out, "requirements:\n  prerequisites:\n");
    for (size_t i = 0; i < c->n_requires; i++) {
        buf_puts(out, "    - ");
        words_put_quoted(out, c->requires[i].text);
        buf_puts(out, "\n");
    }
    if (c->n_requires)
        buf_printf(out, "  anonymize: %s\n", shown[c->anonymize]);
    if (c->next.text)
        put_key(out, "next", c->next.text);
}

static void put_challenge(struct buf *out, const struct challenge *c, const struct board_content *want,
                          const char *author)
{
    put_key(out, "name", c->name);
    put_key(out, "author", c->author && c->author[0] ? c->author : author);
    put_key(out, "category", want->key[KEY_CATEGORY]);
    put_key(out, "description", want->key[KEY_DESCRIPTION]);
    put_key(out, "attribution", want->key[KEY_ATTRIBUTION]);
    if (want->key[KEY_CONNECTION_INFO][0])
        put_key(out, "connection_info", want->key[KEY_CONNECTION_INFO]);
    buf_printf(out, "value: %lld\n", (long long)c->value);
    put_key(out, "type", c->type);
    put_extra(out, c, want);
    if (c->solution.text)
        buf_printf(out, "solution: {path: solution.md, state: %s}\n", c->solution_state);
    buf_printf(out, "attempts: %lld\n", (long long)c->attempts);
    put_key(out, "logic", want->key[KEY_LOGIC]);
    size_t before = out->len;
    put_records(out, "flags", want, RECORD_FLAG, put_flag);
    /* an absent list of flags is another than an empty one to ctfcli */
    if (out->len == before)
        buf_puts(out, "flags: []\n");
    put_records(out, "topics", want, RECORD_TOPIC, put_word);
    put_records(out, "tags", want, RECORD_TAG, put_word);
    put_records(out, "files", want, RECORD_FILE, put_file_name);
    put_hints(out, c, want);
    put_links(out, c);
    put_key(out, "state", c->state);
    buf_puts(out, "version: \"0.1\"\n");
}

static enum status write_bytes(const char *dir, const char *name, const struct buf *bytes, struct err *err)
{
    char *path = path_join(dir, name);
    enum status st = ST_ENV;

    if (!path || bytes->failed)
        err_set(err, ST_ENV, "%s/%s: out of memory, or too long", dir, name);
    else
        st = file_replace(path, buf_text(bytes), bytes->len, 0600, err);
    free(path);
    return st;
}

static enum status make_dir(const char *path, struct err *err)
{
    return mkdir(path, 0700) == 0 ? ST_OK : err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
}

/* The files and the solution. */
static enum status write_parts(const char *dir, const struct board_content *want, struct err *err)
{
    char *files = path_join(dir, "files");
    enum status st = files ? ST_OK : err_memory(err);
    bool made = false;

    for (size_t i = 0; st == ST_OK && i < want->n; i++) {
        const struct board_record *r = &want->records[i];
        struct buf bytes;
        buf_init(&bytes, FILE_MAX);
        if (r->kind == RECORD_SOLUTION) {
            buf_puts(&bytes, r->field[0]);
            st = write_bytes(dir, "solution.md", &bytes, err);
        } else if (r->kind == RECORD_FILE) {
            if (!made)
                st = make_dir(files, err);
            made = true;
            if (st == ST_OK)
                st = beneath_read(r->field[3], r->field[2], &bytes, err);
            if (st == ST_OK)
                st = write_bytes(files, r->field[0], &bytes, err);
        }
        buf_free(&bytes);
    }
    free(files);
    return st;
}

static enum status write_challenge(const char *parent, const struct wanting *wanting,
                                   const struct challenge *c, struct err *err)
{
    char *dir = path_join(parent, c->slug);
    struct board_content want = {.n = 0};
    struct problems problems = {0};
    struct buf text;

    buf_init(&text, TEXT_MAX);
    enum status st = want_challenge(wanting, c, &want, &problems, err);
    if (st == ST_OK)
        st = problems_err(&problems, err);
    if (st == ST_OK)
        st = dir ? make_dir(dir, err) : err_memory(err);
    if (st == ST_OK) {
        put_challenge(&text, c, &want, wanting->desk->course.name);
        st = write_bytes(dir, "challenge.yml", &text, err);
    }
    if (st == ST_OK)
        st = write_parts(dir, &want, err);
    buf_free(&text);
    problems_free(&problems);
    content_free(&want);
    free(dir);
    return st;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

/* ctfcli takes value 0 for a missing one, and would refuse practice. */
static bool is_rendered(const struct challenge *c)
{
    return !c->target.practice;
}

static enum status write_all_challenges(const char *dir, const struct desk *desk, struct err *err)
{
    struct problems problems = {0};
    int64_t *ids = calloc(desk->course.n_challenges + 1, sizeof(*ids));
    struct rulebook *book = rulebook_compile(
        &desk->course, &desk->class, desk->has_roster ? &desk->roster : NULL, desk->ring, NULL, 0, &problems);
    const struct wanting wanting = {desk, book, ids};
    enum status st = problems_err(&problems, err);

    if (!ids)
        st = err_memory(err);
    for (size_t i = 0; st == ST_OK && i < desk->course.n_challenges; i++)
        if (is_rendered(&desk->course.challenges[i]))
            st = write_challenge(dir, &wanting, &desk->course.challenges[i], err);
    rulebook_free(book);
    problems_free(&problems);
    free(ids);
    return st;
}

enum status render_course(const char *dir, const struct desk *desk, size_t *n, struct err *err)
{
    char part[4096];
    size_t len = strlen(dir);

    *n = 0;
    for (size_t i = 0; i < desk->course.n_challenges; i++)
        *n += is_rendered(&desk->course.challenges[i]);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    if (snprintf(part, sizeof(part), "%.*s.XXXXXX", (int)len, dir) >= (int)sizeof(part))
        return err_set(err, ST_INPUT, "%s: path too long", dir);
    if (!mkdtemp(part))
        return err_set(err, ST_ENV, "%s: %s", part, strerror(errno));
    enum status st = write_all_challenges(part, desk, err);
    /* takes the place of an empty folder, and of nothing else */
    if (st == ST_OK && rename(part, dir))
        st = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR
                 ? err_set(err, ST_INPUT, "%s: is there and not an empty folder; name a new one", dir)
                 : err_set(err, ST_ENV, "%s: %s", dir, strerror(errno));
    if (st != ST_OK)
        nftw(part, remove_one, OPEN_MAX_FILES, FTW_DEPTH | FTW_PHYS);
    return st;
}
