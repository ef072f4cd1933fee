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


# The flag is called back: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

source = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
payload = os.environ["WIREGRADE_STUDENT"].encode()

# IPv4 header, RFC 791 section 3.1; the kernel fills in length and checksum
ip_id = int(os.environ["WIREGRADE_PARAM_IP_ID"], 0)
ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) | 5, 0, 0, ip_id, 0, 64, socket.IPPROTO_UDP, 0, source, target)

# UDP header, RFC 768: first with checksum 0, then again with the right one
sport, dport, length = int(os.environ["WIREGRADE_PARAM_UDP_SRCPORT"]), 4747, 8 + len(payload)
udp_header = struct.pack('!HHHH', sport, dport, length, 0)
pseudo_header = struct.pack('!4s4sBBH', source, target, 0, socket.IPPROTO_UDP, length)
udp_header = struct.pack('!HHHH', sport, dport, length, checksum(pseudo_header + udp_header + payload))

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + udp_header + payload, (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
