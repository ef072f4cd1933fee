#include "httpd/private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "httpd/match.h"

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct httpd_reply *reply)
{
    size_t len = reply->body.len;
    char *body = buf_take(&reply->body);

    if (!body) {
        reply->status = 500;
        len = 0;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, body, body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response) {
        free(body);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", reply->type);
    for (size_t i = 0; i < reply->n_headers; i++)
        MHD_add_response_header(response, reply->header[i].name, reply->header[i].value);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* MHD_YES when the rest of it may come. */
static enum MHD_Result admit(struct httpd *server, struct MHD_Connection *connection, struct served *ex)
{
    struct httpd_reply reply = {.status = 200, .type = "text/plain"};
    enum MHD_Result result = MHD_YES;

    if (!server->options.admit)
        return MHD_YES;
    buf_init(&reply.body, server->options.max_reply);
    peers_begin(server, connection, 0);
    ex->refused = !server->options.admit(server->options.context, &ex->request, &reply);
    if (ex->refused)
        result = reply.drop ? MHD_NO : send_reply(connection, &reply);
    buf_free(&reply.body);
    peers_begin(server, connection, clock_ms());
    return result;
}

static enum MHD_Result answer(struct httpd *server, struct MHD_Connection *connection, struct served *ex)
{
    struct httpd_reply reply = {.status = 200, .type = "text/plain"};
    enum MHD_Result result = MHD_NO;

    buf_init(&reply.body, server->options.max_reply);
    peers_begin(server, connection, 0);
    ex->request.body = buf_text(&ex->body);
    ex->request.body_len = ex->body.len;
    ex->request.data = ex->route ? ex->route->data : NULL;
    if (ex->route)
        ex->route->handle(server->options.context, &ex->request, &reply);
    else
        server->options.miss(server->options.context, &ex->request, ex->miss, &reply);
    if (!reply.drop)
        result = send_reply(connection, &reply);
    buf_free(&reply.body);
    peers_begin(server, connection, clock_ms());
    return result;
}

/* True when the announced size is over the ceiling, or is no size. */
static bool too_large(const struct httpd *server, struct MHD_Connection *connection)
{
    const char *text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    uint64_t n;

    return text && parse_u64(text, server->options.max_body, &n) == PARSE_TOO_LARGE;
}

static struct served *begin(struct httpd *server, struct MHD_Connection *connection, const char *url,
                            const char *method)
{
    struct served *ex = calloc(1, sizeof(*ex));

    if (!ex)
        return NULL;
    ex->request.method = strcmp(method, "HEAD") == 0 ? "GET" : method;
    ex->request.path = url;
    ex->request.server = server;
    ex->request.connection = connection;
    buf_init(&ex->body, server->options.max_body);
    ex->route = match_route(server->options.routes, server->options.n_routes, &ex->request, &ex->miss);
    return ex;
}

/* MHD calls it once when the headers are there, then for each piece of the body, then once more. */
enum MHD_Result request_take(void *context, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *data, size_t *size,
                             void **state)
{
    struct httpd *server = context;
    struct served *ex = *state;

    (void)version;
    if (!ex) {
        ex = *state = begin(server, connection, url, method);
        if (!ex)
            return MHD_NO;
        if (!too_large(server, connection))
            return admit(server, connection, ex);
        ex->refused = true;
        ex->route = NULL;
        ex->miss = HTTPD_TOO_LARGE;
        return answer(server, connection, ex);
    }
    if (*size) {
        if (ex->refused)
            *size = 0;
        /* a response may not be queued in the middle of a body: a chunked one over the ceiling is cut off */
        else if (!buf_add(&ex->body, data, *size))
            return MHD_NO;
        *size = 0;
        return MHD_YES;
    }
    return ex->refused ? MHD_YES : answer(server, connection, ex);
}

void request_done(void *context, struct MHD_Connection *connection, void **state,
                  enum MHD_RequestTerminationCode why)
{
    struct served *ex = *state;

    (void)context;
    (void)connection;
    (void)why;
    if (!ex)
        return;
    buf_free(&ex->body);
    free(ex);
    *state = NULL;
}

const char *httpd_header(const struct httpd_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct lookup {
    const char *name, *value;
};

static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct lookup *lookup = context;

    (void)kind;
    if (strcmp(key, lookup->name) != 0)
        return MHD_YES;
    lookup->value = value ? value : "";
    return MHD_NO;
}

const char *httpd_query(const struct httpd_request *request, const char *name)
{
    struct lookup lookup = {.name = name};

    /* MHD_lookup_connection_value compares without case and cannot tell ?a from nothing */
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, look, &lookup);
    return lookup.value;
}

const char *httpd_peer(const struct httpd_request *request, char out[64])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const void *address = NULL;

    out[0] = '\0';
    if (!info || !info->client_addr)
        return out;
    if (info->client_addr->sa_family == AF_INET)
        address = &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr;
    else
        address = &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr;
    if (!inet_ntop(info->client_addr->sa_family, address, out, 64))
        out[0] = '\0';
    return out;
}

void httpd_reply_header(struct httpd_reply *reply, const char *name, const char *value)
{
    if (reply->n_headers == sizeof(reply->header) / sizeof(reply->header[0]))
        return;
    size_t len = strnlen(value, sizeof(reply->header[0].value) - 1);
    memcpy(reply->header[reply->n_headers].value, value, len);
    reply->header[reply->n_headers].value[len] = '\0';
    reply->header[reply->n_headers++].name = name;
}
