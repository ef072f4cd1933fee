/* libcurl and the token live here and nowhere else. Cookies are kept in memory for the life of a client: each
 * request without one leaves a session behind in CTFd's cache, 7 days long. */
#include "grader/http/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ipaddr.h"

enum {
    TIMEOUT_MS = 60000,
    CONNECT_MS = 10000,
    TOKEN_MAX = 256,
    MAX_BYTES = 8 << 20,
};

struct http_client {
    CURL *curl;
    struct curl_slist *headers;      /* holds the token */
    struct curl_slist *form_headers; /* the same without a content type: libcurl's has the boundary */
    struct curl_slist *byte_headers; /* with that of bytes */
    char *base_url;
    char *token_file;
    int64_t timeout_ms;
    uint64_t max_bytes;
    const atomic_int *stop;
    char why[CURL_ERROR_SIZE];
};

bool http_is_plain(const char *url)
{
    char host[256];
    ipaddr address;

    if (strncasecmp(url, "http://", 7) != 0)
        return false;
    /* the whole host: localhost.example.org is another machine */
    snprintf(host, sizeof(host), "%.*s",
             (int)(url[7] == '[' ? strcspn(url + 7, "]") + 1 : strcspn(url + 7, ":/?#")), url + 7);
    return strcasecmp(host, "localhost") != 0 && strcmp(host, "[::1]") != 0 &&
           !(ipaddr_parse(host, &address) && ipaddr_is_loopback(address));
}

const char *http_base_url(const struct http_client *client)
{
    return client->base_url;
}

const char *http_token_file(const struct http_client *client)
{
    return client->token_file;
}

void http_answer_init(struct http_answer *answer)
{
    *answer = (struct http_answer){.outcome = HTTP_NOT_SENT};
    buf_init(&answer->body, MAX_BYTES);
}

void http_answer_done(struct http_answer *answer)
{
    buf_free(&answer->body);
}

bool http_escape(struct buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     strchr("-._~", c) != NULL;
        if (!(plain ? buf_add(out, text, 1) : buf_printf(out, "%%%02X", c)))
            return false;
    }
    return true;
}

/* What is not caught here would be a surprise later: credentials in the url, a query, another scheme. */
static enum status check_url(const char *url, const struct http_peer *peer, struct err *err)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    enum status st = ST_OK;

    if (!parts)
        return err_memory(err);
    if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        st = err_set(err, ST_INPUT, "%s \"%s\" is not a web address; write it like %s", peer->address, url,
                     peer->example);
    static const CURLUPart extra[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                      CURLUPART_FRAGMENT};
    for (size_t i = 0; st == ST_OK && i < sizeof(extra) / sizeof(extra[0]); i++) {
        char *part = NULL;
        if (curl_url_get(parts, extra[i], &part, 0) == CURLUE_OK)
            st =
                err_set(err, ST_INPUT, "the %s holds more than scheme, host, port and path; write it like %s",
                        peer->address, peer->example);
        curl_free(part);
    }
    curl_free(scheme);
    curl_url_cleanup(parts);
    return st;
}

/* One line of visible ASCII: anything else would end the header early or never be a token. */
static enum status token_read(const char *path, const struct http_peer *peer, char out[TOKEN_MAX + 1],
                              struct err *err)
{
    struct buf text;

    buf_init(&text, 4096);
    enum status st = file_read_secret(path, &text, err);
    if (st != ST_OK && access(path, F_OK) && errno == ENOENT)
        err_set(err, st, "%s: no such file; %s", path, peer->token);
    const char *bytes = buf_text(&text);
    size_t start = strspn(bytes, " \t\r\n"), len = strcspn(bytes + start, " \t\r\n");
    bool alone =
        bytes[start + len + strspn(bytes + start + len, " \t\r\n")] == '\0' && strlen(bytes) == text.len;
    for (size_t i = start; i < start + len; i++)
        alone = alone && bytes[i] > 0x20 && bytes[i] < 0x7f;
    if (st == ST_OK && (!alone || len == 0 || len > TOKEN_MAX))
        st = err_set(err, ST_INPUT, "%s: not an access token; it must hold one line with the token alone",
                     path);
    if (st == ST_OK) {
        memcpy(out, bytes + start, len);
        out[len] = '\0';
    }
    if (text.data)
        explicit_bzero(text.data, text.cap);
    buf_free(&text);
    return st;
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *more = curl_slist_append(*list, line);

    if (more)
        *list = more;
    return more != NULL;
}

static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *h = list; h; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    curl_slist_free_all(list);
}

static bool add_headers(struct http_client *client, const char *token)
{
    char line[TOKEN_MAX + 32];

    snprintf(line, sizeof(line), "Authorization: Token %s", token);
    struct curl_slist **const lists[] = {&client->headers, &client->form_headers, &client->byte_headers};
    bool ok = add_header(&client->headers, "Content-Type: application/json") &&
              add_header(&client->byte_headers, "Content-Type: application/octet-stream");
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        ok = ok && add_header(lists[i], line) && add_header(lists[i], "Accept: application/json") &&
             add_header(lists[i], "Expect:");
    explicit_bzero(line, sizeof(line));
    return ok;
}

/* libcurl calls this about once a second; anything but 0 gives the transfer up. */
static int watch(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct http_client *client = context;

    (void)a, (void)b, (void)c, (void)d;
    return client->stop && *client->stop;
}

/* What is the same for every request. False on no memory: libcurl copies texts, and without some of these a
 * proxy would be asked, or another protocol. */
static bool set_up(struct http_client *client)
{
    CURL *c = client->curl;
    bool ok = true;

    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    ok = ok && curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)client->timeout_ms);
    curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)client->max_bytes);
    ok = ok && curl_easy_setopt(c, CURLOPT_COOKIEFILE, "") == CURLE_OK;
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, client->headers);
    ok = ok && curl_easy_setopt(c, CURLOPT_USERAGENT, "wiregrade") == CURLE_OK;
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, client->why);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, client);
    if (strncasecmp(client->base_url, "https:", 6) != 0)
        ok = ok && curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK; /* a proxy would read the token */
    return ok;
}

enum status http_open(struct http_client **out, const struct http_options *options, struct err *err)
{
    char token[TOKEN_MAX + 1] = "";
    struct http_client *client = NULL;

    *out = NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ST_ENV, "libcurl does not start");
    enum status st = check_url(options->base_url, options->peer, err);
    if (st == ST_OK)
        st = token_read(options->token_file, options->peer, token, err);
    if (st != ST_OK)
        goto out;
    client = calloc(1, sizeof(*client));
    if (client) {
        client->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS;
        client->max_bytes = options->max_bytes ? options->max_bytes : MAX_BYTES;
        client->stop = options->stop;
        client->base_url = strdup(options->base_url);
        client->token_file = strdup(options->token_file);
        client->curl = curl_easy_init();
    }
    if (!client || !client->base_url || !client->token_file || !client->curl || !add_headers(client, token)) {
        st = err_memory(err);
        goto out;
    }
    for (size_t len = strlen(client->base_url); len && client->base_url[len - 1] == '/'; len--)
        client->base_url[len - 1] = '\0';
    if (!set_up(client) ||
        (options->ca_file && curl_easy_setopt(client->curl, CURLOPT_CAINFO, options->ca_file) != CURLE_OK)) {
        st = err_memory(err);
        goto out;
    }
    *out = client;
    client = NULL;
out:
    explicit_bzero(token, sizeof(token));
    if (client)
        http_close(client);
    else if (st != ST_OK)
        curl_global_cleanup();
    return st;
}

void http_close(struct http_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    free_headers(client->headers);
    free_headers(client->form_headers);
    free_headers(client->byte_headers);
    free(client->base_url);
    free(client->token_file);
    free(client);
    curl_global_cleanup();
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct http_answer *answer = context;

    return buf_add(&answer->body, bytes, size * n) ? size * n : 0;
}

/* Unknown until proved unsent: only then may a write be repeated without looking it up. */
static enum http_outcome outcome_of(CURL *curl, CURLcode code, const struct http_answer *answer)
{
    curl_off_t request_began = 0;

    switch (code) {
    case CURLE_OK:
        return HTTP_ANSWERED;
    case CURLE_FILESIZE_EXCEEDED:
        return HTTP_TOO_LARGE;
    case CURLE_WRITE_ERROR:
        return answer->body.failed ? HTTP_TOO_LARGE : HTTP_NO_ANSWER;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTP_NOT_TRUSTED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
        return HTTP_NOT_SENT;
    case CURLE_OPERATION_TIMEDOUT:
        /* libcurl fills this just before it begins to send */
        curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &request_began);
        return request_began == 0 ? HTTP_NOT_SENT : HTTP_NO_ANSWER;
    default:
        return HTTP_NO_ANSWER;
    }
}

/* application/json, or a type that ends in +json; parameters do not matter. */
static bool type_is_json(const char *type)
{
    size_t len = type ? strcspn(type, "; \t") : 0;

    if (len == strlen("application/json") && strncasecmp(type, "application/json", len) == 0)
        return true;
    return len > 17 && strncasecmp(type, "application/", 12) == 0 &&
           strncasecmp(type + len - 5, "+json", 5) == 0;
}

static void read_head(CURL *curl, struct http_answer *answer)
{
    long status = 0;
    const char *type = NULL, *location = NULL;
    curl_off_t retry = 0;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry);
    answer->retry_s = retry > 0 ? retry : 0;
    answer->status = (int)status;
    answer->json = type_is_json(type);
    snprintf(answer->location, sizeof(answer->location), "%s", location ? location : "");
}

/* The system's own word for a connection that fails says more than libcurl's. */
static void give_reason(const struct http_client *client, CURLcode code, struct http_answer *answer)
{
    const char *why = client->why[0] ? client->why : curl_easy_strerror(code);
    long number = 0;

    curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO, &number);
    if (code == CURLE_COULDNT_CONNECT && number)
        why = strerror((int)number);
    snprintf(answer->reason, sizeof(answer->reason), "%s", why);
}

static void not_sent(struct http_answer *answer)
{
    answer->outcome = HTTP_NOT_SENT;
    snprintf(answer->reason, sizeof(answer->reason), "no memory");
}

/* Sends what is set on the handle to base_url + path and fills answer. */
static void perform(struct http_client *client, const char *path, bool keep, struct http_answer *answer)
{
    CURL *c = client->curl;
    struct buf url;

    answer->status = 0;
    answer->retry_s = 0;
    answer->json = false;
    answer->location[0] = answer->reason[0] = client->why[0] = '\0';
    buf_clear(&answer->body);
    answer->body.ceiling = (size_t)client->max_bytes;
    buf_init(&url, 16384);
    buf_printf(&url, "%s%s", client->base_url, path);
    curl_easy_setopt(c, CURLOPT_URL, buf_text(&url));
    /* CTFd's server closes idle connections after 2 s; a write sent on one would have an unknown end */
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, keep ? 0L : 1L);
    curl_easy_setopt(c, CURLOPT_FORBID_REUSE, keep ? 0L : 1L);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
    CURLcode code = url.failed ? CURLE_URL_MALFORMAT : curl_easy_perform(c);
    answer->outcome = url.failed ? HTTP_NOT_SENT : outcome_of(c, code, answer);
    if (answer->outcome == HTTP_ANSWERED)
        read_head(c, answer);
    else
        give_reason(client, code, answer);
    buf_free(&url);
}

void http_request(struct http_client *client, const char *method, const char *path, const char *json,
                  struct http_answer *answer)
{
    CURL *c = client->curl;
    bool get = strcmp(method, "GET") == 0;

    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
    if (json || !get) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)(json ? strlen(json) : 0));
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, json ? json : "");
        /* without its word it would be a POST, whose answer is another's */
        if (curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK) {
            not_sent(answer);
            return;
        }
    }
    perform(client, path, get, answer);
}

void http_send(struct http_client *client, const char *path, const void *bytes, size_t len,
               struct http_answer *answer)
{
    CURL *c = client->curl;

    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, len ? bytes : "");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, client->byte_headers);
    perform(client, path, true, answer);
    curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, client->headers);
}

void http_upload(struct http_client *client, const char *path, const struct http_form *form,
                 struct http_answer *answer)
{
    CURL *c = client->curl;
    curl_mime *mime = curl_mime_init(c);
    bool ok = mime != NULL;

    for (size_t i = 0; ok && i <= form->n_fields; i++) {
        bool file = i == form->n_fields;
        curl_mimepart *part = curl_mime_addpart(mime);
        ok = part && curl_mime_name(part, file ? "file" : form->fields[i][0]) == CURLE_OK &&
             (file ? curl_mime_filename(part, form->filename) == CURLE_OK &&
                         curl_mime_data(part, form->bytes, form->len) == CURLE_OK
                   : curl_mime_data(part, form->fields[i][1], CURL_ZERO_TERMINATED) == CURLE_OK);
    }
    if (ok) {
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL);
        curl_easy_setopt(c, CURLOPT_MIMEPOST, mime);
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, client->form_headers);
        perform(client, path, false, answer);
        curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(c, CURLOPT_MIMEPOST, NULL);
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, client->headers);
    } else {
        not_sent(answer);
    }
    curl_mime_free(mime);
}
