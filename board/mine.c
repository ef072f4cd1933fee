/* What the page shows and CTFd's API does not tell: beside /course. */
#include "board/endpoints.h"
#include "board/markdown.h"
#include "board/require.h"

bool mine_put_html(struct call *c, const char *key, const char *text)
{
    struct buf html;

    buf_init(&html, 1024 * 1024);
    bool ok = markdown_html(&html, text);
    if (ok)
        json_put_text(&c->out, key, buf_text(&html));
    else
        c->failed = true;
    buf_free(&html);
    return ok;
}

void mine_challenge(struct call *c)
{
    struct query *q = call_query(
        c,
        "SELECT coalesce(description, ''), coalesce(requirements, '') FROM challenges WHERE id = ?1"
        " AND (state = 'visible' OR ?2)",
        "ii", call_id(c, 0), (int64_t)c->me.admin);

    if (!query_next(q)) {
        call_not_found(c);
    } else if (require_of(c, row_text(q, 1)) != REQUIRE_MET) {
        call_forbidden(c);
    } else {
        call_open_data(c);
        mine_put_html(c, "html", row_text(q, 0));
        call_close_data(c);
    }
    call_done(c, q);
}
