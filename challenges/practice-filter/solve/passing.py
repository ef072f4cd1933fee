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

target = os.environ["WIREGRADE_TARGET"]
port = 4848
payload = b"open for " + os.environ["WIREGRADE_STUDENT"].encode()

probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.connect((target, 9))
source = socket.inet_aton(probe.getsockname()[0])
destination = socket.inet_aton(target)

# tcp[0:2] < 1024; URG and PSH without SYN and ACK; a window of 4242
flags = 0x20 | 0x08
fields = [512, port, 1, 0, 5 << 4, flags, 4242, 0, 0]
header = struct.pack('!HHLLBBHHH', *fields)
pseudo = struct.pack('!4s4sBBH', source, destination, 0, socket.IPPROTO_TCP, len(header) + len(payload))
fields[7] = checksum(pseudo + header + payload)
header = struct.pack('!HHLLBBHHH', *fields)

# ip[8] < 32 is the TTL, ip[4:2] the identification; the kernel writes length and checksum
ip = struct.pack('!BBHHHBBH4s4s', 4 << 4 | 5, 0, 0, 0x0f42, 0, 20, socket.IPPROTO_TCP, 0, source, destination)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip + header + payload, (target, 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
