#include "pg/keeper.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

enum { CALL_MS = 5000, BEAT_S = 1 };

struct keeper {
    const char *where;
    PGconn *conn; /* NULL: lost */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool ending;
};

/* With the mutex. */
static PGresult *call(struct keeper *k, const char *sql, const struct pg_values *values, struct err *err)
{
    bool again;

    if (!k->conn) {
        err_set(err, ST_ENV, "%s: the connection that holds the claim is lost", k->where);
        return NULL;
    }
    return pg_call(&k->conn, k->where, sql, values, clock_ms() + CALL_MS, &again, err);
}

static void *beat(void *context)
{
    struct keeper *k = context;
    struct timespec at;
    struct err err;

    pthread_mutex_lock(&k->mutex);
    while (!k->ending && k->conn) {
        PQclear(call(k, "SELECT 1", NULL, &err));
        clock_gettime(CLOCK_MONOTONIC, &at);
        at.tv_sec += BEAT_S;
        if (!k->ending)
            pthread_cond_timedwait(&k->wake, &k->mutex, &at);
    }
    pthread_mutex_unlock(&k->mutex);
    return NULL;
}

enum status keeper_open(struct keeper **out, const char *where, struct err *err)
{
    struct keeper *k = calloc(1, sizeof(*k));
    pthread_condattr_t monotonic;
    bool again;

    *out = NULL;
    if (!k)
        return err_memory(err);
    k->where = where;
    pthread_mutex_init(&k->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&k->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum status st = pg_connect(&k->conn, where, PG_KEEPER, &again, err);
    if (st == ST_OK && pthread_create(&k->thread, NULL, beat, k))
        st = err_set(err, ST_ENV, "no thread can be started");
    if (st == ST_OK) {
        *out = k;
        return ST_OK;
    }
    PQfinish(k->conn);
    pthread_cond_destroy(&k->wake);
    pthread_mutex_destroy(&k->mutex);
    free(k);
    return st;
}

void keeper_close(struct keeper *k)
{
    struct err err;

    if (!k)
        return;
    pthread_mutex_lock(&k->mutex);
    k->ending = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->mutex);
    pthread_join(k->thread, NULL);
    /* the server would give the locks back a moment after the end of the connection */
    if (k->conn)
        PQclear(call(k, "SELECT pg_advisory_unlock_all()", NULL, &err));
    PQfinish(k->conn);
    pthread_cond_destroy(&k->wake);
    pthread_mutex_destroy(&k->mutex);
    free(k);
}

PGresult *keeper_call(struct keeper *k, const char *sql, const struct pg_values *values, struct err *err)
{
    pthread_mutex_lock(&k->mutex);
    PGresult *result = call(k, sql, values, err);
    pthread_mutex_unlock(&k->mutex);
    return result;
}

bool keeper_lost(struct keeper *k)
{
    pthread_mutex_lock(&k->mutex);
    const bool lost = !k->conn;
    pthread_mutex_unlock(&k->mutex);
    return lost;
}
