/* UDP: at most one answer a datagram, to its source port, out of the budget. A datagram's source can be
 * anybody's, so an answer is never longer than 1,000 bytes and never leaves the class.
 *
 * What the kernel does not take now (no room, or its neighbour is being looked for) is told as unsent. A flag
 * is tried again for some seconds. */
#include "net/datagram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "targets/answer/dial.h"
#include "targets/answer/spoken.h"
#include "targets/state/memory.h"

enum { WAITING_MAX = 64, WAITING_OF_A_PEER = 2 };

static const int64_t RETRY_MS[] = {100, 400, 1000, 3100 /* by then the kernel has given an absent one up */};
enum { RETRIES = sizeof(RETRY_MS) / sizeof(RETRY_MS[0]) };

struct datagram_target {
    struct service *service;
    const struct rules *rules;
    struct datagram_server *server;
    char path[RUNTIME_PATH_SIZE]; /* of a socket file */
};

/* A flag that could not be sent. */
struct late {
    const struct datagram_target *target;
    struct net_peer peer;
    unsigned tries;
    int64_t at;
    char student[NAME_MAX_LEN + 1];
    char text[FLAG_SIZE + 1]; /* with its newline */
};

struct service {
    struct runtime *runtime;
    uv_timer_t timer;
    bool timed, stopped;
    struct late waiting[WAITING_MAX]; /* in the order in which they came */
    size_t n_waiting;
    struct buf text;
    const char *unsent; /* why a socket file was not answered */
    size_t n;
    struct datagram_target targets[];
};

static bool costs(void *context, const struct attempt *attempt, enum answer answer)
{
    (void)context;
    /* whoever sends a drawn value has heard it: his source is no made-up one */
    return answer != ANSWER_STEP || !rules_unforeseen(attempt->rules);
}

static void write_delivery(struct service *service, const struct late *w)
{
    struct runtime *rt = service->runtime;
    const struct journal_cause cause = {JOURNAL_SHARED, DROP_LINES, runtime_counted(rt, w->peer.address),
                                        runtime_sharing(rt, w->peer.address), clock_ms()};
    char to[IPADDR_TEXT_SIZE];

    struct json_writer *json = journal_begin(&rt->journal, "delivery", &cause);
    if (!json)
        return;
    json_put_text(json, "to", ipaddr_text(w->peer.address, to));
    json_put_int(json, "port", w->peer.port);
    json_put_text(json, "outcome", "delivered");
    json_put_bool(json, "datagram", true);
    json_open_array(json, "flags");
    json_open_object(json, NULL);
    json_put_text(json, "slug", rules_slug(w->target->rules));
    json_put_text(json, "student", w->student);
    json_close_object(json);
    json_close_array(json);
    json_put_int(json, "left_out", 0);
    journal_end(&rt->journal);
}

/* True when w is done with: sent, or given up. */
static bool retry(struct service *service, struct late *w, int64_t now)
{
    if (datagram_answer(w->target->server, &w->peer, w->text, strlen(w->text), true)) {
        write_delivery(service, w);
        memory_sent(service->runtime->memory, w->peer.address, rules_slug(w->target->rules), w->student);
        return true;
    }
    if (++w->tries == RETRIES)
        return true;
    w->at = now + RETRY_MS[w->tries];
    return false;
}

static void on_timer(uv_timer_t *timer)
{
    struct service *service = timer->data;
    const int64_t now = clock_ms();
    int64_t next = INT64_MAX;
    size_t kept = 0;

    for (size_t i = 0; i < service->n_waiting; i++) {
        struct late w = service->waiting[i];
        if (w.at <= now && retry(service, &w, now))
            continue;
        next = w.at < next ? w.at : next;
        service->waiting[kept++] = w;
    }
    service->n_waiting = kept;
    if (kept)
        uv_timer_start(timer, on_timer, next > now ? (uint64_t)(next - now) : 0, 0);
}

/* The same flag for the same peer waits once; when there is no room for it, nothing is lost but the retries.
 */
static void keep(struct service *service, const struct late *w)
{
    size_t of_peer = 0;

    for (size_t i = 0; i < service->n_waiting; i++) {
        of_peer += service->waiting[i].peer.address == w->peer.address;
        if (service->waiting[i].peer.address == w->peer.address &&
            service->waiting[i].peer.port == w->peer.port && strcmp(service->waiting[i].text, w->text) == 0)
            return;
    }
    if (service->stopped || service->n_waiting == WAITING_MAX || of_peer >= WAITING_OF_A_PEER)
        return;
    service->waiting[service->n_waiting++] = *w;
    if (service->n_waiting == 1)
        uv_timer_start(&service->timer, on_timer, (uint64_t)RETRY_MS[0], 0);
}

/* Why a socket file is not answered; NULL: it is not known. */
static const char *unsent_local(int error)
{
    switch (error) {
    case EDESTADDRREQ:
        return "your socket had no name to answer to: before you send, bind() it to a whole path in reply/, "
               "beside mine";
    case EADDRNOTAVAIL:
        return "your socket's name is no file in reply/, beside mine: bind() it to a whole path there, no "
               "abstract name";
    case EACCES:
        return "your socket's file lets nobody else write: os.umask(0) before bind(), or chmod 666";
    case ENOENT:
    case ECONNREFUSED:
        return "your socket was closed, or its file removed, when the answer came: recv() it before you end";
    default:
        return NULL;
    }
}

static const char *answer_back(void *context, const struct attempt *attempt, const struct verdict *verdict,
                               enum answer answer, struct buf *text)
{
    const struct datagram_target *target = context;
    struct late w = {.target = target,
                     .peer = {.address = attempt->source, .port = attempt->port},
                     .at = clock_ms() + RETRY_MS[0]};
    const bool flag = answer == ANSWER_FLAG;

    errno = 0;
    if (datagram_answer(target->server, &w.peer, text->data, text->len, flag))
        return ANSWER_SENT;
    if (rules_path(target->rules))
        target->service->unsent = unsent_local(errno);
    if (flag && w.peer.port && str_copy(w.student, sizeof(w.student), verdict->student) &&
        str_copy(w.text, sizeof(w.text), buf_text(text)))
        keep(target->service, &w);
    return ANSWER_UNSENT;
}

/* Nothing is sent to this machine itself: a forged datagram in its name must not make it talk to itself. */
static void own_host(const struct datagram_target *target, ipaddr source)
{
    char what[64];
    const struct memory_note note = {
        .source = source,
        .slug = "",
        .what = what,
        .why = "from the target's own host, whose datagrams and packets are never answered; TCP is",
        .mend = "send it from another machine, or from the student's side of a range"};

    snprintf(what, sizeof(what), "UDP to port %u", rules_port(target->rules));
    memory_note(target->service->runtime->memory, &note, clock_ms());
}

/* A sentence in place of a flag or a report; what began this has paid for it. */
static void tell(const struct datagram_target *target, const struct net_peer *peer, const struct buf *text)
{
    if (text->len && !datagram_answer(target->server, peer, text->data, text->len, false))
        journal_drop(&target->service->runtime->journal, DROP_ANSWERS, 1);
}

static void on_dialled(const struct dial_asker *asker, const struct talk *talk, struct buf *text)
{
    const struct datagram_target *target = asker->context;

    turn_note(target->service->runtime, target->rules, talk, &asker->from);
    if (text)
        tell(target, &asker->from, text);
}

static void dial(struct datagram_target *target, const struct net_peer *peer, const struct way *way,
                 const struct talk *talk)
{
    const struct dial_asker asker = {.context = target, .way = *way, .from = *peer, .over = on_dialled};
    struct buf *why = &target->service->text;

    buf_clear(why);
    if (!dial_begin(target->service->runtime, target->rules, talk, &asker, why))
        tell(target, peer, why);
}

/* What this target has said itself: a near miss, or a flag. A program that sends back all that it receives
 * would be told of each, and each of that. */
static bool is_echo(const struct datagram_target *target, const uint8_t *bytes, size_t length)
{
    static const char WORD[] = " right";
    const char *line = (const char *)bytes, *prefix = target->service->runtime->course.flag_prefix;
    const char *slug = rules_slug(target->rules), *end = memchr(bytes, '\n', length);
    const size_t first = end ? (size_t)(end - line) : length;
    char own[NAME_MAX_LEN + FLAG_PREFIX_MAX + 4];

    snprintf(own, sizeof(own), "%s: ", slug);
    if (first > strlen(own) && memcmp(line, own, strlen(own)) == 0)
        return memmem(line, first, WORD, strlen(WORD)) && memmem(line, first, " of ", 4);
    snprintf(own, sizeof(own), "%s{%s.", prefix, slug);
    return first > strlen(own) && memcmp(line, own, strlen(own)) == 0;
}

static void note_echo(const struct datagram_target *target, ipaddr source)
{
    const struct memory_note note = {
        .source = source,
        .slug = rules_slug(target->rules),
        .what = "",
        .why = "my own answer came back: your program sends back what it receives; not judged",
        .mend = "print what comes from this port, and answer only what asks for it"};

    memory_note(target->service->runtime->memory, &note, clock_ms());
}

static struct attempt attempt_of(const struct datagram_target *target, const struct net_peer *peer,
                                 uint8_t *bytes, size_t length, struct packet *packet)
{
    packet_of_message(packet, bytes - MESSAGE_HEADERS, length, false, peer->address, peer->port,
                      class_target(&target->service->runtime->class, ipaddr_is6(peer->address)),
                      rules_port(target->rules));
    return (struct attempt){.rules = target->rules,
                            .packet = packet,
                            .link = LINK_RAW,
                            .source = peer->address,
                            .port = peer->port};
}

static void on_message(void *context, const struct net_peer *peer, uint8_t *bytes, size_t length)
{
    struct datagram_target *target = context;
    struct runtime *rt = target->service->runtime;
    struct packet packet;

    if (!rules_path(target->rules) && !runtime_has_student(rt, peer->address)) {
        own_host(target, peer->address);
        return;
    }
    if (is_echo(target, bytes, length)) {
        note_echo(target, peer->address);
        return;
    }
    const struct attempt attempt = attempt_of(target, peer, bytes, length, &packet);
    const struct way way = {.context = target, .costs = costs, .send = answer_back};
    buf_clear(&target->service->text);
    target->service->unsent = NULL;
    struct talk dialling;
    if (!rules_talks(target->rules))
        answer_attempt(rt, &attempt, &way, &target->service->text);
    else if (spoken_take(rt, &attempt, &way, &target->service->text, &dialling))
        dial(target, peer, &way, &dialling);
    if (target->service->unsent)
        memory_unsent(rt->memory, peer->address, rules_slug(target->rules), target->service->unsent);
}

static void datagram_service_stop(struct service *service)
{
    for (size_t i = 0; i < service->n; i++)
        datagram_stop(service->targets[i].server);
    if (service->timed && !service->stopped)
        uv_close((uv_handle_t *)&service->timer, NULL);
    service->stopped = true;
}

static void datagram_service_free(struct service *service)
{
    buf_free(&service->text);
    free(service);
}

static enum status open_one(struct service *service, const struct rules *rules, bool six, struct err *err)
{
    struct runtime *rt = service->runtime;
    struct datagram_target *target = &service->targets[service->n];
    struct datagram_options options = {.place = {.address = runtime_place(rt, six),
                                                 .port = rules_port(rules),
                                                 .sources = rt->students,
                                                 .n_sources = rt->class.n_students},
                                       .headroom = MESSAGE_HEADERS,
                                       .message = on_message,
                                       .context = target};

    *target = (struct datagram_target){.service = service, .rules = rules};
    if (rules_path(rules))
        options.place.path = runtime_path(rt, rules, target->path);
    if (datagram_open(&target->server, &rt->loop, &options, err) != ST_OK)
        return err_prefix(err, "%s", rules_slug(rules));
    service->n++;
    return ST_OK;
}

static enum status datagram_service_open(struct service **out, struct runtime *rt,
                                         const struct rules *const *rules, size_t n, struct err *err)
{
    struct service *service = calloc(1, sizeof(*service) + 2 * n * sizeof(service->targets[0]));
    enum status st = ST_OK;

    *out = service;
    if (!service)
        return err_memory(err);
    service->runtime = rt;
    buf_init(&service->text, DATAGRAM_ANSWER_MAX);
    service->timed = uv_timer_init(&rt->loop, &service->timer) == 0;
    service->timer.data = service;
    for (size_t i = 0; st == ST_OK && i < 2 * n; i++)
        if (rules_path(rules[i / 2]) ? i % 2 == 0 && rt->class.unix_folder : runtime_serves(rt, i % 2))
            st = open_one(service, rules[i / 2], i % 2, err);
    return st;
}

extern const struct kind datagram_kind;
const struct kind datagram_kind = {
    .kind = TARGET_DATAGRAM,
    .open = datagram_service_open,
    .where = runtime_where,
    .stop = datagram_service_stop,
    .free = datagram_service_free,
};
