#!/usr/bin/python3
import os
import socket
import struct

# The flag is called back: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

source = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])

# type, length, value: router alert (RFC 2113), stream ID (RFC 791)
options = struct.pack('!BBH', 148, 4, 0) + struct.pack('!BBH', 136, 4, 0x4757)

# IPv4 header, RFC 791 section 3.1; the kernel fills in length and checksum
version_ihl = (4 << 4) | 5 + len(options) // 4
ip_id = int(os.environ["WIREGRADE_PARAM_IP_ID"], 0)
ip_header = struct.pack('!BBHHHBBH4s4s', version_ihl, 0, 0, ip_id, 0, 64, 253, 0, source, target)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + options + os.environ["WIREGRADE_STUDENT"].encode(), (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
