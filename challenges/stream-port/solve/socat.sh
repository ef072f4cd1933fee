#!/usr/bin/env bash
# -t: so long it waits for the answer after its own side has ended.
# needs: socat
echo "$WIREGRADE_STUDENT" |
    socat -t 5 - "TCP:$WIREGRADE_TARGET:6111,sourceport=$WIREGRADE_PARAM_TCP_SRCPORT,reuseaddr"
