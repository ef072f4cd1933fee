/* libpq's own waiting knows no deadline: a COMMIT that waits for a standby that is gone would wait for ever,
 * and no timeout of the server's ends it. So it is asked and waited for here, by our own clock. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "pg/private.h"

enum { WAIT_MS = 100 };

void pg_one_line(const char *said, char *out, size_t size)
{
    const char *gap = "";
    size_t n = 0;

    for (; *said; said++) {
        if (*said == '\n' && n && !strchr(".:;?!", out[n - 1]))
            gap = "; ";
        else if ((*said == '\n' || *said == '\t' || *said == ' ') && !*gap)
            gap = " ";
        else if (*said != '\n' && *said != '\t' && *said != ' ') {
            for (; n && *gap && n + 1 < size; gap++)
                out[n++] = *gap;
            if (n + 1 < size)
                out[n++] = *said;
            gap = "";
        }
    }
    out[n] = '\0';
}

/* Until libpq has a result, or its end. */
static bool answered(PGconn *conn, int64_t deadline)
{
    for (;;) {
        const int flush = PQflush(conn);
        if (flush < 0)
            return false;
        if (flush == 0 && !PQisBusy(conn))
            return true;
        struct pollfd fd = {PQsocket(conn), (short)(POLLIN | (flush ? POLLOUT : 0)), 0};
        const int64_t left = deadline - clock_ms();
        if (fd.fd < 0 || left <= 0)
            return false;
        const int n = poll(&fd, 1, (int)left);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0 && (fd.revents & ~POLLOUT) && !PQconsumeInput(conn))
            return false;
    }
}

static bool bad(const PGresult *result)
{
    const ExecStatusType is = PQresultStatus(result);

    return is != PGRES_COMMAND_OK && is != PGRES_TUPLES_OK;
}

/* The first that is bad, else the last. NULL when there is none: the connection is gone. */
static PGresult *collect(PGconn *conn, int64_t deadline)
{
    PGresult *kept = NULL;

    for (;;) {
        if (!answered(conn, deadline)) {
            PQclear(kept);
            return NULL;
        }
        PGresult *next = PQgetResult(conn);
        if (!next)
            return kept;
        if (kept && bad(kept)) {
            PQclear(next);
            continue;
        }
        PQclear(kept);
        kept = next;
    }
}

/* What others did, or the server's end: a deadlock, a conflict, a shutdown, a lost connection. */
static bool passes(const char *state)
{
    static const char *const codes[] = {"40001", "40P01", "57P01", "57P02", "57P03"};

    /* 08P01 is a wrong message: of ours */
    if (!state || (strncmp(state, "08", 2) == 0 && strcmp(state, "08P01") != 0))
        return true;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(state, codes[i]) == 0)
            return true;
    return false;
}

static const char *mend_of(const char *state)
{
    static const struct {
        const char *code, *mend;
    } rows[] = {
        {"3F000", "; the schema that the URL names is not there, or the role lacks a right to it"},
        {"25006", "; it is a standby, or set read-only: name the primary"},
        {"42501", "; the role that is used lacks a right: it must own the tables (docs/store.md)"},
        {"53100", "; the server's disk is full"},
        {"55P03", "; another writer does not let go of it: try again later"},
        {"57014", "; it took longer than it may"},
    };

    for (size_t i = 0; state && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(state, rows[i].code) == 0)
            return rows[i].mend;
    return "";
}

static void refused(PGconn **conn, const char *where, PGresult *result, bool *again, struct err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE),
               *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char text[512];

    pg_one_line(primary ? primary : PQresultErrorMessage(result), text, sizeof(text));
    *again = passes(state);
    err_set(err, ST_ENV, "%s: %s%s", where, text, mend_of(state));
    if (PQstatus(*conn) != CONNECTION_OK) {
        PQfinish(*conn);
        *conn = NULL;
    }
}

static void lost(PGconn **conn, const char *where, int64_t deadline, bool *again, struct err *err)
{
    char text[512];

    pg_one_line(PQerrorMessage(*conn), text, sizeof(text));
    if (clock_ms() >= deadline)
        snprintf(text, sizeof(text), "the database gives no answer");
    *again = true;
    err_set(err, ST_ENV, "%s: %s", where, text[0] ? text : "the connection is lost");
    PQfinish(*conn);
    *conn = NULL;
}

PGresult *pg_call(PGconn **conn, const char *where, const char *sql, const struct pg_values *values,
                  int64_t deadline, bool *again, struct err *err)
{
    PGresult *result = NULL;
    int sent = values ? PQsendQueryParams(*conn, sql, values->n, values->types, values->values,
                                          values->lengths, values->formats, 0)
                      : PQsendQuery(*conn, sql);

    *again = false;
    if (sent)
        result = collect(*conn, deadline);
    if (!result) {
        lost(conn, where, deadline, again, err);
        return NULL;
    }
    if (!bad(result))
        return result;
    refused(conn, where, result, again, err);
    PQclear(result);
    return NULL;
}

bool pg_try_again(unsigned tries, int64_t deadline)
{
    int64_t wait_ms = (int64_t)WAIT_MS << (2 * (tries - 1));

    if (tries >= PG_TRIES || clock_ms() + wait_ms >= deadline)
        return false;
    poll(NULL, 0, (int)wait_ms);
    return true;
}
