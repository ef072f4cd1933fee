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
    return ~total & 0xffff


# The flag is called back: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

source = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
payload = b"quiet " + os.environ["WIREGRADE_STUDENT"].encode()

# A TTL that no system begins with, a number that no tool takes, no flags
ip = struct.pack('!BBHHHBBH4s4s', (4 << 4) | 5, 0, 0, 0x1234, 0, 200, socket.IPPROTO_UDP, 0, source, target)

# UDP, RFC 768, from the first port above those that the kernel hands out
sport, dport = 61000, 4949
length = 8 + len(payload)
pseudo = struct.pack('!4s4sBBH', source, target, 0, socket.IPPROTO_UDP, length)
header = struct.pack('!HHHH', sport, dport, length, 0)
header = struct.pack('!HHHH', sport, dport, length, checksum(pseudo + header + payload))

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip + header + payload, (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
