#!/usr/bin/python3
# The same with Scapy, which makes header and checksum from the fields that are named.
# needs: scapy3
import base64
import os
import socket

from scapy.all import ICMP, IP, Raw, conf, send

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
header = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"])
echo = ICMP(type="echo-request", id=0x5747, seq=int(os.environ["WIREGRADE_PARAM_ICMP_SEQ"]))
send(header / echo / Raw(base64.b64encode(os.environ["WIREGRADE_STUDENT"].encode())))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
