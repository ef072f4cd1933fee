#!/usr/bin/env python3
"""steps_student.py CASE: what a student does to the conversations of data/steps; runs inside a range. Prints how many
flags were earned."""
import base64
import re
import socket
import struct
import sys
import time

import steps_called
import steps_talk
from steps_talk import DATAGRAM, ECHO, ENDS, FIRST, ME, PATIENCE, PORT, ROUNDS, SHAKE, TARGET, Datagram, Stream, has_flag, require


def echo(who="smith"):
    s = Stream(ECHO)
    require(s.line() == "who are you?\n", "the target speaks first")
    return s, s.ask(who)


def all_in_order_earns_the_flag():
    s, word = echo()
    require(re.fullmatch("[a-z]{8}", word), word)
    s.send(word.encode().hex() + "\n")
    require(has_flag(s.rest(), "echo"), "echo")
    s = Stream(ROUNDS)
    n = s.ask("smith")
    for _ in range(4):
        n = s.ask(str((int(n) + 1) % 65536))
    s.send(str((int(n) + 1) % 65536))
    require(has_flag(s.rest(), "rounds"), "rounds")
    s = Stream(FIRST)
    require(s.ask("smith") == "and your favourite word?", "first")
    require(s.ask("socket") == "once more", "first")
    s.send(base64.b64encode(b"socket smith"))
    text = s.rest()
    require(text.startswith("well done, smith\n") and has_flag(text, "first"), text)
    d = Datagram(DATAGRAM)
    require(has_flag(d.ask(base64.b64encode(d.ask("smith").strip().encode()).decode()), "datagram"), "datagram")


def messages_end_as_their_step_says():
    s = Stream(ENDS)
    s.send("smi")
    time.sleep(0.5)  # longer than the silence that would end it
    s.send(b"th\n\x0a\x0b")
    s.send(b"\x0a\x0cthis is\nin two lines\nof three")
    time.sleep(0.6)
    s.send("123")
    time.sleep(0.4)
    s.send("4567")
    s.s.shutdown(socket.SHUT_WR)
    require(has_flag(s.rest(), "ends"), "ends")


def another_order_and_a_step_left_out_are_told():
    s = Stream(FIRST)
    s.send("socket\n")
    text = s.rest()
    require(text.startswith("first: step 1 of 3: 1 of 2 right.\nthe handle in it is not on the roster"), text)
    s, word = echo()
    s.send("smith\n")  # step 2's message in place of step 3's
    text = s.rest()
    require("echo: step 3 of 3: 1 of 2 right, smith." in text and "[OTHER_STEP]" in text, text)
    d = Datagram(DATAGRAM)
    word = d.ask("smith").strip()
    text = d.ask(word)
    require("datagram: step 2 of 2: 1 of 2 right, smith." in text and "[NOT_ENCODED]" in text, text)
    # three near misses end a try, and the right answer then comes too late for it
    d.ask("x")
    d.ask("y")
    text = d.ask(base64.b64encode(word.encode()).decode())
    require("flag{" not in text and "step 1 of 2" in text and "it is what step 2 asks for, and step 1 is due" in text, text)


def a_wrong_answer_is_no_new_name():
    """Without a roster every word is a handle."""
    d = Datagram(DATAGRAM)
    word = d.ask("smith").strip()
    text = d.ask(word)
    require("datagram: step 2 of 2: 1 of 2 right, smith." in text and "[NOT_ENCODED]" in text, text)
    require(has_flag(d.ask(base64.b64encode(word.encode()).decode()), "datagram"), "the second")


def the_value_of_another_try_is_told():
    old, word = echo()
    new, other = echo()
    require(word != other, "drawn anew")
    new.send(word.encode().hex() + "\n")
    text = new.rest()
    require("[ANOTHER_TRY]" in text and "flag{" not in text, text)
    old.s.close()
    new, last = echo()
    new.send(word.encode().hex() + "\n")
    require("[ANOTHER_TRY]" in new.rest(), "one that is over")
    d = Datagram(DATAGRAM)
    first = d.ask("smith").strip()
    second = d.ask("smith").strip()
    require(first != second, "a right first step begins anew")
    text = d.ask(base64.b64encode(first.encode()).decode())
    require("[ANOTHER_TRY]" in text and "flag{" not in text, text)
    require(has_flag(d.ask(base64.b64encode(second.encode()).decode()), "datagram"), "the second")


def what_comes_late_is_told():
    s, word = echo()
    text = s.rest()
    require(text == "echo: step 3 of 3: no whole message within 1.0 s; begin anew\n", text)
    d = Datagram(DATAGRAM)
    word = d.ask("smith").strip()
    time.sleep(1.2)
    text = d.ask(base64.b64encode(word.encode()).decode())
    require("[STEP_LATE]" in text and "flag{" not in text and "on the roster" not in text, text)
    s, word = echo()
    s.s.shutdown(socket.SHUT_WR)
    text = s.rest()
    require(text.startswith("echo: step 3 of 3: you ended the connection before it; leave it open until the flag is there") and
            "no shutdown(), no nc -N; and read one line" in text, text)


def a_wrong_first_message_is_no_later_step():
    first = Datagram(PORT, 6200)
    require(first.ask("smith") == "your port is 6200\n", "a try waits")
    for wrong, code in (("I am smith", "EXTRA_TEXT"), ("b'smith'", "PYTHON_REPR")):
        text = Datagram(PORT).ask(wrong)
        require("step 1 of 2" in text and f"[{code}]" in text and "KERNEL_PICKED" not in text, text)
    # what the try told, or what its step asks for, is of that step, from whichever port
    require("step 2 of 2" in Datagram(PORT).ask("smith: 6200"), "the number that was told")
    require(first.ask("smith") == "your port is 6200\n", "anew, after three wrong ones")
    require("step 2 of 2" in Datagram(PORT, 6201).ask("I am smith"), "from the port that is asked for")
    text = Datagram(PORT, 6201).ask("")
    require("step 2 of 2" in text and f"s.sendto(data, (target, {PORT}))" in text, text)
    require(has_flag(Datagram(PORT, 6201).ask("moved"), "port", "smith"), "two wrong ones end no try")
    require(first.ask("smith") == "your port is 6200\n", "once more")
    text = Datagram(PORT).ask("HANDLE")
    require("step 1 of 2" in text and "[PLACEHOLDER]" in text, text)
    require("step 2 of 2" in Datagram(PORT).ask("stayed"), "no word of a first message")


def two_students_behind_one_address_do_not_meet():
    smith, jones = Datagram(DATAGRAM), Datagram(DATAGRAM)
    one, two = smith.ask("smith").strip(), jones.ask("jones").strip()
    require(one != two, "each his own word")
    encode = lambda text: base64.b64encode(text.encode()).decode()
    require(has_flag(jones.ask(encode(two)), "datagram", "jones"), "jones")
    # from another port than before: it is the source that counts, and whose due step it fits
    require(has_flag(Datagram(DATAGRAM).ask(encode(one)), "datagram", "smith"), "smith")
    a, b = Datagram(PORT, 6000), Datagram(PORT, 6100)
    require(a.ask("smith") == "your port is 6000\n" and b.ask("jones") == "your port is 6100\n", "ports")
    require(has_flag(Datagram(PORT, 6101).ask("moved"), "port", "jones"), "jones")
    text = a.ask("moved")
    require("step 2 of 2" in text and "expected 6001" in text, text)
    require(has_flag(Datagram(PORT, 6001).ask("moved"), "port", "smith"), "smith")
    s, word = echo("smith")
    t, other = echo("jones")
    t.send(other.encode().hex() + "\n")
    s.send(word.encode().hex() + "\n")
    require(has_flag(s.rest(), "echo") and has_flag(t.rest(), "echo", "jones"), "two streams")


def ten_thousand_first_steps_and_no_second():
    d = Datagram(DATAGRAM)
    for i in range(10000):
        d.s.sendto(b"student%d" % (i % 300), d.to)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for i in range(10000):  # and in the names of 200 neighbours
        data = b"student%d" % (i % 300)
        raw.sendto(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 1, 0, 64, 17, 0, bytes([10, 10, 0, 41 + i % 200]),
                               socket.inet_aton(TARGET)) +
                   struct.pack("!HHHH", 20000 + i, DATAGRAM, 8 + len(data), 0) + data, (TARGET, 0))
    answers = 0
    try:
        while d.s.recv(2000):
            answers += 1
            d.s.settimeout(0.5)
    except TimeoutError:
        pass
    print("answers", answers)
    require(0 < answers < 2000, answers)


class Shaker:
    """A TCP connection by hand; this host's kernel resets it after each reply, as every student's does."""

    def __init__(self, port):
        self.port = port
        self.ear = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
        self.mouth = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, flags, seq, ack, payload=b"", source=ME):
        ends = socket.inet_aton(source) + socket.inet_aton(TARGET)
        tcp = struct.pack("!HHLLBBHHH", self.port, SHAKE, seq, ack, 0x50, flags, 5840, 0, 0) + payload
        words = ends + struct.pack("!BBH", 0, 6, len(tcp)) + tcp + b"\0" * (len(tcp) % 2)
        total = sum(struct.unpack(f"!{len(words) // 2}H", words))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        tcp = tcp[:16] + struct.pack("!H", ~total & 0xffff) + tcp[18:]
        self.mouth.sendto(struct.pack("!BBHHHBBH", 0x45, 0, 0, 7, 0, 64, 6, 0) + ends + tcp, (TARGET, 0))

    def heard(self, wait=PATIENCE):
        """(seq, ack) of the target's next SYN-ACK to this port; None when there is none in time."""
        until = time.monotonic() + wait
        while (left := until - time.monotonic()) > 0:
            self.ear.settimeout(left)
            try:
                data = self.ear.recv(2000)
            except TimeoutError:
                break
            sport, dport, seq, ack, _, flags = struct.unpack("!HHLLBB", data[20:34])
            if (sport, dport) == (SHAKE, self.port):
                require(flags == 0x12 and data[12:16] == socket.inet_aton(TARGET), "nothing but a SYN-ACK comes from there", flags)
                return seq, ack
        return None

    def ask(self, seq):
        self.send(0x02, seq, 0, b"smith")
        got = self.heard()
        require(got and got[1] == (seq + 1) % 2**32, "it is acknowledged", got)
        time.sleep(0.1)  # the kernel's reset is there by now
        return got[0]


def called(sends):
    """What the call to port 1111 tells that follows what sends() sends."""
    with socket.create_server(("", 1111)) as server:
        server.settimeout(PATIENCE)
        sends()
        conn, _ = server.accept()
        with conn:
            conn.settimeout(PATIENCE)
            got = b""
            while more := conn.recv(2000):
                got += more
    return got.decode()


def seen():
    with socket.create_connection((TARGET, 1110), PATIENCE) as s:
        s.sendall(b"seen\n")
        s.shutdown(socket.SHUT_WR)
        got = b""
        while more := s.recv(4096):
            got += more
    return got.decode()


def packets_in_several_steps():
    first = Shaker(41001)
    mine = first.ask(0xffffffff)
    again = first.ask(0xffffffff)
    require(again == mine, "what comes again is answered alike", mine, again)
    other = first.ask(7)
    require(other != mine, "a right first step begins anew")
    text = called(lambda: first.send(0x10, 8, (mine + 1) % 2**32))  # of the try before
    require("shake: step 2 of 2" in text and "[ANOTHER_TRY]" in text, text)
    require("TCP reset from your port 41001" in seen(), seen())
    text = called(lambda: [first.send(0x10, 8, (other + 1) % 2**32) for _ in range(2)])  # a network may double it
    require(re.fullmatch(r"(flag{shake\.smith\.[a-z2-7-]+}\n)+", text), text)
    lone = Shaker(41002)
    lone.send(0x10, 9, 10)
    require(lone.heard(1) is None, "no reply to what is no first step")


def handshakes_in_others_names():
    shaker = Shaker(41003)
    for i in range(10000):
        shaker.send(0x02, i, 0, b"smith", f"10.10.0.{41 + i % 200}")
        if i % 100 == 0:
            time.sleep(0.01)
    shaker.send(0x02, 1, 0, b"smith", "192.0.2.7")  # no student's
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE:  # as TCP would, again and again
        shaker.send(0x02, 77, 0, b"smith")
        if shaker.heard(1):
            break
    else:
        require(False, "it answers all the same")
    print(f"answered after {time.monotonic() - began:.1f} s,", end=" ")


def main():
    {**vars(steps_called), **globals()}[sys.argv[1]]()
    print("FLAGS", steps_talk.flags)


main()
