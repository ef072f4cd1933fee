#include "board/listing.h"

#include <string.h>

#include "base/str.h"

void listing_init(struct listing *l)
{
    *l = (struct listing){.page = 1};
    buf_init(&l->where, 4096);
    buf_puts(&l->where, " WHERE 1");
}

void listing_done(struct listing *l)
{
    buf_free(&l->where);
}

void listing_and(struct listing *l, const char *sql)
{
    buf_printf(&l->where, " AND %s", sql);
}

/* As int() of Python takes it, without the exotic ones. */
static bool number_of(const char *text, int64_t *out)
{
    uint64_t n;
    bool minus = *text == '-';

    if (strspn(text + minus, "0123456789") != strlen(text + minus))
        return false;
    text += minus;
    while (text[0] == '0' && text[1])
        text++;
    if (parse_u64(text, INT64_MAX, &n) != PARSE_OK)
        return false;
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

static void add(struct listing *l, const char *column, bool part, const char *text, int64_t number)
{
    if (l->n_args == QUERY_VALUES_MAX)
        return; /* more arguments than any list has */
    l->arg[l->n_args++] = (struct query_value){text ? 't' : 'i', number, text, 0};
    buf_printf(&l->where, part ? " AND %s LIKE '%%' || ?%zu || '%%'" : " AND %s = ?%zu", column, l->n_args);
}

bool listing_number(struct call *c, struct listing *l, const char *name)
{
    const char *text = httpd_query(c->request, name);
    int64_t n;

    if (!text)
        return true;
    if (!number_of(text, &n)) {
        call_error(c, name, "value is not a valid integer");
        return false;
    }
    add(l, name, false, NULL, n);
    return true;
}

bool listing_text(struct call *c, struct listing *l, const char *name)
{
    const char *text = httpd_query(c->request, name);

    if (text)
        add(l, name, false, text, 0);
    return true;
}

/* pydantic's words */
static void refuse_field(struct call *c, const struct listing_field *fields)
{
    struct buf text;

    buf_init(&text, 500);
    buf_puts(&text, "value is not a valid enumeration member; permitted: ");
    for (size_t i = 0; fields[i].name; i++)
        buf_printf(&text, "%s'%s'", i ? ", " : "", fields[i].name);
    call_error(c, "field", buf_text(&text));
    buf_free(&text);
}

bool listing_search(struct call *c, struct listing *l, const struct listing_field *fields)
{
    const char *q = httpd_query(c->request, "q"), *field = httpd_query(c->request, "field");
    int64_t n = -1;

    if (!field)
        return true;
    const struct listing_field *all = fields;
    while (fields->name && strcmp(fields->name, field) != 0)
        fields++;
    if (!fields->name) {
        refuse_field(c, all);
        return false;
    }
    if (!q || !*q)
        return true;
    if (!fields->is_number)
        add(l, fields->name, true, q, 0);
    else if (number_of(q, &n))
        add(l, fields->name, false, NULL, n);
    else
        listing_and(l, "0");
    return true;
}

struct query *listing_query(struct call *c, const struct listing *l, const char *head, const char *tail)
{
    struct buf sql;

    buf_init(&sql, 8192);
    buf_printf(&sql, "%s%s%s", head, buf_text(&l->where), tail);
    struct query *q =
        c->failed || sql.failed ? NULL : query_open_values(c->board->db, buf_text(&sql), l->arg, l->n_args);
    buf_free(&sql);
    return q;
}

static int64_t page_argument(struct call *c, const char *name, int64_t fallback, int64_t least)
{
    const char *text = httpd_query(c->request, name);
    int64_t n;

    return text && number_of(text, &n) && n >= least ? n : fallback;
}

/* "meta":{"pagination":{…}} */
static void put_meta(struct call *c, const struct listing *l)
{
    struct json_writer *w = &c->out;
    int64_t pages = l->per_page ? (l->total + l->per_page - 1) / l->per_page : 0;

    json_open_object(w, "meta");
    json_open_object(w, "pagination");
    json_put_int(w, "page", l->page);
    if (l->page < pages)
        json_put_int(w, "next", l->page + 1);
    else
        json_put_null(w, "next");
    if (l->page > 1)
        json_put_int(w, "prev", l->page - 1);
    else
        json_put_null(w, "prev");
    json_put_int(w, "pages", pages);
    json_put_int(w, "per_page", l->per_page);
    json_put_int(w, "total", l->total);
    json_close_object(w);
    json_close_object(w);
}

void listing_page(struct call *c, struct listing *l, const char *columns, const char *table, int64_t per_page,
                  int64_t max, call_put_fn *put)
{
    struct buf head, tail;

    l->page = page_argument(c, "page", 1, 1);
    l->per_page = max ? page_argument(c, "per_page", per_page, 0) : per_page;
    if (max && l->per_page > max)
        l->per_page = max;
    if (l->page > INT32_MAX)
        l->page = INT32_MAX;
    buf_init(&head, 4096);
    buf_init(&tail, 100);
    buf_printf(&head, "SELECT count(*) FROM %s", table);
    struct query *q = listing_query(c, l, buf_text(&head), "");
    l->total = query_next(q) ? row_int(q, 0) : 0;
    call_done(c, q);
    buf_clear(&head);
    buf_printf(&head, "SELECT %s FROM %s", columns, table);
    buf_printf(&tail, " ORDER BY id LIMIT %lld OFFSET %lld", (long long)l->per_page,
               (long long)(l->page - 1) * l->per_page);
    call_open(c);
    put_meta(c, l);
    call_put_rows(c, "data", listing_query(c, l, buf_text(&head), buf_text(&tail)), put);
    call_close(c);
    buf_free(&head);
    buf_free(&tail);
}
