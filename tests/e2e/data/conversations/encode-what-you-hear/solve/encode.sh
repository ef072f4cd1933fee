#!/bin/bash
# In bash alone, but for the two encodings.
exec 3<>"/dev/tcp/$WIREGRADE_TARGET/$WIREGRADE_PORT"
read -r _ <&3
echo "$WIREGRADE_STUDENT" >&3
read -r word <&3
printf %s "$word" | base64 -d | od -An -tx1 | tr -d ' \n' >&3
echo >&3
cat <&3
