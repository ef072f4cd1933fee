#!/usr/bin/python3
import os
import socket
import struct

source = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
PROTOCOL, IDENTIFICATION = 254, 0x1234
data = b"fragments, from " + os.environ["WIREGRADE_STUDENT"].encode()

# The flag is called back: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for more, at, payload in (0, 16, data[16:]), (1, 0, data[:16]):
    ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) | 5, 0, 0, IDENTIFICATION, more << 13 | at // 8, 64, PROTOCOL, 0, source, target)
    s.sendto(ip_header + payload, (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
