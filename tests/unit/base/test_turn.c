#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
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

/* The child takes and gives without a pause, as a relay with much to do; the parent needs his turn once. */
static void who_waits_is_not_overtaken_for_ever(void)
{
    struct turn t[1];
    int status = 0, ready[2];
    char byte;

    fresh(t, 1);
    CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct turn mine;
        int64_t until = clock_ms() + 20000;
        if (!turn_open(&mine, path) || write(ready[1], "", 1) != 1)
            _exit(1);
        while (clock_ms() < until && access(path, F_OK) != 0)
            if (turn_take(&mine, 2, 20000, NULL))
                turn_give(&mine, 2);
        _exit(access(path, F_OK) == 0 ? 0 : 1);
    }
    CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
    for (int i = 0; i < 20; i++) {
        CU_ASSERT_TRUE(turn_take(&t[0], 2, 10000, NULL));
        turn_give(&t[0], 2);
    }
    FILE *end = fopen(path, "we");
    if (end)
        fclose(end);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    unlink(path);
    close(ready[0]);
    close(ready[1]);
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
