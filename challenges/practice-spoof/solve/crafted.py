#!/usr/bin/python3
# The same with Scapy, which takes any source that it is told.
# needs: scapy3
import os
import socket

from scapy.all import IP, UDP, Raw, conf, send

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
header = IP(src="192.0.2.77", dst=os.environ["WIREGRADE_TARGET"]) / UDP(sport=4321, dport=4954)
send(header / Raw(os.environ["WIREGRADE_STUDENT"].encode()))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
