/* What a service manager hands in, and what it is told. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/notify.h"

static void make(const char *dir, const char *name, mode_t mode)
{
    char *path = path_join(dir, name);

    unlink(path); /* the one before may be for reading alone */
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, "secret", 6), 6);
    CU_ASSERT_EQUAL(fchmod(fd, mode), 0);
    close(fd);
    free(path);
}

static enum status read_secret(const char *dir, const char *name)
{
    char *path = path_join(dir, name);
    struct buf out;
    struct err err;

    buf_init(&out, 100);
    enum status st = file_read_secret(path, &out, &err);
    CU_ASSERT_EQUAL(out.len, st == ST_OK ? 6 : 0);
    buf_free(&out);
    free(path);
    return st;
}

static void a_credential_may_have_a_group_and_no_other_secret_may(void)
{
    static const struct {
        mode_t mode;
        enum status credential, other;
    } rows[] = {
        {0600, ST_OK, ST_OK},       {0400, ST_OK, ST_OK},       {0440, ST_OK, ST_INPUT},
        {0460, ST_INPUT, ST_INPUT}, {0444, ST_INPUT, ST_INPUT}, {0404, ST_INPUT, ST_INPUT},
    };
    char dir[] = "/tmp/wg-credentials-XXXXXX", inner[64];

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    snprintf(inner, sizeof(inner), "%s/in", dir);
    CU_ASSERT_EQUAL_FATAL(mkdir(inner, 0700), 0);
    setenv("CREDENTIALS_DIRECTORY", dir, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        make(dir, "k", rows[i].mode);
        make(inner, "k", rows[i].mode);
        CU_ASSERT_EQUAL(read_secret(dir, "k"), rows[i].credential);
        CU_ASSERT_EQUAL(read_secret(dir, "in/k"), rows[i].other); /* below it is not in it */
        unsetenv("CREDENTIALS_DIRECTORY");
        CU_ASSERT_EQUAL(read_secret(dir, "k"), rows[i].other);
        setenv("CREDENTIALS_DIRECTORY", dir, 1);
    }
    char *path = file_credential("/etc/class/k");
    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    CU_ASSERT_EQUAL(strncmp(path, dir, strlen(dir)), 0);
    CU_ASSERT_STRING_EQUAL(path + strlen(dir), "/k");
    free(path);
    CU_ASSERT_PTR_NULL(file_credential("/etc/class/another"));
    unsetenv("CREDENTIALS_DIRECTORY");
    CU_ASSERT_PTR_NULL(file_credential("/etc/class/k"));
    for (size_t i = 0; i < 2; i++) {
        path = path_join(i ? dir : inner, "k");
        unlink(path);
        free(path);
    }
    rmdir(inner);
    rmdir(dir);
}

static void the_manager_is_told_and_its_absence_is_no_error(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char text[64] = "";

    unsetenv("NOTIFY_SOCKET");
    CU_ASSERT_EQUAL(notify_open(), -1);
    notify_send(-1, "READY=1");
    setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
    CU_ASSERT_EQUAL(notify_open(), -1);
    snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/wg-notify-%d", (int)getpid());
    int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(bind(manager, (struct sockaddr *)&at, sizeof(at)), 0);
    setenv("NOTIFY_SOCKET", at.sun_path, 1);
    int fd = notify_open();
    CU_ASSERT_FATAL(fd >= 0);
    notify_send(fd, "READY=%d", 1);
    CU_ASSERT_EQUAL(recv(manager, text, sizeof(text) - 1, MSG_DONTWAIT), 7);
    CU_ASSERT_STRING_EQUAL(text, "READY=1");
    close(manager);
    notify_send(fd, "STOPPING=1"); /* no reader: no signal, no error */
    close(fd);
    unlink(at.sun_path);
    unsetenv("NOTIFY_SOCKET");
}

static const struct unit_case CASES[] = {
    {"a_credential_may_have_a_group_and_no_other_secret_may",
     a_credential_may_have_a_group_and_no_other_secret_may},
    {"the_manager_is_told_and_its_absence_is_no_error", the_manager_is_told_and_its_absence_is_no_error},
};
extern const struct unit_group service_cases;
UNIT_GROUP(service_cases, CASES);
