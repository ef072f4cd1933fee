#!/usr/bin/python3
# The same with Scapy, which waits for what answers segment 1.
# needs: scapy3
import os
import socket

from scapy.all import IP, TCP, Raw, conf, send, sr1

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
ip = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"])
syn = TCP(sport=40962, dport=4750, seq=0x7fffffff, flags="S")
answer = sr1(ip / syn / Raw(os.environ["WIREGRADE_STUDENT"].encode()), timeout=5)
send(ip / TCP(sport=40962, dport=4750, seq=answer[TCP].ack, ack=(answer[TCP].seq + 1) % 2**32, flags="A"))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
