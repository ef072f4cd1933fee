/* What is in the store is read from it at each request, so that it is right after a restart too; the rest
 * counts from the start, as Prometheus expects. Names: https://prometheus.io/docs/practices/naming/ */
#include "grader/serve/metrics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>

#include "base/clock.h"
#include "grader/store/heard.h"
#include "grader/store/solve.h"
#include "grader/store/unplaced.h"

enum { BEAT_MAX_MS = 180000, SLUGS_MAX = 1024, REPLY_MAX = 1 << 20 };

static const struct {
    enum count count;
    const char *name, *labels, *help;
} rows[] = {
    {COUNT_HANDED_IN, "wiregrade_briefing_flags_total", "", "New flags handed in at the briefing."},
    {COUNT_NOT_TAKEN, "wiregrade_briefing_refused_total", "", "Flags in the journals that earn nothing."},
    {COUNT_LINES, "wiregrade_journal_lines_total", "", "Lines of the journals that were read."},
    {COUNT_CUT, "wiregrade_journal_cut_lines_total", "", "Of these no whole lines."},
    {COUNT_POSTED, "wiregrade_posts_total", "", "Solves posted to the scoreboard."},
    {COUNT_FAILURES, "wiregrade_scoreboard_failures_total", "",
     "Posts and looks that the scoreboard failed."},
    {COUNT_PASSES, "wiregrade_watch_passes_total", "", "Looks at the scoreboard's rows that ended well."},
    {COUNT_ROWS, "wiregrade_watch_rows_total", "", "Rows of the scoreboard that were new."},
    {COUNT_SOLVED, "wiregrade_watch_found_total", "{kind=\"solved\"}", "What the new rows were."},
    {COUNT_PROMOTED, "wiregrade_watch_found_total", "{kind=\"promoted\"}", NULL},
    {COUNT_BORROWED, "wiregrade_watch_found_total", "{kind=\"borrowed\"}", NULL},
    {COUNT_FORGED, "wiregrade_watch_found_total", "{kind=\"forged\"}", NULL},
    {COUNT_TYPOS, "wiregrade_watch_found_total", "{kind=\"typo\"}", NULL},
    {COUNT_REVOKED, "wiregrade_watch_found_total", "{kind=\"revoked\"}", NULL},
};

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_counts(struct buf *out, const struct state_copy *now)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].help)
            head(out, rows[i].name, "counter", rows[i].help);
        buf_printf(out, "%s%s %" PRIu64 "\n", rows[i].name, rows[i].labels, now->counts[rows[i].count]);
    }
    head(out, "wiregrade_intake_answers_total", "counter", "Answers of the intake.");
    for (int i = 0; i < INTAKE_WORDS; i++)
        buf_printf(out, "wiregrade_intake_answers_total{word=\"%s\"} %" PRIu64 "\n",
                   intake_word_text((enum intake_word)i), now->intake[i]);
    head(out, "wiregrade_journal_fill_ratio", "gauge",
         "Size of the journal that is nearest to its ceiling; 1 is full.");
    buf_printf(out, "wiregrade_journal_fill_ratio %.3f\n", now->journal_fill);
    head(out, "wiregrade_leads", "gauge", "1 in the one of the class's daemons that posts and watches.");
    buf_printf(out, "wiregrade_leads %d\n", now->leads);
    head(out, "wiregrade_trouble", "gauge", "1 while a part is in trouble; /healthz says why.");
    for (int i = 0; i < PARTS; i++)
        buf_printf(out, "wiregrade_trouble{part=\"%s\"} %d\n", part_text((enum part)i),
                   now->troubles[i].text[0] != '\0');
    head(out, "wiregrade_watch_last_success_timestamp_seconds", "gauge",
         "When the scoreboard's rows were last looked at.");
    buf_printf(out, "wiregrade_watch_last_success_timestamp_seconds %" PRId64 "\n",
               now->last_pass_us / 1000000);
    head(out, "process_start_time_seconds", "gauge", "When the daemon was started.");
    buf_printf(out, "process_start_time_seconds %" PRId64 "\n", now->started_us / 1000000);
}

struct sums {
    struct solve_tally solves;
    size_t unplaced;
    int64_t now_us;
    struct heard_slug slugs[SLUGS_MAX];
    size_t n;
};

static bool add_slug(const struct heard_slug *row, void *context)
{
    struct sums *sums = context;

    sums->slugs[sums->n++] = *row;
    return sums->n < SLUGS_MAX;
}

static void put_sums(struct buf *out, const struct sums *sums)
{
    const int64_t oldest_us = sums->solves.oldest_us;
    int64_t age_us = oldest_us ? sums->now_us - oldest_us : 0;

    head(out, "wiregrade_solves", "gauge", "Solves in the store.");
    for (int i = 0; i < SOLVE_STATES; i++)
        buf_printf(out, "wiregrade_solves{state=\"%s\"} %zu\n", solve_state_text((enum solve_state)i),
                   sums->solves.n[i]);
    head(out, "wiregrade_unplaced_flags", "gauge", "Right flags that the class cannot place yet.");
    buf_printf(out, "wiregrade_unplaced_flags %zu\n", sums->unplaced);
    head(out, "wiregrade_oldest_waiting_seconds", "gauge", "Age of the oldest solve that waits.");
    buf_printf(out, "wiregrade_oldest_waiting_seconds %" PRId64 "\n", age_us > 0 ? age_us / 1000000 : 0);
    head(out, "wiregrade_attempts_total", "counter", "Attempts that the journals tell of.");
    for (size_t i = 0; i < sums->n; i++)
        buf_printf(out,
                   "wiregrade_attempts_total{challenge=\"%s\",verdict=\"pass\"} %" PRId64 "\n"
                   "wiregrade_attempts_total{challenge=\"%s\",verdict=\"near_miss\"} %" PRId64 "\n",
                   sums->slugs[i].slug, sums->slugs[i].n_pass, sums->slugs[i].slug, sums->slugs[i].n_near);
}

/* Beside the writers. What cannot be read is left out, and wiregrade_store_up says so. */
static void put_store(struct buf *out, const char *file)
{
    struct store *store = NULL;
    struct sums *sums = calloc(1, sizeof(*sums));
    struct err err;

    enum status st = sums ? store_open_reader(&store, file, &err) : ST_ENV;
    if (st == ST_OK)
        st = store_tally(store, &sums->solves, &err);
    if (st == ST_OK)
        st = heard_slugs_each(store, add_slug, sums, &err);
    if (st == ST_OK)
        st = store_unplaced_count(store, &sums->unplaced, &err);
    if (st == ST_OK)
        sums->now_us = store_now_us(store);
    store_close(store);
    head(out, "wiregrade_store_up", "gauge", "Whether the store can be read.");
    buf_printf(out, "wiregrade_store_up %d\n", st == ST_OK);
    if (st == ST_OK)
        put_sums(out, sums);
    free(sums);
}

static void answer_metrics(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    const struct metrics *metrics = context;
    struct state_copy now;

    (void)request;
    state_copy(metrics->state, &now);
    reply->type = "text/plain; version=0.0.4";
    put_counts(&reply->body, &now);
    put_store(&reply->body, metrics->store_file);
}

/* 200 "ok", or 503 with a line for each trouble. */
static void answer_healthz(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    const struct metrics *metrics = context;
    struct state_copy now;

    (void)request;
    state_copy(metrics->state, &now);
    int64_t clock = clock_ms();
    for (int i = 0; i < PARTS; i++)
        if (now.troubles[i].text[0])
            buf_printf(&reply->body, "%s, for %" PRId64 " s: %s\n", part_text((enum part)i),
                       (clock - now.troubles[i].since_ms) / 1000, now.troubles[i].text);
    if (clock - now.beat_ms > BEAT_MAX_MS)
        buf_printf(&reply->body, "the thread that posts has been at one request for %" PRId64 " s\n",
                   (clock - now.beat_ms) / 1000);
    if (reply->body.len)
        reply->status = 503;
    else
        buf_puts(&reply->body, "ok\n");
}

/* For a supervisor: 503 is worth a restart, which no trouble of /healthz is. */
static void answer_livez(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    const struct metrics *metrics = context;
    struct state_copy now;

    (void)request;
    state_copy(metrics->state, &now);
    if (!state_lives(&now))
        reply->status = 503;
    buf_puts(&reply->body, reply->status == 503 ? "a thread hangs\n" : "ok\n");
}

static void miss(void *context, const struct httpd_request *request, enum httpd_miss why,
                 struct httpd_reply *reply)
{
    (void)context;
    (void)request;
    reply->status = why == HTTPD_NO_METHOD ? 405 : why == HTTPD_TOO_LARGE ? 413 : 404;
    buf_puts(&reply->body, "here are /metrics, /healthz and /livez\n");
}

enum status metrics_open(struct metrics *metrics, const char *address, uint16_t port, struct err *err)
{
    static const struct httpd_route routes[] = {
        {"GET", "/metrics", answer_metrics, NULL},
        {"GET", "/healthz", answer_healthz, NULL},
        {"GET", "/livez", answer_livez, NULL},
    };
    const struct httpd_options options = {
        .listen = address,
        .port = port,
        .max_body = 1024,
        .max_reply = REPLY_MAX,
        .max_connections = 32,
        .max_per_source = 16,
        .idle_s = 5,
        .exchange_s = 5,
        .routes = routes,
        .n_routes = sizeof(routes) / sizeof(routes[0]),
        .miss = miss,
        .context = metrics,
    };

    return httpd_start(&metrics->server, &options, err);
}

void metrics_close(struct metrics *metrics)
{
    httpd_stop(metrics->server);
    metrics->server = NULL;
}
