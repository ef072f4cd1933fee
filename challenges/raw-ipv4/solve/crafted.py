#!/usr/bin/python3
# The same with Scapy, which makes header, length and checksum from the fields that are named.
# needs: scapy3
import os
import socket

from scapy.all import IP, Raw, conf, send

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
header = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"], proto=16,
            tos=int(os.environ["WIREGRADE_PARAM_IP_DSFIELD_DSCP"]) << 2, id=int(os.environ["WIREGRADE_PARAM_IP_ID"]))
send(header / Raw(os.environ["WIREGRADE_STUDENT"].encode().hex().encode()))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
