/* local.h - socket files (unix(7)): who is at the other end, and whom a datagram is answered. */
#pragma once

#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"
#include "net/listen.h"

/* The folder beside a socket file in which its peers' own may be: "reply". */
#define LOCAL_REPLIES "reply"

/* A socket's name that a datagram came from; length 0: it had none. */
struct local_name {
    struct sockaddr_un addr;
    socklen_t length;
};

/* Makes the folder for peers' own names beside path, for everybody and with the sticky bit, unless it is
 * there.
 */
enum status local_replies(const char *path, struct err *err);

/* A bound socket of type SOCK_STREAM or SOCK_DGRAM in *fd, to close, that everybody may write to. What a
 * program left there that has ended is replaced. ST_ENV with the mend when the path cannot be had. */
enum status local_bind(const char *path, int type, int *fd, struct err *err);

/* For whom a user of this machine is counted: 127.0.0.0/8 has an address for each (host order, port 0). */
struct net_peer local_peer(uid_t uid);

/* Whose connection it is, by SO_PEERCRED. */
struct net_peer local_connected(int fd);

/* Reads a datagram at once; its length, -1 when there is none. */
ssize_t local_receive(int fd, void *bytes, size_t size, struct net_peer *from, struct local_name *name);

/* Sends to a name in the folder LOCAL_REPLIES beside path, and to no other: false, with errno (EDESTADDRREQ:
 * it has none; EADDRNOTAVAIL: it is elsewhere; EACCES: he lets nobody write; ENOENT, ECONNREFUSED: nobody is
 * there; EAGAIN: he does not read). */
bool local_answer(int fd, const char *path, const struct local_name *to, const void *bytes, size_t length);
