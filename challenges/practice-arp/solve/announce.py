#!/usr/bin/python3
import os
import socket
import struct

# The flag is called back: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

# A packet socket sends what it is given from the first byte of the Ethernet header on
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
station = s.getsockname()[4]
source = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
told = int(os.environ["WIREGRADE_PARAM_ARP_DST_HW_MAC"]).to_bytes(6, "big")

ethernet = struct.pack('!6s6sH', b'\xff' * 6, station, 0x0806)
arp = struct.pack('!HHBBH6s4s6s4s', 1, 0x0800, 6, 4, 2, station, source, told, target)
s.send(ethernet + arp)

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
