#!/usr/bin/python3
# The same with Scapy, which fills in the EtherType, the types and the sizes.
# needs: scapy3
import os
import socket

from scapy.all import ARP, Ether

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
station = ":".join(f"{byte:02x}" for byte in s.getsockname()[4])
told = ":".join(f"{byte:02x}" for byte in int(os.environ["WIREGRADE_PARAM_ARP_DST_HW_MAC"]).to_bytes(6, "big"))
s.send(bytes(Ether(src=station, dst="ff:ff:ff:ff:ff:ff")
             / ARP(op=2, hwsrc=station, psrc=os.environ["WIREGRADE_SOURCE"], hwdst=told, pdst=os.environ["WIREGRADE_TARGET"])))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
