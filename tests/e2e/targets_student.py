#!/usr/bin/env python3
"""targets_student.py CASE: what a student, or an attacker, does to the targets; runs inside a range."""
import base64
import contextlib
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from targets_sends import (CALLBACK, DATAGRAM, FLAG, ME, PATIENCE, SEGMENT, STREAM, TARGET, Sniffer, called, chaos, datagram, has,
                           ip_header, listener, raw, segment, stream)


# -- cases: streams

def messages_end_where_they_should():
    for data, half_close in ((b"smith\n", False), (b"smith\r\n", False), (b"smith", False), (b"smith", True),
                             (b"smith\n\n", False)):
        answer = stream(data, half_close=half_close)
        has(answer, "stream", "smith")
        assert answer.count("\n") == 1, answer
    # what came with the newline in one piece is a part of the text
    answer = stream(b"smith\njones\n")
    assert "flag{" not in answer and "[EXTRA_TEXT]" in answer and "with \"\\njones\" behind" in answer, answer


def half_a_handle_earns_nothing():
    answer = ""
    while "flag{" not in answer:  # a machine that is busy may make the pause a long one
        s = socket.create_connection((TARGET, STREAM), PATIENCE)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.sendall(b"smi")
        time.sleep(0.03)
        s.sendall(b"th")
        answer = s.recv(4096).decode()
        assert "smi." not in answer, answer
    has(answer, "stream", "smith")


def a_near_miss_is_told_in_the_stream():
    answer = stream(base64.b64encode(b"smith"))
    assert answer.startswith("stream: ") and "payload" in answer and "flag{" not in answer, answer


def a_megabyte_is_cut_and_answered():
    s = socket.create_connection((TARGET, STREAM), PATIENCE)
    with contextlib.suppress(OSError):
        for _ in range(256):
            s.sendall(b"x" * 4096)
    has(stream(b"jones\n"), "stream", "jones")


def slow_silent_and_vanished_peers_delay_nobody():
    """60 of the 64 places: silent ones, ones that send a byte a second, and ones that reset."""
    peers = [socket.create_connection((TARGET, STREAM), PATIENCE) for _ in range(50)]
    for s in peers[:20]:
        s.send(b"x")
    for _ in range(200):
        with contextlib.closing(socket.create_connection((TARGET, STREAM), PATIENCE)) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.send(b"smi")
    took = []
    for i in range(50):
        before = time.monotonic()
        has(stream(b"smith\n"), "stream", "smith")
        took.append(time.monotonic() - before)
    assert min(took) < 0.5, took  # what else a machine does may hold many up, and none of these anybody


def too_many_connections_are_turned_away_and_places_come_back():
    peers = [socket.create_connection((TARGET, STREAM), PATIENCE) for _ in range(64)]
    answer = stream()
    assert "too many connections" in answer, answer
    for s in peers:
        s.close()
    until = time.monotonic() + PATIENCE
    while "flag{" not in (answer := stream_or_reset(b"smith\n")):
        assert time.monotonic() < until, answer


def stream_or_reset(data):
    try:
        return stream(data)
    except OSError as e:
        return str(e)


# -- cases: datagrams

def one_datagram_of_smith(student="smith"):
    has(datagram(student.encode()), "datagram", student)


def one_datagram_of_jones():
    one_datagram_of_smith("jones")


def one_datagram_of_brown():
    one_datagram_of_smith("brown")


def each_datagram_is_answered_once():
    has(datagram(b"smith"), "datagram", "smith")
    answer = datagram(base64.b64encode(b"smith"))
    assert answer.startswith("datagram: ") and "flag{" not in answer, answer


def datagrams_of_many_handles_stay_under_the_sources_bucket():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    begin = time.monotonic()
    for i in range(1000):
        s.sendto(b"h%d" % i, (TARGET, DATAGRAM))
        time.sleep(0.0005)
    s.settimeout(PATIENCE)
    answers = 0
    with contextlib.suppress(TimeoutError):
        while len(s.recv(4096)) <= 1000:
            answers += 1
            s.settimeout(0.5)
    most = 40 + 5 * (time.monotonic() - begin + 1)  # targets/state/budget.h
    assert 1 <= answers <= most, (answers, most)


# -- cases: packets and calls

def flag_is_called_back():
    with listener() as s:
        chaos("smith")
        text = called(s)
        has(text, "chaos", "smith")
        assert text.count("\n") == 1, text
    time.sleep(1)  # between two calls
    with listener() as s:
        segment("smith")
        has(called(s), "segment", "smith")


def a_near_miss_is_called_back():
    with listener() as s:
        chaos("smith", tos=24)
        text = called(s)
    assert text.startswith("chaos: ") and "smith" in text and "ip.dsfield.dscp" in text and "flag{" not in text, text
    assert text.endswith("start your listener again, if it ends with this call as nc -l does\n") and len(text) <= 1000, text
    assert all(len(line) <= 80 for line in text.splitlines()), text


def what_waits_goes_into_one_call():
    with Sniffer() as seen, listener() as s:
        chaos("smith")
        segment("smith")
        chaos("jones")
        segment("smith", window=1)
        texts = called(s)
        with contextlib.suppress(TimeoutError):
            texts += called(s, 3)
        with contextlib.suppress(TimeoutError):
            texts += called(s, 3)
    for slug, student in (("chaos", "smith"), ("segment", "smith"), ("chaos", "jones")):
        has(texts, slug, student)
    assert texts.count("flag{") == 3, texts
    assert len(seen.calls()) <= 2, seen.calls()  # the first may have left before the others came


def a_listener_that_starts_ten_seconds_late():
    chaos("smith")
    time.sleep(10)
    with listener() as s:
        has(called(s), "chaos", "smith")


def a_flag_without_a_listener():
    chaos("smith")


def what_waits_is_called_back():
    with listener() as s:
        has(called(s), "chaos", "smith")


def jones_is_a_stranger():
    answer = datagram(b"jones")
    assert "flag{" not in answer and "not on the roster" in answer, answer


def a_near_miss_is_told_nothing():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(1)
    s.sendto(b"736d697468", (TARGET, DATAGRAM))
    with contextlib.suppress(TimeoutError):
        sys.exit(f"an answer: {s.recv(4096)}")


def a_listener_that_is_started_and_told_again():
    """The same packet again: the flag that waits comes at once, not at the end of its pause."""
    chaos("smith")
    time.sleep(8)  # the next try would come at 15 s
    with listener() as s:
        chaos("smith")
        has(called(s, 6), "chaos", "smith")


def a_listener_that_has_input_waiting():
    with listener() as s:
        chaos("smith")
        s.settimeout(PATIENCE)
        c = s.accept()[0]
        c.sendall(b"typed before\n" * 3000)
        time.sleep(0.3)
        has(c.recv(1024).decode(), "chaos", "smith")
        c.close()


def netcats_show_the_flag_with_input_waiting():
    tried = 0
    for nc in ("nc.openbsd", "nc.traditional", "ncat"):
        if not shutil.which(nc):
            continue
        tried += 1
        handle = nc.replace(".", "-")
        p = subprocess.Popen([nc, "-lnp", str(CALLBACK)] if nc != "nc.openbsd" else [nc, "-ln", str(CALLBACK)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        p.stdin.write(b"x" * 5000)
        p.stdin.flush()
        wait_for_listener()
        chaos(handle)
        assert select.select([p.stdout], [], [], PATIENCE)[0], f"{nc} shows nothing"
        has(p.stdout.readline().decode(), "chaos", handle)
        p.kill()
        p.wait()
        time.sleep(1)
    if not tried:
        print("no nc here")
        sys.exit(77)


def wait_for_listener():
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with open("/proc/net/tcp") as f:
            if any(f":{CALLBACK:04X} 00000000:0000 0A" in line for line in f):
                return
        time.sleep(0.02)
    sys.exit("the listener does not listen")


def a_listener_that_reads_once():
    with listener() as s:
        chaos("smith")
        s.settimeout(PATIENCE)
        c = s.accept()[0]
        has(c.recv(1024).decode(), "chaos", "smith")
        time.sleep(1)
        chaos("jones")  # waits until the first call is over
        c.close()
        has(called(s), "chaos", "jones")


def a_plain_listener_can_be_started_again_at_once():
    """Without SO_REUSEADDR, as a beginner writes it: nothing of its port is left in TIME-WAIT, because the FIN comes
    on the data and it is never the listener that closes first."""
    with Sniffer() as seen:
        for i in range(12):
            with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as s:
                s.bind(("", CALLBACK))
                s.listen(1)
                chaos(f"plain{i}")
                s.settimeout(PATIENCE)
                c = s.accept()[0]
                has(c.recv(1024).decode(), "chaos", f"plain{i}")
                c.close()
    segments = [p[(p[0] & 15) * 4:] for p in seen.packets if p[9] == 6]
    # the link may pad short frames, so the IPv4 header says how long they are
    data = [t[13] for p, t in zip((p for p in seen.packets if p[9] == 6), segments)
            if struct.unpack("!H", p[2:4])[0] > (p[0] & 15) * 4 + (t[12] >> 4) * 4]
    assert len(data) >= 12 and all(flags & 1 for flags in data), data


def one_wrong_packet_makes_at_most_one_call(send, listening=contextlib.nullcontext):
    """Seven seconds: a second or third try, as a flag's, would have come by then."""
    with Sniffer() as seen, listening():
        send()
        time.sleep(7)
    assert len(seen.calls()) == 1, seen.calls()


def with_an_open_listener():
    def accepting():
        s = listener()
        s.settimeout(0.1)

        def serve():
            while s.fileno() >= 0:
                with contextlib.suppress(OSError):
                    c = s.accept()[0]
                    while c.recv(4096):
                        pass
                    c.close()
        threading.Thread(target=serve, daemon=True).start()
        return s
    one_wrong_packet_makes_at_most_one_call(lambda: chaos("smith", tos=24), accepting)


def with_a_closed_listener():
    one_wrong_packet_makes_at_most_one_call(lambda: segment("smith", window=1))


def with_a_filtered_listener():
    """A queue of connections that is full drops every SYN, as a packet filter would."""
    def filtered():
        s = listener(backlog=0)
        s.fillers = []
        for _ in range(4):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.settimeout(0.2)
            s.fillers.append(filler)
            with contextlib.suppress(OSError):
                filler.connect((ME, CALLBACK))
        return s
    one_wrong_packet_makes_at_most_one_call(lambda: chaos("smith", tos=24), filtered)


def one_call_for_one_packet_of_everybody():
    with Sniffer(after=6) as seen:
        raw.sendto(ip_header(200, tos=0) + b"x", (TARGET, 0))
    assert len(seen.calls()) == 1, seen.calls()


def sources_outside_are_never_answered():
    outside = ["192.0.2.1", "8.8.8.8", "10.10.1.40", "172.16.1.15", "127.0.0.1", "224.0.0.1", "255.255.255.255",
               "10.10.0.255", "10.10.0.0", "0.0.0.1"]
    udp = struct.pack("!HHHH", 4444, DATAGRAM, 13, 0) + b"smith"
    with Sniffer(after=4) as seen:
        for src in outside:
            with contextlib.suppress(OSError):
                chaos("smith", src=src)
                chaos("smith", src=src, tos=1)
                segment("smith", src=src)
                segment("smith", src=src, port=STREAM)  # a SYN for a socket that listens
                raw.sendto(ip_header(17, src=src) + udp, (TARGET, 0))
    # what its kernel says by itself is not the target's: resets of closed ports, and, without CAP_NET_ADMIN to
    # forbid it, a SYN-ACK of a listening one
    ours = [p for p in seen.packets if p[9] == 17 or (p[9] == 6 and p[(p[0] & 15) * 4 + 13] & 0x16 in (0, 2))]
    ours += [p for p in seen.packets if p[9] == 1 and p[20:22] == b"\x03\x02"]  # protocol unreachable
    assert not ours, [(socket.inet_ntoa(p[16:20]), p[9], p[20:].hex()) for p in ours]
    with listener() as s:
        chaos("smith")
        has(called(s), "chaos", "smith")


def scans_make_no_call():
    with Sniffer(after=4) as seen:
        subprocess.run(["ping", "-c", "2", "-i", "0.2", TARGET], capture_output=True)
        if shutil.which("nmap"):
            subprocess.run(["nmap", "-n", "-Pn", "--privileged", "-sS", "-p", "1-200,1111,5001,8081", TARGET],
                           capture_output=True, timeout=PATIENCE)
            subprocess.run(["nmap", "-n", "-Pn", "--privileged", "-sO", "-p", "1,6,16,17", TARGET],
                           capture_output=True, timeout=PATIENCE)
        segment("", flags=2)
        stream(b"smith\n")
        stream(b"wrong handle\n")
        datagram(b"nobody here\n")
    assert not seen.calls(), seen.calls()


def spoofed_near_misses_cost_a_neighbour_one_listener():
    """1,000 packets in his name and from his address, while he sends his own right one."""
    calls = []

    def neighbour():
        while True:
            calls.append((time.monotonic(), called(s)))

    with listener() as s:
        threading.Thread(target=neighbour, daemon=True).start()
        before = time.monotonic()
        for i in range(500):
            chaos("smith", tos=24)
            segment("smith", window=1)
            if i == 200:
                chaos("smith")
        while (took := time.monotonic() - before) < 9.5 or took < PATIENCE and not any("flag{" in text for _, text in calls):
            time.sleep(0.05)
    flags = [text for _, text in calls if FLAG % ("chaos", "smith") in text]
    near = [text for _, text in calls if "right, smith" in text]
    assert len(flags) == 1, calls
    assert len(near) <= 1 + took // 10 and len(calls) <= len(flags) + len(near), calls


def broken_packets_harm_nobody():
    frame = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    frame.bind(("eth0", 0x0800))
    ethernet = target_mac() + frame.getsockname()[4] + b"\x08\x00"
    whole = ip_header(16, length=30, src=ME) + b"smith".hex().encode()
    tcp = ip_header(6, length=40) + struct.pack("!HHLLBBHHH", 1, SEGMENT, 1, 0, 5 << 4, 2, 1, 0, 0)
    for packet in (whole, tcp):
        for n in range(len(packet)):
            frame.send(ethernet + packet[:n])
        for first in range(256):
            frame.send(ethernet + bytes([first]) + packet[1:])
        for length in (0, 19, 20, 21, 65535):
            frame.send(ethernet + packet[:2] + struct.pack("!H", length) + packet[4:])
    for offset in range(16):
        frame.send(ethernet + tcp[:32] + bytes([offset << 4]) + tcp[33:])
    time.sleep(1)
    with listener() as s:
        chaos("jones")
        text = ""
        while "flag{chaos.jones." not in text:
            text = called(s)
        has(text, "chaos", "jones")


def target_mac():
    subprocess.run(["ping", "-c", "1", TARGET], capture_output=True)
    with open("/proc/net/arp") as f:
        for line in f:
            if line.startswith(TARGET + " "):
                return bytes.fromhex(line.split()[3].replace(":", ""))
    return sys.exit("the target has no MAC address here")


def only_the_own_hosts_flag():
    has(stream(b"smith\n"), "stream", "smith")
    answer = stream(b"jones\n")
    assert "flag{" not in answer and "another host" in answer, answer
    answer = stream(b"kim\n")
    assert "flag{" not in answer and "roster has no address" in answer and "roster.csv" in answer, answer
    answer = stream(b"miller\n")
    assert "flag{" not in answer and "roster" in answer, answer


def near_misses_of_oneself_and_of_another():
    own, another = stream(b"smith".hex().encode() + b"\n"), stream(b"jones".hex().encode() + b"\n")
    assert "[WRONG_ENCODING]" in own and "smith" in own, own
    assert "wrong: payload\n" in another and "[" not in another and "hex" not in another, another
    with socket.create_connection((TARGET, 1110), PATIENCE) as s:
        s.sendall(b"seen\nquit\n")
        told = b"".join(iter(lambda: s.recv(4096), b"")).decode()
    mine, others = [l for l in told.splitlines() if ", as smith" in l], [l for l in told.splitlines() if ", as jones" in l]
    assert mine and "wrong: payload" in mine[0], told
    assert others and "came" in others[0] and "right" not in others[0] and "wrong" not in others[0], told


def hold_everything_open():
    idle = socket.create_connection((TARGET, STREAM), PATIENCE)
    begun = socket.create_connection((TARGET, STREAM), PATIENCE)
    begun.send(b"smi")
    with listener() as s:
        chaos("smith")
        s.settimeout(PATIENCE)
        c = s.accept()[0]  # and never reads nor closes
        print("held", flush=True)
        sys.stdin.read()
        del idle, c


if __name__ == "__main__":
    globals()[sys.argv[1]]()
