#include "place.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPPED = 77 };

static void fail(const char *what)
{
    fprintf(stderr, "WIREGRADE_TEST_POSTGRES: %s\n", what);
    exit(1);
}

static void server_of(const char *file, char *out, size_t size)
{
    FILE *f = fopen(file, "re");

    if (!f)
        exit(SKIPPED);
    if (!fgets(out, (int)size, f))
        fail("its file has no folder in it; `postgres.py start FILE` writes one");
    fclose(f);
    out[strcspn(out, "\n")] = '\0';
}

/* mkdtemp's letters are large and small, and an unquoted name has small ones alone. */
static void schema_of(char out[64], const char *dir, const char *name)
{
    char text[128];
    size_t n = 0;
    const char *slash = strrchr(dir, '/');

    snprintf(text, sizeof(text), "%s.%s", slash ? slash + 1 : dir, name);
    for (const char *at = text; *at && n < 60; at++) {
        if (isupper((unsigned char)*at))
            out[n++] = '_';
        out[n++] = isalnum((unsigned char)*at) ? (char)tolower((unsigned char)*at) : '_';
    }
    out[n] = '\0';
}

void place_of(char out[PLACE_SIZE], const char *dir, const char *name)
{
    const char *file = getenv("WIREGRADE_TEST_POSTGRES");
    char server[108], schema[64], sql[128];

    snprintf(out, PLACE_SIZE, "%s/%s", dir, name);
    if (!file)
        return;
    server_of(file, server, sizeof(server));
    schema_of(schema, dir, name);
    snprintf(out, PLACE_SIZE, "postgresql://wiregrade@/postgres?host=%s&options=-csearch_path%%3D%s", server,
             schema);
    snprintf(sql, sizeof(sql), "SET client_min_messages = error; CREATE SCHEMA IF NOT EXISTS %s", schema);
    PGconn *conn = PQconnectdb(out);
    PGresult *result = PQexec(conn, sql);
    const bool made = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!made)
        fail(PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}
