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
    return ~total & 0xffff or 0xffff        # over IPv6 a sum of 0 is refused


# The flag is called back: listen before sending
listener = socket.create_server(('::', int(os.environ["WIREGRADE_PORT"])), family=socket.AF_INET6)
listener.settimeout(10)

source = socket.inet_pton(socket.AF_INET6, os.environ["WIREGRADE_SOURCE"])
target = socket.inet_pton(socket.AF_INET6, os.environ["WIREGRADE_TARGET"])
payload = os.environ["WIREGRADE_STUDENT"].encode()

# UDP header, RFC 768: first with checksum 0, then again with the right one
sport, dport, length = int(os.environ["WIREGRADE_PARAM_UDP_SRCPORT"]), 4852, 8 + len(payload)
udp_header = struct.pack('!HHHH', sport, dport, length, 0)
pseudo_header = struct.pack('!16s16sI3xB', source, target, length, socket.IPPROTO_UDP)
udp_header = struct.pack('!HHHH', sport, dport, length, checksum(pseudo_header + udp_header + payload))

# IPv6 header, RFC 8200 section 3: the kernel writes nothing into it
flow = int(os.environ["WIREGRADE_PARAM_IPV6_FLOW"], 0)
ip_header = struct.pack('!IHBB16s16s', 6 << 28 | flow, length, socket.IPPROTO_UDP, 77, source, target)

s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + udp_header + payload, (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
