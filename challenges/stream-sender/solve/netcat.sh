#!/usr/bin/env bash
# ncat ends when the target has answered and closed.
# needs: ncat
printf %s "$WIREGRADE_STUDENT" | ncat "$WIREGRADE_TARGET" "$WIREGRADE_PORT"
