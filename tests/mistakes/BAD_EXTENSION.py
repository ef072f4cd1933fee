#!/usr/bin/python3
# six, expect: ipv6.nxt BAD_EXTENSION
# the length of an extension header counts eight bytes at a time, and not the first eight
import socket
import struct

hop_by_hop = struct.pack('!BBBB4s', socket.IPPROTO_UDP, 8, 1, 4, b'')
udp_header = struct.pack('!HHHH', 31337, 7008, 8, 0)
ip_header = struct.pack('!IHBB16s16s', 6 << 28, len(hop_by_hop) + len(udp_header), 0, 64,
                        socket.inet_pton(socket.AF_INET6, 'fe80::28'), socket.inet_pton(socket.AF_INET6, 'fe80::15'))

s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
s.sendto(ip_header + hop_by_hop + udp_header, ('eth0', 0x86dd, 0, 0, b'\xff\xff\xff\xff\xff\xff'))
