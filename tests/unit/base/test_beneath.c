#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/lockdir.h"

static bool old_kernel; /* openat2 is then answered as before 5.6 */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
    long a[4];
    va_list args;

    va_start(args, number);
    for (size_t i = 0; i < 4; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    if (old_kernel && number == SYS_openat2) {
        errno = ENOSYS;
        return -1;
    }
    return __real_syscall(number, a[0], a[1], a[2], a[3]);
}

static char room[] = "/tmp/wiregrade-beneath-XXXXXX";

static const char *at(const char *name)
{
    static char paths[4][300];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", room, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *out = fopen(at(name), "we");

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    fputs(text, out);
    fclose(out);
}

static void room_begin(void)
{
    memset(room + sizeof(room) - 7, 'X', 6);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(room));
    mkdir(at("root"), 0700);
    mkdir(at("root/sub"), 0700);
    mkdir(at("root/sub/deep"), 0700);
    mkdir(at("root2"), 0700);
    put("secret", "token");
    put("root2/a", "token");
    put("root/a", "text");
    put("root/sub/deep/b", "text");
    mkfifo(at("root/fifo"), 0600);
    static const char *const links[][2] = {{"../secret", "root/out"}, {"/etc/passwd", "root/absolute"},
                                           {"a", "root/same"},        {"sub", "root/way"},
                                           {"..", "root/up"},         {"nowhere", "root/dangling"},
                                           {"root", "named"},         {"/dev/null", "root/device"}};
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        CU_ASSERT_EQUAL(symlink(links[i][0], at(links[i][1])), 0);
}

static void nothing_is_reached_through_a_link(void)
{
    static const struct {
        const char *root, *path;
        int flags, why; /* 0: opened */
    } rows[] = {
        {"root", "root/a", 0, 0},
        {"root", "root//sub/./deep/b", 0, 0},
        {"root", "root/sub/deep", O_DIRECTORY, 0},
        {"named", "named/a", 0, 0},
        {"named", "named/sub/deep/b", 0, 0},
        {"root", "root/out", 0, ELOOP},
        {"root", "root/absolute", 0, ELOOP},
        {"root", "root/same", 0, ELOOP},
        {"root", "root/dangling", 0, ELOOP},
        {"root", "root/device", 0, ELOOP},
        {"root", "root/way/deep/b", 0, ELOOP},
        {"root", "root/way/deep", O_DIRECTORY, ELOOP},
        {"root", "root/way", O_DIRECTORY, ELOOP},
        {"root", "root/up/secret", 0, ELOOP},
        {"named", "named/out", 0, ELOOP},
        {"root", "root/../secret", 0, EXDEV},
        {"root", "root/sub/../a", 0, EXDEV},
        {"root", "root/..", O_DIRECTORY, EXDEV},
        {"root", "root2/a", 0, EXDEV},
        {"root", "root", O_DIRECTORY, EXDEV},
        {"root", "root/sub", 0, EMEDIUMTYPE},
        {"root", "root/fifo", 0, EMEDIUMTYPE},
        {"root", "root/none", 0, ENOENT},
        {"root", "root/a/b", 0, ENOTDIR},
        {"root", "root/a", O_DIRECTORY, ENOTDIR},
        {"none", "none/a", 0, ENOENT},
    };

    room_begin();
    for (int old = 0; old < 2; old++)
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            old_kernel = old;
            errno = 0;
            int fd = beneath_open(at(rows[i].root), at(rows[i].path), O_RDONLY | rows[i].flags);
            if ((fd < 0 ? errno : 0) != rows[i].why) {
                printf("%s, %s kernel: %s\n", rows[i].path, old ? "old" : "new",
                       strerror(fd < 0 ? errno : 0));
                CU_FAIL("a row");
            }
            if (fd >= 0)
                close(fd);
        }
    old_kernel = false;
    lockdir_wipe(room);
}

static void the_sentence_names_the_link_and_where_it_leads(void)
{
    static const struct {
        const char *path, *says;
    } rows[] = {
        {"root/out", "/root/out: is a link, to ../secret, and links are not followed here"},
        {"root/way/deep/b", "/root/way is a link, to sub, and links are not followed here"},
        {"root/../secret", "/root/../secret: lies outside /tmp/wiregrade-beneath-"},
        {"root/fifo", "/root/fifo: not a regular file"},
        {"root/none", "/root/none: No such file or directory"},
    };
    struct buf out;
    struct err err;

    room_begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf_init(&out, 100);
        CU_ASSERT_EQUAL(beneath_read(at("root"), at(rows[i].path), &out, &err), ST_INPUT);
        CU_ASSERT_EQUAL(out.len, 0);
        if (!strstr(err.text, rows[i].says)) {
            printf("%s\n", err.text);
            CU_FAIL("a row");
        }
    }
    CU_ASSERT_EQUAL(beneath_read(at("root"), at("root/a"), &out, &err), ST_OK);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), "text");
    buf_free(&out);
    lockdir_wipe(room);
}

static void take(void *context, const char *path, mode_t type)
{
    char *out = context, kind = type == S_IFDIR ? '/' : type == S_IFLNK ? '@' : type == S_IFREG ? ' ' : '|';

    snprintf(out + strlen(out), 400 - strlen(out), "%s%c", strrchr(path, '/') + 1, kind);
}

static void a_folder_is_listed_with_its_links(void)
{
    char got[400] = "";

    room_begin();
    put("root/.hidden", "");
    put("root/_left_out", "");
    CU_ASSERT_EQUAL(beneath_each(at("root"), at("root"), take, got), 0);
    CU_ASSERT_STRING_EQUAL(got, "a absolute@dangling@device@fifo|out@same@sub/up@way@");
    got[0] = '\0';
    CU_ASSERT_EQUAL(beneath_each(at("root"), at("root/sub"), take, got), 0);
    CU_ASSERT_STRING_EQUAL(got, "deep/");
    CU_ASSERT_EQUAL(beneath_each(at("root"), at("root/way"), take, got), -1);
    CU_ASSERT_EQUAL(errno, ELOOP);
    CU_ASSERT_EQUAL(beneath_each(at("root"), at("root/none"), take, got), -1);
    CU_ASSERT_EQUAL(errno, ENOENT);
    lockdir_wipe(room);
}

static const struct unit_case cases[] = {
    {"nothing_is_reached_through_a_link", nothing_is_reached_through_a_link},
    {"the_sentence_names_the_link_and_where_it_leads", the_sentence_names_the_link_and_where_it_leads},
    {"a_folder_is_listed_with_its_links", a_folder_is_listed_with_its_links},
    /* ADD A UNIT TEST HERE */
};

extern const struct unit_group beneath_cases;
UNIT_GROUP(beneath_cases, cases);
