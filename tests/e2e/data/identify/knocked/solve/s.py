#!/usr/bin/env python3
import os, socket, struct
listener = socket.create_server(("", int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)
source, target = os.environ["WIREGRADE_SOURCE"], os.environ["WIREGRADE_TARGET"]
header = struct.pack('!BBHHHBBH4s4s', 69, 24 << 2, 0, 7777, 0, 64, 253, 0, socket.inet_aton(source), socket.inet_aton(target))
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(header + b"knock".hex().encode(), (target, 0))
print(listener.accept()[0].recv(1000).decode())
