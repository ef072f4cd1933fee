#!/usr/bin/env bash
# bash alone, but for base64.
exec 3<>"/dev/tcp/$WIREGRADE_TARGET/5333"
echo "$WIREGRADE_STUDENT" >&3
read -r line <&3
base64 -d <<<"$line" >&3
echo >&3
cat <&3
