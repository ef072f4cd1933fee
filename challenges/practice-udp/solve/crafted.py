#!/usr/bin/python3
# The same with Scapy, which makes both headers from the fields that are named.
# needs: scapy3
import os
import socket

from scapy.all import IP, UDP, Raw, conf, send

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
header = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"],
            id=int(os.environ["WIREGRADE_PARAM_IP_ID"], 0))
ports = UDP(sport=int(os.environ["WIREGRADE_PARAM_UDP_SRCPORT"]), dport=4747)
send(header / ports / Raw(os.environ["WIREGRADE_STUDENT"].encode()))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
