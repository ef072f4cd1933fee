#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t clock_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_utc_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

const char *clock_text(int64_t utc_us, char out[CLOCK_TEXT_SIZE])
{
    time_t seconds = (time_t)(utc_us / 1000000);
    struct tm tm;
    char date[24];

    gmtime_r(&seconds, &tm);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out, CLOCK_TEXT_SIZE, "%s.%06d+00:00", date, (int)(utc_us % 1000000));
    return out;
}

static int digits(const char *text, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

bool clock_parse(const char *text, int64_t *utc_us)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddddd+00:00";
    char again[CLOCK_TEXT_SIZE];

    if (strlen(text) != sizeof(form) - 1)
        return false;
    for (size_t i = 0; i < sizeof(form) - 1; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    struct tm tm = {.tm_year = digits(text, 4) - 1900,
                    .tm_mon = digits(text + 5, 2) - 1,
                    .tm_mday = digits(text + 8, 2),
                    .tm_hour = digits(text + 11, 2),
                    .tm_min = digits(text + 14, 2),
                    .tm_sec = digits(text + 17, 2)};
    int64_t us = (int64_t)timegm(&tm) * 1000000 + digits(text + 20, 6);
    /* timegm makes a date of February 30th too */
    if (us < 0 || strcmp(clock_text(us, again), text) != 0)
        return false;
    *utc_us = us;
    return true;
}
