#!/usr/bin/env python3
"""clients.py BIN CASE: students' own tools, and the four scripts of the course's material, against the course's targets."""
import sys

import handouts
from classroom import STUDENT, TARGET, Classroom, listens, need, require

# The material's scripts, changed only in address and message (and, for datagrams, nothing else).
STREAM_SENDER = """#!/usr/bin/python3
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
ip_addr = '172.16.1.15'
port = 1111
s.connect((ip_addr, port))
message = b"smith"
s.send(message)
data, conn = s.recvfrom(1024)
print(data.decode('utf-8'))
s.close()
"""
STREAM_RECEIVER = """#!/usr/bin/python3
import socket
import os
port = 1111
message = b"Connected to TCP Server on port %i\\n" % port
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', port))
s.listen(1)
os.system("clear")
print ("Waiting for TCP connections\\n")
while 1:
    conn, addr = s.accept()
    connect = conn.recv(1024)
    address, port = addr
    print ("Message Received - '%s'" % connect.decode())
    print ("Sent by -", address, "port -", port, "\\n")
    conn.sendall(message)
    conn.close()
"""
DATAGRAM_SENDER = """#!/usr/bin/python3
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
ip_addr = '172.16.1.15'
port = 2222
message = b"smith"
s.sendto(message, (ip_addr, port))
data, addr = s.recvfrom(1024)
print(data.decode())
"""
DATAGRAM_RECEIVER = """#!/usr/bin/python3
import socket
import os
port = 2222
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM,0)
s.bind(('', port))
os.system("clear")
print ("Awaiting UDP Messages")
while True:
    data, addr = s.recvfrom(1024)
    address, port = addr
    print ("\\nMessage Received: '%s'" % data.decode())
    print ("Sent by -", address, "port", port)
    s.sendto(b"Message received by the UDP Message Server!", addr)
"""

# A raw IPv4 packet as the material builds one: DSCP, identification and handle are arguments.
IPRAW = """#!/usr/bin/python3
import binascii, socket, struct, sys
dscp, ident, handle = int(sys.argv[1], 0), int(sys.argv[2], 0), sys.argv[3]
header = struct.pack('!BBHHHBBH4s4s', 0x45, dscp << 2, 0, ident, 0, 64, 16, 0,
                     socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'))
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(header + binascii.hexlify(handle.encode()), ('172.16.1.15', 0))
"""


def number(text):
    """24 of "24 (CS3)", 6699 of "0x1a2b (6699)"."""
    return int(text.split()[0], 0)


def raw_values(room, script=IPRAW):
    """DSCP and identification of smith, told by a near miss."""
    room.python(script, "1", "1", "smith")
    room.journal("attempt", 1)
    told = room.values("raw-ipv4")
    return str(number(told["ip.dsfield.dscp"])), str(number(told["ip.id"]))


def script(room, shell):
    return room.student("bash", "-c", shell, files={"ipraw.py": IPRAW, "receiver.py": STREAM_RECEIVER})


# what such a program writes, once the flag is in it, though it might wait for more; then it is ended
FLAG_IS_THERE = "until grep -q flag{ /tmp/out; do sleep 0.05; done; cat /tmp/out; kill %1; true"


def sender_case(slug, shell, tools):
    def case(room):
        need(*tools)
        out = script(room, f"({shell.format(t=TARGET)}) >/tmp/out 2>&1 & {FLAG_IS_THERE}")
        require(room.flag(slug) in out, "the flag:", out)
    return case


def stream_case(shell, *tools):
    return sender_case("stream-sender", shell, tools)


def datagram_case(shell, *tools):
    return sender_case("datagram-sender", shell, tools)


def listener_case(listener, *tools):
    """The flag of a raw packet is called back to this listener, started as students start it."""
    def case(room):
        need(*tools)
        dscp, ident = raw_values(room)
        out = script(room, f"timeout 250 {listener} >/tmp/out 2>&1 & {listens(1111)}"
                           f"python3 /tmp/ipraw.py {dscp} {ident} smith; {FLAG_IS_THERE}")
        require(room.flag("raw-ipv4") in out, "the flag:", out)
    return case


def course_stream_sender(room):
    out = room.python(STREAM_SENDER)
    require(out.strip() == room.flag("stream-sender"), out)


def course_datagram_sender(room):
    out = room.python(DATAGRAM_SENDER)
    require(out.strip() == room.flag("datagram-sender"), out)


def course_datagram_receiver(room):
    """The answer goes to the port that the datagram came from, so the material's receiver on 2222 can have it; and what
    it sends back is a near miss whose answer it answers: that must come to rest."""
    send = """
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
s.sendto(struct.pack('!HHHH', 2222, 2222, 13, 0) + b'smith', ('172.16.1.15', 0))
"""
    out = room.student("bash", "-c", f": >/tmp/out; python3 -u /tmp/receiver.py >/tmp/out & {listens(2222, 'u')}python3 /tmp/send.py; "
                       "until grep -q flag{ /tmp/out; do sleep 0.05; done; sleep 4; kill %1; cat /tmp/out", files={"receiver.py": DATAGRAM_RECEIVER, "send.py": send}, check=False)
    require(room.flag("datagram-sender") in out, out)
    # ten answers at once, then one a second: what its bucket allows for nobody's near misses
    require(len(room.journal("attempt")) <= 16, "a loop of answers:", len(room.journal("attempt")))


def asked(room, receiver, slug, port, listening, target=TARGET):
    """The flag that comes to the nc which asked, while this receiver of the material's runs beside it."""
    need("/bin/nc.openbsd")
    out = room.student("bash", "-c", "timeout 250 python3 -u /tmp/receiver.py >/dev/null & "
                       f"{listens(*listening)}(echo smith; sleep 3) | timeout 250 nc.openbsd {target} {port}; kill %1; true", files={"receiver.py": receiver})
    require(room.flag(slug) in out, out)


# The material's receivers, changed in nothing but what they answer.
STREAM_ANSWERS = STREAM_RECEIVER.replace("conn.sendall(message)", 'conn.sendall(b"smith received " + connect)')
DATAGRAM_ANSWERS = DATAGRAM_RECEIVER.replace('b"Message received by the UDP Message Server!"', 'b"smith received " + data')


def course_stream_receiver_is_called(room):
    asked(room, STREAM_ANSWERS, "stream-receiver", 5111, (1111, "t"))


def course_datagram_receiver_is_called(room):
    asked(room, DATAGRAM_ANSWERS, "datagram-receiver", 5222, (2222, "u"))


def ipraw(room, source, target, port):
    dscp, ident = raw_values(room, IPRAW.replace(STUDENT, source).replace(TARGET, target))
    values = {"source": source, "target": target, "tos": int(dscp) << 2, "ident": ident, "message": "smith"}
    out = handouts.called_back(room, handouts.IPRAW.format(**values), port=port)
    require(room.flag("raw-ipv4") in out, out)


def course_ipraw(room):
    """A handed out script with values filled in: those of a near miss."""
    need("/bin/nc.traditional")
    ipraw(room, STUDENT, TARGET, 1111)


def tcpraw(room, source, target, port):
    values = {"source": source, "target": target, "dport": 8081, "flags": 2, "message": "smith", "encode": "base64.b64encode"}
    handouts.called_back(room, handouts.TCPRAW.format(sport=1, seq=1, ack=1, **values), port=port)
    told = {k: number(v) for k, v in room.values("raw-tcp").items() if k.startswith("tcp.") and v[:1].isdigit()}
    out = handouts.called_back(room, handouts.TCPRAW.format(sport=told["tcp.srcport"], seq=told["tcp.seq_raw"],
                                                            ack=told["tcp.ack_raw"], **values), port=port)
    require(room.flag("raw-tcp") in out, out)


def course_tcpraw(room):
    need("/bin/nc.traditional")
    tcpraw(room, STUDENT, TARGET, 1111)


def scapy_raw(room):
    need("/usr/bin/scapy3")
    dscp, ident = raw_values(room)
    text = f"""
from scapy.all import IP, Raw, send, conf
conf.verb = 0
send(IP(dst="{TARGET}", src="{STUDENT}", proto=16, tos={dscp} << 2, id={ident})/Raw(b"smith".hex().encode()))
"""
    out = room.student("bash", "-c", f"timeout 250 nc.traditional -lvnp 1111 & {listens(1111)}/usr/bin/python3 /tmp/s.py; wait",
                       files={"s.py": text})
    require(room.flag("raw-ipv4") in out, out)


def hping3_raw(room):
    need("/usr/sbin/hping3")
    command = ("hping3 -c 1 -S -s {port} -p 8081 -M {seq} -L {ack} -w 5840 -d 8 -E /tmp/data " + TARGET)
    files = {"data": "c21pdGg="}
    room.student("bash", "-c", command.format(port=1234, seq=1, ack=1), files=files, check=False)
    room.journal("attempt", 1)
    told = {k: number(v) for k, v in room.values("raw-tcp").items() if k.startswith("tcp.") and v[:1].isdigit()}
    out = room.student("bash", "-c", f"timeout 250 nc.traditional -lvnp 1111 & {listens(1111)}" +
                       command.format(port=told["tcp.srcport"], seq=told["tcp.seq_raw"], ack=told["tcp.ack_raw"]) +
                       "; wait", files=files, check=False)
    require(room.flag("raw-tcp") in out, out, room.journal("attempt")[-1])


def nmap_scan(room):
    """A scan finds the stream targets' ports and earns nothing."""
    need("/usr/bin/nmap")
    out = room.student("nmap", "-Pn", "-n", "-sT", "-p", "1111,3333,81", TARGET)
    require("1111/tcp open" in out and "3333/tcp open" in out and "81/tcp   closed" in out, out)
    require("flag{" not in out, out)


CASES = {
    "course_stream_sender": course_stream_sender,
    "course_datagram_sender": course_datagram_sender,
    "course_datagram_receiver": course_datagram_receiver,
    "course_stream_receiver_is_called": course_stream_receiver_is_called,
    "course_datagram_receiver_is_called": course_datagram_receiver_is_called,
    "course_ipraw": course_ipraw,
    "course_tcpraw": course_tcpraw,
    "course_stream_receiver": listener_case("python3 -u /tmp/receiver.py"),
    "nc_traditional_stream": stream_case("printf smith | nc.traditional -q 250 {t} 1111", "/bin/nc.traditional"),
    "nc_openbsd_stream": stream_case("printf smith | nc.openbsd -N {t} 1111", "/bin/nc.openbsd"),
    "nc_openbsd_stream_open": stream_case("printf smith | nc.openbsd -q 250 {t} 1111", "/bin/nc.openbsd"),
    "ncat_stream": stream_case("printf smith | ncat {t} 1111", "/usr/bin/ncat"),
    "nc_interactive": stream_case("(echo smith; sleep 1) | nc.traditional {t} 1111", "/bin/nc.traditional"),
    "dev_tcp": stream_case("exec 3<>/dev/tcp/{t}/1111; printf smith >&3; cat <&3"),
    "socat_stream": stream_case("printf smith | socat -t 250 - TCP:{t}:1111", "/usr/bin/socat"),
    "nc_traditional_datagram": datagram_case("printf smith | nc.traditional -u -q 250 -w 250 {t} 2222", "/bin/nc.traditional"),
    "nc_openbsd_datagram": datagram_case("printf smith | nc.openbsd -u -w 250 {t} 2222", "/bin/nc.openbsd"),
    "ncat_datagram": datagram_case("(printf smith; sleep 250) | ncat -u {t} 2222", "/usr/bin/ncat"),
    "dev_udp": datagram_case("exec 3<>/dev/udp/{t}/2222; printf smith >&3; timeout 250 head -n 1 <&3"),
    "socat_datagram": datagram_case("printf smith | socat -t 250 - UDP:{t}:2222", "/usr/bin/socat"),
    "nc_traditional_listener": listener_case("nc.traditional -lvnp 1111", "/bin/nc.traditional"),
    "nc_openbsd_listener": listener_case("nc.openbsd -lvnp 1111", "/bin/nc.openbsd"),
    "nc_openbsd_listener_with_input": listener_case("nc.openbsd -lvnp 1111 < <(yes | head -c 100000)", "/bin/nc.openbsd"),
    "ncat_listener": listener_case("ncat -lvnp 1111", "/usr/bin/ncat"),
    "socat_listener": listener_case("socat TCP-LISTEN:1111,reuseaddr -", "/usr/bin/socat"),
    "scapy": scapy_raw,
    "hping3": hping3_raw,
    "nmap": nmap_scan,
}

if __name__ == "__main__":
    with Classroom(sys.argv[1]) as classroom:
        CASES[sys.argv[2]](classroom)
