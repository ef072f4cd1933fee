/* The same in C, with the port as in the text; the newline that a line of text ends with does no harm. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(4444)};
    char text[128], message[512] = "", answer[1024];
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    inet_pton(AF_INET, getenv("WIREGRADE_TARGET"), &target.sin_addr);
    snprintf(text, sizeof(text), "I am %s", getenv("WIREGRADE_STUDENT"));
    for (size_t i = 0; i < strlen(text); i++)
        snprintf(message + 2 * i, 3, "%02x", (unsigned char)text[i]);
    message[2 * strlen(text)] = '\n';
    sendto(s, message, strlen(message), 0, (struct sockaddr *)&target, sizeof(target));
    ssize_t n = recv(s, answer, sizeof(answer), 0);
    fwrite(answer, 1, n > 0 ? (size_t)n : 0, stdout);
    return n <= 0;
}
