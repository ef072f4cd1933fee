#!/usr/bin/python3
# needs: scapy3
import os
import socket
from scapy.all import IP, UDP, Raw, conf, send

conf.verb = 0
target = os.environ["WIREGRADE_TARGET"]
handle = Raw(os.environ["WIREGRADE_STUDENT"].encode())

# The flag is called back: listen before knocking
listener = socket.create_server(("", int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)
header = IP(dst=target)
send([header / UDP(sport=5353, dport=7411) / handle, header / UDP(sport=5354, dport=9622), header / UDP(sport=5355, dport=8533)])

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
