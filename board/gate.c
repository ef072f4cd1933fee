#include "board/gate.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"

static bool media_type_is_json(const char *type)
{
    if (!type)
        return false;
    size_t len = strcspn(type, ";");
    while (len && (type[len - 1] == ' ' || type[len - 1] == '\t'))
        len--;
    if (len == 16 && strncasecmp(type, "application/json", 16) == 0)
        return true;
    return len > 17 && strncasecmp(type, "application/", 12) == 0 &&
           strncasecmp(type + len - 5, "+json", 5) == 0;
}

/* False, and answered 401, when a token is shown that is none. */
static bool identify(struct call *c, bool form)
{
    const char *header = httpd_header(c->request, "Authorization"),
               *type = httpd_header(c->request, "Content-Type");
    bool multipart = form && type && strncasecmp(type, "multipart/form-data", 19) == 0;

    if (!header || !(c->is_json || multipart))
        return true;
    const char *space = strchr(header, ' ');
    if (!space) {
        call_message(c, 401, "Invalid authorization header");
        return false;
    }
    /* the word before the blank is not looked at */
    struct query *q = call_query(c,
                                 "SELECT u.id, u.team_id, u.type = 'admin' FROM tokens t JOIN users u"
                                 " ON u.id = t.user_id WHERE t.value = ?1",
                                 "t", space + 1);
    if (query_next(q)) {
        c->me.id = row_int(q, 0);
        c->me.team = row_int(q, 1);
        c->me.admin = row_int(q, 2);
    } else {
        call_message(c, 401, "Your access token is invalid");
    }
    call_done(c, q);
    return c->me.id != 0;
}

/* The path as it goes into ?next=: everything but letters, digits and _.- is escaped. */
static void to_login(struct call *c)
{
    struct buf to;

    buf_init(&to, 400);
    buf_puts(&to, "/login?next=");
    for (const char *p = c->request->path; *p; p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     *p == '_' || *p == '.' || *p == '-';
        buf_printf(&to, plain ? "%c" : "%%%02X", (unsigned char)*p);
    }
    buf_puts(&to, "%3F");
    c->reply->status = 302;
    c->reply->type = "text/html; charset=utf-8";
    httpd_reply_header(c->reply, "Location", buf_text(&to));
    buf_clear(&c->reply->body);
    /* status and address are CTFd's; what it does not say is why */
    buf_printf(&c->reply->body,
               "<!doctype html>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>%s</p>\n",
               httpd_header(c->request, "Authorization")
                   ? "The token was not looked at: it counts only beside the header \"Content-Type: "
                     "application/json\", in a GET too."
                   : "An access token is missing: send the headers \"Authorization: Token ctfd_...\" and "
                     "\"Content-Type: application/json\".");
    buf_free(&to);
}

bool gate_pass(struct call *c, enum gate gate, bool form)
{
    bool safe = strcmp(c->request->method, "GET") == 0;

    c->is_json = media_type_is_json(httpd_header(c->request, "Content-Type"));
    if (!identify(c, form))
        return false;
    if (!safe && !httpd_header(c->request, "Authorization")) {
        call_forbidden(c); /* CTFd's guard against forged requests comes before the rest */
        return false;
    }
    if (gate == GATE_OPEN || (gate == GATE_ADMIN && c->me.admin) || (gate == GATE_USER && c->me.id))
        return true;
    if (gate == GATE_CHALLENGES && c->me.id && (c->me.admin || !c->board->teams || c->me.team))
        return true;
    if (c->is_json)
        call_forbidden(c);
    else
        to_login(c);
    return false;
}
