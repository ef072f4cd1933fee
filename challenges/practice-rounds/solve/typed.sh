#!/bin/bash
# The same with nothing but the shell: printf's "'x" is the number of a letter.
exec 3<>"/dev/tcp/$WIREGRADE_TARGET/$WIREGRADE_PORT"
echo "$WIREGRADE_STUDENT" >&3
for _ in {1..20}; do
    read -r word <&3
    digits=
    for ((i = 0; i < ${#word}; i++)); do
        printf -v digit %02x "'${word:i:1}"
        digits+=$digit
    done
    echo "$digits" >&3
done
read -r flag <&3
echo "$flag"
