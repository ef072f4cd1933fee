#!/usr/bin/python3
# The same with Scapy, which makes both headers from the fields that are named; a raw socket sends them.
# needs: scapy3
import os
import socket

from scapy.all import UDP, IPv6, Raw

listener = socket.create_server(('::', int(os.environ["WIREGRADE_PORT"])), family=socket.AF_INET6)
listener.settimeout(10)

target = os.environ["WIREGRADE_TARGET"]
header = IPv6(src=os.environ["WIREGRADE_SOURCE"], dst=target, hlim=77, fl=int(os.environ["WIREGRADE_PARAM_IPV6_FLOW"], 0))
ports = UDP(sport=int(os.environ["WIREGRADE_PARAM_UDP_SRCPORT"]), dport=4852)
packet = bytes(header / ports / Raw(os.environ["WIREGRADE_STUDENT"].encode()))
socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(packet, (target, 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
