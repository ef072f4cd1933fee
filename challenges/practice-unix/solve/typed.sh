#!/usr/bin/env bash
# The first line that comes is the answer; socat would wait on for -t seconds.
# needs: socat
umask 0
exec 3< <(echo "$WIREGRADE_STUDENT" |
    socat -t 10 - "UNIX-SENDTO:/run/wiregrade/practice.sock,bind=/run/wiregrade/reply/typed-$$")
head -n 1 <&3
