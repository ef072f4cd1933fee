#!/usr/bin/python3
# expect: step 1 payload EXTRA_TEXT
# the later fragment holds the whole datagram
import os
import socket
import struct

source = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
data = b"fragments, from " + os.environ["WIREGRADE_STUDENT"].encode()
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def send(ip_id, flags_offset, payload):
    ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) | 5, 0, 0, ip_id, flags_offset, 64, 254, 0, source, target)
    s.sendto(ip_header + payload, (os.environ["WIREGRADE_TARGET"], 0))


send(0x1234, 2, data)
