#!/bin/sh
# needs: hping3 nc.traditional
# hping3 makes headers and checksums. Who calls back before nc listens tries again a second later; and a packet may be lost.
# nc has no -w: its time would run while hping3 gets ready, which on a busy machine takes seconds.
printf 'quiet %s' "$WIREGRADE_STUDENT" > /tmp/payload
nc.traditional -lnp "$WIREGRADE_PORT" < /dev/null > /tmp/flag &
for pause in 0.3 2 2; do
  hping3 --udp -c 1 -s 32767 -k -p "$WIREGRADE_PARAM_UDP_DSTPORT" -t 77 -N 4660 -d "$(wc -c < /tmp/payload)" -E /tmp/payload \
    "$WIREGRADE_TARGET" > /dev/null 2>&1
  sleep "$pause"
  [ ! -s /tmp/flag ] || break
done
wait
head -n 1 /tmp/flag
