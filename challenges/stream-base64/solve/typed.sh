#!/usr/bin/env bash
# As it is typed into a shell: the port as in the text, a newline after the Base64 text.
exec 3<>"/dev/tcp/$WIREGRADE_TARGET/3333"
printf 'I am %s' "$WIREGRADE_STUDENT" | base64 -w 0 >&3
echo >&3
cat <&3
