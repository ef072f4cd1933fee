/* Whom a datagram from a socket file is answered, and what a path cannot be. */
#include "unit.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/local.h"

static struct local_name name_of(const char *path, size_t length)
{
    struct local_name name = {.addr.sun_family = AF_UNIX,
                              .length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)};

    memcpy(name.addr.sun_path, path, length);
    return name;
}

static void names_elsewhere_are_not_answered(void)
{
    static const struct {
        const char *path;
        size_t length;
    } rows[] = {{"", 0},
                {"\0/d/reply/x", 11},
                {"/d/reply", 8},
                {"/d/reply/", 9},
                {"/d/reply/x/y", 12},
                {"/d/reply/../x", 13},
                {"/d/replyx", 9},
                {"d/reply/x", 9},
                {"/e/reply/x", 10},
                {"/d/reply/\0x", 11}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct local_name name = name_of(rows[i].path, rows[i].length);
        errno = 0;
        CU_ASSERT_FALSE(local_answer(-1, "/d/x.sock", &name, "x", 1));
        CU_ASSERT_EQUAL(errno, rows[i].length ? EADDRNOTAVAIL : EDESTADDRREQ);
    }
    /* this one is, and there is no such descriptor; whether a NUL follows the name is the sender's choice */
    for (size_t n = 10; n <= 11; n++) {
        const struct local_name name = name_of("/d/reply/x", n);
        CU_ASSERT_FALSE(local_answer(-1, "/d/x.sock", &name, "x", 1));
        CU_ASSERT_EQUAL(errno, EBADF);
    }
}

static void a_socket_that_nobody_has_is_replaced(void)
{
    char folder[] = "/tmp/wiregrade-local-XXXXXX", path[64], other[256];
    struct err err;
    struct stat st;
    int first, second;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/x.sock", folder);
    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
        CU_ASSERT_EQUAL_FATAL(local_bind(path, type, &first, &err), ST_OK);
        CU_ASSERT_EQUAL(lstat(path, &st), 0);
        CU_ASSERT_EQUAL(st.st_mode & 0777, 0666);
        if (type == SOCK_STREAM)
            CU_ASSERT_EQUAL(listen(first, 1), 0);
        for (int asks = SOCK_STREAM; asks <= SOCK_DGRAM; asks++) {
            CU_ASSERT_EQUAL(local_bind(path, asks, &second, &err), ST_ENV);
            CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "another program's"));
        }
        close(first);
    }
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
    CU_ASSERT_EQUAL(local_bind(path, SOCK_STREAM, &second, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is no socket"));
    CU_ASSERT_EQUAL(rmdir(path), 0);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    CU_ASSERT_EQUAL(local_bind(path, SOCK_STREAM, &second, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "its folder is not there"));
    snprintf(other, sizeof(other), "%s/%0*d", folder, 100, 0);
    CU_ASSERT_EQUAL(local_bind(other, SOCK_STREAM, &second, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "at most 107"));
}

static void a_user_is_one_address_of_loopback(void)
{
    CU_ASSERT_TRUE(local_peer(1000).address == 0x7F0003E8);
    CU_ASSERT_TRUE(ipaddr_is_loopback(local_peer(UINT32_MAX).address));
    CU_ASSERT_EQUAL(local_peer(1000).port, 0);
}

static const struct unit_case cases[] = {
    {"names_elsewhere_are_not_answered", names_elsewhere_are_not_answered},
    {"a_socket_that_nobody_has_is_replaced", a_socket_that_nobody_has_is_replaced},
    {"a_user_is_one_address_of_loopback", a_user_is_one_address_of_loopback},
};
extern const struct unit_group local_cases;
UNIT_GROUP(local_cases, cases);
