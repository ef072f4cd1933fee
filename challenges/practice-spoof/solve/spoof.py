#!/usr/bin/python3
import os
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b'\x00'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff or 0xffff        # 0 would say that none was made


# The flag is called back to this host: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

source = socket.inet_aton("192.0.2.77")
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
payload = os.environ["WIREGRADE_STUDENT"].encode()
length = 8 + len(payload)
ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) | 5, 0, 0, 1, 0, 64, socket.IPPROTO_UDP, 0, source, target)
udp_header = struct.pack('!HHHH', 4321, 4954, length, 0)
pseudo_header = struct.pack('!4s4sBBH', source, target, 0, socket.IPPROTO_UDP, length)
udp_header = struct.pack('!HHHH', 4321, 4954, length, checksum(pseudo_header + udp_header + payload))

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + udp_header + payload, (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
