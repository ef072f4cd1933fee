#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/turn.h"

static char dir[64], path[96];

static void fresh(struct turn *turns, size_t n)
{
    snprintf(dir, sizeof(dir), "/tmp/wiregrade-turn-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/x", dir);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_TRUE_FATAL(turn_open(&turns[i], path));
}

static void gone(struct turn *turns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        turn_close(&turns[i]);
    snprintf(path, sizeof(path), "%s/x.lock", dir);
    unlink(path);
    rmdir(dir);
}

static void a_line_is_had_by_one_and_told_apart_from_others(void)
{
    struct turn t[2];

    fresh(t, 2);
    CU_ASSERT_TRUE(turn_take(&t[0], 0, 0, NULL));
    CU_ASSERT_FALSE(turn_take(&t[1], 0, 0, NULL));
    CU_ASSERT_EQUAL(errno, EAGAIN);
    CU_ASSERT_EQUAL(turn_holder(&t[1], 0), getpid());
    CU_ASSERT_TRUE(turn_take(&t[1], 7, 0, NULL));
    turn_give(&t[0], 0);
    CU_ASSERT_TRUE(turn_take(&t[1], 0, 0, NULL));
    turn_close(&t[1]);
    CU_ASSERT_TRUE(turn_take(&t[0], 0, 0, NULL));
    gone(t, 1);
}

static void waiting_ends_with_a_stop(void)
{
    struct turn t[2];
    atomic_int stop = 1;

    fresh(t, 2);
    CU_ASSERT_TRUE(turn_take(&t[0], 0, 0, NULL));
    CU_ASSERT_FALSE(turn_take(&t[1], 0, 3600000, &stop));
    gone(t, 2);
}

static void the_end_of_a_process_gives_back(void)
{
    struct turn t[1];
    int status = 0;

    fresh(t, 1);
    pid_t pid = fork();
    if (pid == 0) {
        struct turn mine;
        _exit(turn_open(&mine, path) && turn_take(&mine, 1, 0, NULL) ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_TRUE(turn_take(&t[0], 1, 0, NULL));
    gone(t, 1);
}

/* The child holds its turn for a while and wants it again at once, as a relay with much to do. Without a line
 * the parent would find it free once in hundreds of turns; with one, after the turn that is under way. How
 * long the machine lets the parent sleep in between is not its fault, so the bound is far from both. */
static void who_waits_is_not_overtaken_for_ever(void)
{
    enum { TURNS = 20, OVERTAKEN_MAX = 20 * TURNS };
    atomic_int *taken = mmap(NULL, sizeof(*taken), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct turn t[1];
    int overtaken = 0;

    CU_ASSERT_PTR_NOT_EQUAL_FATAL(taken, MAP_FAILED);
    fresh(t, 1);
    pid_t pid = fork();
    if (pid == 0) {
        struct turn mine;
        if (!turn_open(&mine, path))
            _exit(1);
        while (turn_take(&mine, 2, 20000, NULL)) {
            ++*taken;
            poll(NULL, 0, 5);
            turn_give(&mine, 2);
        }
        _exit(1);
    }
    for (int i = 0; i < TURNS; i++) {
        poll(NULL, 0, 10); /* the child goes on */
        int before = *taken;
        CU_ASSERT_TRUE(turn_take(&t[0], 2, 20000, NULL));
        overtaken += *taken - before;
        turn_give(&t[0], 2);
    }
    CU_ASSERT_TRUE(overtaken <= OVERTAKEN_MAX);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    munmap(taken, sizeof(*taken));
    gone(t, 1);
}

static const struct unit_case cases[] = {
    {"a_line_is_had_by_one_and_told_apart_from_others", a_line_is_had_by_one_and_told_apart_from_others},
    {"waiting_ends_with_a_stop", waiting_ends_with_a_stop},
    {"the_end_of_a_process_gives_back", the_end_of_a_process_gives_back},
    {"who_waits_is_not_overtaken_for_ever", who_waits_is_not_overtaken_for_ever},
};
extern const struct unit_group turn_cases;
UNIT_GROUP(turn_cases, cases);
