"""hog.py TARGET PORT SECONDS COUNT FIRST N: one host with N addresses from FIRST on holds as many connections as it can, half of them
silent, half sending a byte now and then; what is closed is opened again. At most COUNT at once."""
import selectors
import socket
import sys
import time

target, first = sys.argv[1], sys.argv[5]
port, seconds, count, n_addresses = (int(sys.argv[i]) for i in (2, 3, 4, 6))
net, low = first.rsplit(".", 1)
addresses = [f"{net}.{int(low) + n}" for n in range(n_addresses)]
ends = time.monotonic() + seconds
NEWCOMERS = 200  # a second, when all that it may hold was opened once
select = selectors.DefaultSelector()
held, opened, told = {}, 0, set()


def open_one():
    global opened
    s = socket.socket()
    s.setblocking(False)
    s.bind((addresses[opened % n_addresses], 0))
    opened += 1
    try:
        s.connect((target, port))
    except BlockingIOError:
        pass
    select.register(s, selectors.EVENT_READ)
    held[s] = opened // n_addresses % 2


def drop(s):
    select.unregister(s)
    del held[s]
    s.close()


most, next_byte, last, allowance = 0, 0, time.monotonic(), count
while (now := time.monotonic()) < ends:
    allowance, last = min(allowance + (now - last) * NEWCOMERS, count), now
    while len(held) < count and allowance >= 1:
        open_one()
        allowance -= 1
    for key, _ in select.select(0.05):
        try:
            got = key.fileobj.recv(4096)
        except OSError:
            got = b""
        if got:
            told.add(got.decode(errors="replace").strip().splitlines()[-1][:160])
        else:
            drop(key.fileobj)
    if now > next_byte:
        for s in [s for s, trickles in held.items() if trickles]:
            try:
                s.send(b"x")
            except BlockingIOError:
                pass
            except OSError:
                drop(s)
        next_byte = now + 0.1
        if len(held) > most:
            most = len(held)
        print(f"holding {len(held)}", flush=True)
print(f"opened {opened}, at most {most} at once; told: {sorted(told)[:12]}")
