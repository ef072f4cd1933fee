/* What libpq would do by itself is too patient (no limit, keepalives after two hours) and too trusting (TLS
 * only when it is offered), so both are said. All of these settings any role may make for its own session. */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "pg/hosts.h"
#include "pg/private.h"

enum {
    OLDEST = 140000, /* client_connection_check_interval */
    STANDBY_S = 4    /* a commit that waits longer for a standby has none; a keeper's call waits for five */
};

/* A holder that is stopped or cut off must be gone within five seconds (pg_claim): nothing waits longer. */
#define SETTINGS                                                                                             \
    "SET client_min_messages = error; SET client_encoding = 'UTF8';"                                         \
    "SET tcp_user_timeout = 4000; SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1;"             \
    "SET tcp_keepalives_count = 2; SET client_connection_check_interval = 1000;"                             \
    "SET default_transaction_isolation = 'read committed'; SET idle_in_transaction_session_timeout = 4000;"  \
    "SET lock_timeout = 5000;"
static const char *const settings[] = {
    [PG_WRITER] = SETTINGS "SET statement_timeout = 30000",
    [PG_READER] = SETTINGS "SET statement_timeout = 60000; SET default_transaction_read_only = on",
    [PG_KEEPER] = SETTINGS "SET statement_timeout = 30000; SET idle_session_timeout = 3000",
};

static void silent(void *context, const char *message)
{
    (void)context;
    (void)message;
}

/* A password in a file that many read, or in what `ps` shows. */
static enum status no_password(const char *where, struct err *err)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(where, &why);
    enum status st = ST_OK;

    if (!options) {
        char text[256];
        pg_one_line(why ? why : "no memory", text, sizeof(text));
        PQfreemem(why);
        return err_set(err, ST_INPUT, "%s: %s", where, text);
    }
    for (const PQconninfoOption *o = options; o->keyword; o++)
        if (o->val && (strcmp(o->keyword, "password") == 0 || strcmp(o->keyword, "sslpassword") == 0))
            st = err_set(err, ST_INPUT,
                         "the store's URL has a password in it, which whoever reads it would know; put it "
                         "into a file of mode 0600 that PGPASSFILE or `passfile=` names, or a service file");
    PQconninfoFree(options);
    return st;
}

/* Whether each of the hosts (separated by commas) is a folder of Unix sockets. */
static bool sockets(const char *hosts)
{
    for (const char *at = hosts; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (*at != '/' && *at != '@')
            return false;
    return true;
}

/* As libpq understood the URL, the environment and the service file together. */
static enum status safe(const struct pg_hosts *hosts, const char *where, struct err *err)
{
    /* no host at all is the socket that Debian's libpq is built with */
    const bool local = !hosts->address[0] && (!hosts->host[0] || sockets(hosts->host));

    return local || strcmp(hosts->mode, "verify-full") == 0
               ? ST_OK
               : err_set(err, ST_INPUT,
                         "%s: goes over a network without a proof of who answers; add sslmode=verify-full "
                         "and sslrootcert=FILE to the URL, or use a Unix socket (host=/FOLDER)",
                         where);
}

static bool wait_for(PGconn *conn, PostgresPollingStatusType want, int64_t deadline)
{
    struct pollfd fd = {PQsocket(conn), want == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, 0};
    const int64_t left = deadline - clock_ms();

    return fd.fd >= 0 && left > 0 && (poll(&fd, 1, (int)left) > 0 || errno == EINTR);
}

static bool finish(PGconn *conn, int64_t deadline)
{
    PostgresPollingStatusType now = PGRES_POLLING_WRITING;

    while (PQstatus(conn) != CONNECTION_BAD && wait_for(conn, now, deadline)) {
        now = PQconnectPoll(conn);
        if (now == PGRES_POLLING_OK)
            return true;
        if (now == PGRES_POLLING_FAILED)
            break;
    }
    return false;
}

/* A commit that waits for a standby cannot be ended, and its session stays when its client has gone: who
 * began another one for each try would use up the server's connections, and could not say what he waits for.
 */
static enum status no_commit_waits(int64_t for_s, const char *where, struct err *err)
{
    if (for_s <= STANDBY_S)
        return ST_OK;
    return err_set(err, ST_ENV,
                   "%s: a commit has waited for a standby for %lld s; start one, or change "
                   "synchronous_standby_names (docs/store.md)",
                   where, (long long)for_s);
}

/* What a store cannot be kept in. */
static enum status fit(PGconn **conn, const char *where, enum pg_role role, bool *again, struct err *err)
{
    static const char ask[] = "SELECT pg_backend_pid(), pg_is_in_recovery()::int,"
                              " (current_setting('transaction_read_only') = 'on')::int,"
                              " (SELECT max(extract(epoch FROM clock_timestamp() - query_start))::bigint"
                              " FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                              " AND datname = current_database() AND usename = current_user)";
    const char *encoding = PQparameterStatus(*conn, "server_encoding");
    const int pid = PQbackendPID(*conn);

    if (PQserverVersion(*conn) < OLDEST)
        return err_set(err, ST_ENV, "%s: PostgreSQL %d is too old; 14 is the oldest that will do", where,
                       PQserverVersion(*conn) / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return err_set(err, ST_ENV,
                       "%s: the database's encoding is %s; make one with `createdb -E UTF8 -T template0`",
                       where, encoding ? encoding : "unknown");
    PGresult *result = pg_call(conn, where, ask, NULL, clock_ms() + PG_CONNECT_MS, again, err);
    if (!result)
        return ST_ENV;
    const int64_t is = pg_int(PQgetvalue(result, 0, 0));
    const bool standby = pg_int(PQgetvalue(result, 0, 1)) != 0, set = pg_int(PQgetvalue(result, 0, 2)) != 0;
    const int64_t waits_s = pg_int(PQgetvalue(result, 0, 3));
    PQclear(result);
    if (is != pid)
        return err_set(err, ST_ENV,
                       "%s: a pooler (pgbouncer) answers there, behind which two clients can have one lock; "
                       "name PostgreSQL itself",
                       where);
    if (standby && role != PG_READER)
        return err_set(err, ST_ENV,
                       "%s: read-only, a standby; name the primary, or all of them in the URL with "
                       "target_session_attrs=read-write",
                       where);
    if (set && role != PG_READER)
        return err_set(err, ST_ENV,
                       "%s: read-only by a setting: `ALTER DATABASE %s RESET default_transaction_read_only`, "
                       "or ALTER ROLE",
                       where, PQdb(*conn));
    return role == PG_READER ? ST_OK : no_commit_waits(waits_s, where, err);
}

static enum status settle(PGconn **conn, const char *where, enum pg_role role, bool *again, struct err *err)
{
    enum status st = fit(conn, where, role, again, err);
    PGresult *result =
        st == ST_OK ? pg_call(conn, where, settings[role], NULL, clock_ms() + PG_CONNECT_MS, again, err)
                    : NULL;

    PQclear(result);
    return result ? ST_OK : st == ST_OK ? ST_ENV : st;
}

void pg_who(char *out, size_t size)
{
    char host[65] = "";

    gethostname(host, sizeof(host) - 1);
    snprintf(out, size, "process %ld on %s", (long)getpid(), host);
}

static PGconn *start(const char *where, const struct pg_host *host)
{
    char name[128] = "", here[65] = "";

    gethostname(here, sizeof(here) - 1);
    snprintf(name, sizeof(name), "wiregrade %.40s %ld", here, (long)getpid());
    /* the URL first: what follows is not its to choose. A try at Kerberos costs a look for its server. */
    const char *const words[] = {"dbname", "application_name", "gssencmode", "tcp_user_timeout",
                                 "host",   "hostaddr",         "port",       NULL},
                      *const values[] = {where,      name,          "disable",  "4000",
                                         host->host, host->address, host->port, NULL};
    PGconn *conn = PQconnectStartParams(words, values, 1);
    if (conn)
        PQsetNoticeProcessor(conn, silent, NULL);
    return conn;
}

/* There is no code for why a connection was refused. A server that speaks another language gets no mend. */
static const char *mend_of(const char *why)
{
    static const struct {
        const char *begins, *goes_on, *mend;
    } rows[] = {
        {"FATAL: database ", " does not exist", "; `createdb` makes it, or mend the URL (docs/store.md)"},
        {"FATAL: role ", " does not exist", "; `createuser` makes it, or mend the URL (docs/store.md)"},
        {"no password supplied", "",
         "; put it into a file of mode 0600 that passfile= in the URL or PGPASSFILE names"},
        {"password authentication failed", "",
         "; mend it there, or give the role another (`\\password ROLE` in psql)"},
        {"Peer authentication failed", "",
         "; be the system's user of that name, or let the server's pg_hba.conf ask for a password"},
        {"pg_hba.conf", "", "; let its pg_hba.conf have a line for this role, database and address"},
        {"too many connections for role ", "",
         "; another program has the connection that this role may have (a second `wiregrade ship`): end one "
         "of them"},
        {"definition of service ", " not found",
         "; it is a section of ~/.pg_service.conf, or of the file that PGSERVICEFILE names"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *at = strstr(why, rows[i].begins);
        if (at && strstr(at, rows[i].goes_on))
            return rows[i].mend;
    }
    return "";
}

/* Goes on with what was started, if it was. */
static enum status take_once(PGconn **conn, const struct pg_host *host, const char *where, enum pg_role role,
                             bool *again, struct err *err)
{
    char why[512];

    *again = false;
    if (!*conn)
        *conn = start(where, host);
    if (!*conn)
        return err_memory(err);
    if (finish(*conn, clock_ms() + PG_CONNECT_MS))
        return settle(conn, where, role, again, err);
    /* one that is silent has said no more than its name */
    pg_one_line(PQstatus(*conn) == CONNECTION_BAD ? PQerrorMessage(*conn) : "", why, sizeof(why));
    *again = true;
    return err_set(err, ST_ENV, "%s: %s%s", where, why[0] ? why : "the database gives no answer",
                   mend_of(why));
}

/* Who brings the tables up to date ends others' sessions, also those that have just begun. */
static enum status take(PGconn **conn, const struct pg_host *host, const char *where, enum pg_role role,
                        bool *again, struct err *err)
{
    const enum status st = take_once(conn, host, where, role, again, err);

    return st != ST_OK && *again && !*conn ? take_once(conn, host, where, role, again, err) : st;
}

static void add_why(char *whys, size_t size, const char *host, const char *why)
{
    const size_t n = strlen(whys);
    const bool named = strstr(why, host);

    snprintf(whys + n, size - n, "%s%s%s%s", n ? "; " : "", named ? "" : host, named ? "" : ": ", why);
}

/* One after the other, from the one that was right the last time. */
static enum status take_any(PGconn **conn, const struct pg_hosts *hosts, const char *where, enum pg_role role,
                            bool *again, struct err *err)
{
    static atomic_uint right;
    const unsigned first = right;
    char whys[sizeof(err->text)] = "";
    enum status st = ST_ENV;
    const size_t prefix = strlen(where) + 2;

    for (unsigned i = 0; st == ST_ENV && i < hosts->n; i++) {
        const unsigned at = (first + i) % hosts->n;
        struct pg_host host;
        bool its;
        pg_host_at(hosts, at, &host);
        st = take(conn, &host, where, role, &its, err);
        *again = *again || its;
        if (st == ST_OK) {
            right = at;
            return ST_OK;
        }
        PQfinish(*conn);
        *conn = NULL;
        add_why(whys, sizeof(whys), host.host[0] ? host.host : host.address,
                strncmp(err->text, where, prefix - 2) == 0 ? err->text + prefix : err->text);
    }
    return err_set(err, st, "%s: %s", where, whys);
}

enum status pg_connect(PGconn **out, const char *where, enum pg_role role, bool *again, struct err *err)
{
    static const struct pg_host any = {"", "", ""};
    struct pg_hosts hosts;

    *out = NULL;
    *again = false;
    enum status st = no_password(where, err);
    if (st != ST_OK)
        return st;
    PGconn *conn = start(where, &any);
    if (!pg_hosts_init(&hosts, conn)) {
        PQfinish(conn);
        return err_memory(err);
    }
    st = safe(&hosts, where, err);
    if (st == ST_OK && hosts.n > 1) {
        PQfinish(conn);
        conn = NULL;
        st = take_any(&conn, &hosts, where, role, again, err);
    } else if (st == ST_OK)
        st = take(&conn, &any, where, role, again, err);
    pg_hosts_done(&hosts);
    if (st == ST_OK)
        *out = conn;
    else
        PQfinish(conn);
    return st;
}
