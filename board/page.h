/* page.h - the files of the page, which are part of the executable. */
#pragma once

#include "httpd/httpd.h"

/* "/", "/app.js", "/card.js", "/dom.js", "/style.css", and "/healthcheck". */
void page_get(void *context, const struct httpd_request *request, struct httpd_reply *reply);
