#!/usr/bin/python3
# The same with Scapy, which makes lengths and checksums.
# needs: scapy3
import os
import socket

from scapy.all import IP, UDP, Raw, conf, send, sr1

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
ip = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"])
udp = UDP(sport=4322, dport=4851)
key = int(sr1(ip / udp / Raw(os.environ["WIREGRADE_STUDENT"].encode()), timeout=5)[Raw].load)
for letters in (0x434f, 0x5645, 0x5254):
    ip.id = letters + key
    send(ip / udp)

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
