#!/usr/bin/python3
# The same with Scapy, which makes header and lengths from the options that are named.
# needs: scapy3
import os
import socket

from scapy.all import IP, IPOption_Router_Alert, IPOption_Stream_Id, Raw, conf, send

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
header = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"], proto=253,
            id=int(os.environ["WIREGRADE_PARAM_IP_ID"], 0), options=[IPOption_Router_Alert(), IPOption_Stream_Id(security=0x4757)])
send(header / Raw(os.environ["WIREGRADE_STUDENT"].encode()))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
