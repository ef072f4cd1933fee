#!/usr/bin/env python3
"""many_sources.py WHAT ARGUMENT...: what an attacker, or his neighbour, sends; runs inside a range."""
import os
import sys
import time

from targets_sends import TARGET, called, chaos, ip_header, listener, raw, segment


def paced(rate, seconds, send):
    """send(0), send(1), … at most `rate` a second; how many."""
    begin, n = time.monotonic(), 0
    while (now := time.monotonic() - begin) < seconds:
        while n < now * rate:
            send(n)
            n += 1
        time.sleep(0.005)
    return n


def near_misses(net, seconds, rate):
    """From every host of a /24, each packet long: lines of 2,500 bytes."""
    packets = [ip_header(16, src=f"{net}.{host}") + os.urandom(1300) for host in range(1, 255)]
    print(paced(int(rate), float(seconds), lambda n: raw.sendto(packets[n % 254], (TARGET, 0))))


def passes(handle, seconds, rate):
    """A forgotten loop: the same right packet."""
    print(paced(int(rate), float(seconds), lambda n: chaos(handle)))


def spoofed_passes(net, count, rate, handle):
    """Right packets from so many sources of a /16; a handle that ends in * has a number in its place."""
    def send(n):
        if n < int(count):
            chaos(handle.replace("*", str(n)), src=f"{net}.{n // 250 + 1}.{n % 250 + 1}")
    paced(int(rate), int(count) / int(rate) + 0.1, send)


def earns(handle, seconds):
    """One right packet, and how long it takes until its flag is here."""
    with listener() as s:
        begin = time.monotonic()
        chaos(handle)
        text = called(s, float(seconds))
        print(f"{time.monotonic() - begin:.2f}", text.splitlines()[0], flush=True)


def refused(handle, net):
    """Flags of one challenge fill a student's places; that of another then finds none."""
    for n in range(8):
        segment(handle, src=f"{net}.{n + 1}")
    time.sleep(0.5)
    chaos(handle, src=f"{net}.100")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
