#!/usr/bin/env bash
# As it is typed into a shell: the port as in the text, a newline after the handle.
exec 3<>"/dev/tcp/$WIREGRADE_TARGET/1111"
echo "$WIREGRADE_STUDENT" >&3
cat <&3
