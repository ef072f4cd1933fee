/* markdown.h - the texts of challenges and hints as HTML. */
#pragma once

#include "base/buf.h"

/* Appends text as HTML, read as CTFd 3.8.7 reads it (CTFd/utils/__init__.py, markdown): CommonMark with
 * GitHub's tables, strikethrough and bare links. Two things differ, since a text must not act here: markup in
 * it is shown as text, and what a link points to is http, https, mailto or a place on this board, else the
 * link is its text alone; a picture from another host is a link to it. False: no memory, or out's ceiling.
 * Not for two threads at once. */
bool markdown_html(struct buf *out, const char *text);
