#include "board/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { OPTIONS = CMARK_OPT_DEFAULT };

static bool has_scheme(const char *url)
{
    return url[strcspn(url, ":/?#")] == ':';
}

static bool may_point_to(const char *url)
{
    static const char *const schemes[] = {"http:", "https:", "mailto:"};

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return !has_scheme(url);
}

static void move_children(cmark_node *from, cmark_node *before)
{
    while (cmark_node_first_child(from))
        cmark_node_insert_before(before, cmark_node_first_child(from));
}

/* Markup becomes the text that it is; in a block of its own it stands in a paragraph. */
static bool show_markup(cmark_node *node)
{
    bool block = cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK;
    cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
    cmark_node *put = block ? cmark_node_new(CMARK_NODE_PARAGRAPH) : text;
    bool ok = text && put && cmark_node_set_literal(text, cmark_node_get_literal(node)) &&
              (!block || cmark_node_append_child(put, text)) && cmark_node_insert_before(node, put);

    if (ok)
        cmark_node_free(node);
    return ok;
}

static bool tame_link(cmark_node *node)
{
    const char *url = cmark_node_get_url(node);

    if (may_point_to(url ? url : ""))
        return true;
    move_children(node, node);
    cmark_node_free(node);
    return true;
}

/* Another host must not learn who reads. */
static bool tame_image(cmark_node *node)
{
    const char *url = cmark_node_get_url(node);

    if (!has_scheme(url ? url : "") && strncmp(url ? url : "", "//", 2) != 0)
        return true;
    cmark_node *link = cmark_node_new(CMARK_NODE_LINK);
    if (!link || !cmark_node_set_url(link, url) || !cmark_node_insert_before(node, link))
        return false;
    while (cmark_node_first_child(node))
        cmark_node_append_child(link, cmark_node_first_child(node));
    cmark_node_free(node);
    return tame_link(link);
}

static bool tame(cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);

    if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE)
        return show_markup(node);
    if (type == CMARK_NODE_LINK)
        return tame_link(node);
    return type != CMARK_NODE_IMAGE || tame_image(node);
}

/* A node is changed when it is left: its children are done then, and the walk stands behind it. */
static bool tame_all(cmark_node *document)
{
    cmark_iter *walk = cmark_iter_new(document);
    bool ok = walk;
    cmark_event_type event = ok ? cmark_iter_next(walk) : CMARK_EVENT_DONE;

    while (ok && event != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(walk);
        cmark_node_type type = cmark_node_get_type(node);
        bool leaf = type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
        bool leaves = event == CMARK_EVENT_EXIT || leaf;
        event = cmark_iter_next(walk);
        if (leaves)
            ok = tame(node);
    }
    if (walk)
        cmark_iter_free(walk);
    return ok;
}

static cmark_parser *reader(void)
{
    static const char *const names[] = {"autolink", "table", "strikethrough"};

    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(OPTIONS);
    for (size_t i = 0; parser && i < sizeof(names) / sizeof(names[0]); i++)
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(names[i]));
    return parser;
}

bool markdown_html(struct buf *out, const char *text)
{
    cmark_parser *parser = reader();
    bool ok = false;

    if (!parser)
        return false;
    cmark_parser_feed(parser, text, strlen(text));
    cmark_node *document = cmark_parser_finish(parser);
    if (document && tame_all(document)) {
        char *html = cmark_render_html(document, OPTIONS, cmark_parser_get_syntax_extensions(parser));
        ok = html && buf_puts(out, html);
        free(html);
    }
    if (document)
        cmark_node_free(document);
    cmark_parser_free(parser);
    return ok;
}
