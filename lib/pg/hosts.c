/* libpq goes on to the next host when one refuses, and not when one is silent, as a machine is whose power is
 * gone, or that ends before it has said anything: so each is asked by itself, for a time of its own. */
#include "pg/hosts.h"

#include <string.h>

static unsigned count(const char *list)
{
    unsigned n = list[0] != '\0';

    for (const char *at = list; (at = strchr(at, ',')); at++)
        n++;
    return n;
}

static bool has_gap(const char *list)
{
    return list[0] == ',' || strstr(list, ",,") || (list[0] && list[strlen(list) - 1] == ',');
}

bool pg_hosts_init(struct pg_hosts *out, PGconn *conn)
{
    *out = (struct pg_hosts){
        .options = conn ? PQconninfo(conn) : NULL, .host = "", .address = "", .port = "", .mode = ""};
    if (!out->options)
        return false;
    for (const PQconninfoOption *o = out->options; o->keyword; o++) {
        const char *value = o->val ? o->val : "";
        if (strcmp(o->keyword, "host") == 0)
            out->host = value;
        if (strcmp(o->keyword, "hostaddr") == 0)
            out->address = value;
        if (strcmp(o->keyword, "port") == 0)
            out->port = value;
        if (strcmp(o->keyword, "sslmode") == 0)
            out->mode = value;
    }
    /* an empty one is one that libpq knows */
    if (!has_gap(out->host) && !has_gap(out->address) && !has_gap(out->port))
        out->n = count(out->host[0] ? out->host : out->address);
    return true;
}

void pg_hosts_done(struct pg_hosts *hosts)
{
    PQconninfoFree(hosts->options);
}

/* Of one only it is everybody's. */
static void pick(const char *list, unsigned at, char *out)
{
    for (unsigned i = 0; i < at && strchr(list, ','); i++)
        list = strchr(list, ',') + 1;
    const size_t len = strcspn(list, ",") < PG_HOST_SIZE ? strcspn(list, ",") : 0;
    memcpy(out, list, len);
    out[len] = '\0';
}

void pg_host_at(const struct pg_hosts *hosts, unsigned at, struct pg_host *out)
{
    pick(hosts->host, at, out->host);
    pick(hosts->address, at, out->address);
    pick(hosts->port, at, out->port);
}
