#!/usr/bin/python3
# ip, expect: ip.dsfield.dscp NESTED_HEADER, expect: ip.id NESTED_HEADER, expect: ip.flags NESTED_HEADER, expect: ip.ttl NESTED_HEADER, expect: payload NESTED_HEADER
# a raw socket of the protocol itself: the kernel puts its own header before the one that was made by hand
import binascii
import socket
import struct

ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) + 5, 8 << 2, 0, 0x1234, 0, 50, 200, 0,
                        socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'))
payload = binascii.hexlify(b'smith')

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 200)
s.sendto(ip_header + payload, ('172.16.1.15', 0))
