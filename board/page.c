#include "board/page.h"

#include <string.h>

/* made by cmake/embed.cmake from web/ */
extern const unsigned char web_index_html[], web_app_js[], web_card_js[], web_dom_js[], web_style_css[];
extern const size_t web_index_html_len, web_app_js_len, web_card_js_len, web_dom_js_len, web_style_css_len;

static const struct file {
    const char *path, *type;
    const unsigned char *bytes;
    const size_t *len;
} files[] = {
    {"/", "text/html; charset=utf-8", web_index_html, &web_index_html_len},
    {"/app.js", "text/javascript; charset=utf-8", web_app_js, &web_app_js_len},
    {"/card.js", "text/javascript; charset=utf-8", web_card_js, &web_card_js_len},
    {"/dom.js", "text/javascript; charset=utf-8", web_dom_js, &web_dom_js_len},
    {"/style.css", "text/css; charset=utf-8", web_style_css, &web_style_css_len},
};

void page_get(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    (void)context;
    httpd_reply_header(reply, "X-Content-Type-Options", "nosniff");
    if (strcmp(request->path, "/healthcheck") == 0) {
        buf_puts(&reply->body, "OK");
        return;
    }
    /* nothing but our own two scripts runs, whatever a challenge's text says */
    httpd_reply_header(
        reply, "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    httpd_reply_header(reply, "Referrer-Policy", "no-referrer");
    httpd_reply_header(reply, "Cache-Control", "no-cache");
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (strcmp(files[i].path, request->path) == 0) {
            reply->type = files[i].type;
            buf_add(&reply->body, files[i].bytes, *files[i].len);
        }
    }
}
