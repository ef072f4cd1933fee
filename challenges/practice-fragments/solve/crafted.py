#!/usr/bin/python3
# The same with Scapy, whose fragment() would cut a long handle, too.
# needs: scapy3
import os
import socket

from scapy.all import IP, Raw, conf, send

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
header = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"], proto=254, id=4711)
later = header / Raw(os.environ["WIREGRADE_STUDENT"].encode())
later.frag = 2
first = header / Raw(b"fragments, from ")
first.flags = "MF"
send([later, first])

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
