#!/bin/sh
# answer.sh: what socat and ncat run for each connection: reads a line, writes a flag.
read -r line
echo "flag{stream-sender.student.aaaa-bbbb-cccc-dddd}"
