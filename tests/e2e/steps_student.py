#!/usr/bin/env python3
"""steps_student.py CASE: what a student does to the conversations of data/steps; runs inside a range. Prints how many
flags were earned."""
import base64
import re
import socket
import sys
import time

TARGET, ME = "172.16.1.15", "10.10.0.40"
ECHO, ROUNDS, FIRST, ENDS, DATAGRAM, PORT = 5101, 5102, 5103, 5104, 5201, 5202
flags = 0


def has_flag(text, slug, who="smith"):
    global flags
    right = bool(re.fullmatch(rf"(?s).*flag{{{slug}\.{who}\.[a-z2-7-]+}}\n", text))
    flags += right
    return right


def require(condition, *what):
    if not condition:
        sys.exit(f"not so: {what!r}")


class Stream:
    def __init__(self, port):
        self.s = socket.create_connection((TARGET, port), 10)
        self.s.settimeout(10)

    def send(self, data):
        self.s.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        got = b""
        while not got.endswith(b"\n"):
            more = self.s.recv(1)
            if not more:
                break
            got += more
        return got.decode()

    def rest(self):
        got = b""
        while more := self.s.recv(4096):
            got += more
        return got.decode()

    def ask(self, text):
        self.send(text + "\n")
        return self.line().strip()


class Datagram:
    def __init__(self, port, source=0):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((ME, source))
        self.s.settimeout(3)
        self.to = (TARGET, port)

    def ask(self, text):
        self.s.sendto(text.encode(), self.to)
        return self.s.recv(2000).decode()


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
    require("flag{" not in text and "step 1 of 2" in text, text)


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
    old.s.close()
    time.sleep(0.3)  # its end is seen
    new.send(word.encode().hex() + "\n")
    text = new.rest()
    require("[ANOTHER_TRY]" in text and "flag{" not in text, text)
    d = Datagram(DATAGRAM)
    first = d.ask("smith").strip()
    second = d.ask("smith").strip()
    require(first != second, "a right first step begins anew")
    text = d.ask(base64.b64encode(first.encode()).decode())
    require("[ANOTHER_TRY]" in text and "flag{" not in text, text)
    require(has_flag(d.ask(base64.b64encode(second.encode()).decode()), "datagram"), "the second")


def what_comes_late_is_told():
    s, word = echo()
    time.sleep(1.2)
    text = s.rest()
    require(text == "echo: step 3 of 3: no whole message within 1.0 s; begin anew\n", text)
    d = Datagram(DATAGRAM)
    word = d.ask("smith").strip()
    time.sleep(1.2)
    text = d.ask(base64.b64encode(word.encode()).decode())
    require("[STEP_LATE]" in text and "flag{" not in text, text)
    s, word = echo()
    s.s.shutdown(socket.SHUT_WR)
    text = s.rest()
    require(text.startswith("echo: step 3 of 3: you ended the connection before it"), text)


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
    d.s.settimeout(0.5)
    answers = 0
    try:
        while d.s.recv(2000):
            answers += 1
    except TimeoutError:
        pass
    print("answers", answers)
    require(0 < answers < 2000, answers)


def main():
    globals()[sys.argv[1]]()
    print("FLAGS", flags)


main()
