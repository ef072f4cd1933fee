#!/usr/bin/python3
# needs: scapy3
import os
import socket

from scapy.all import IP, TCP, Raw

listener = socket.create_server(("", int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)
packet = (IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"], ttl=20, id=0x0700)
          / TCP(sport=20, dport=int(os.environ["WIREGRADE_PARAM_TCP_DSTPORT"]), flags="PU", window=4242)
          / Raw(b"open for " + os.environ["WIREGRADE_STUDENT"].encode()))
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(bytes(packet), (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
