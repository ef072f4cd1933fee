#!/usr/bin/python3
# ip, expect: ip.checksum CHECKSUM_WITH_PAYLOAD
# header and message in one sum
import binascii
import socket
import struct


def checksum(data):
    total = 0
    for i in range(0, len(data), 2):
        total += (data[i] << 8) + data[i + 1]
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


message = binascii.hexlify(b'smith')

ip_ver_ihl = (4 << 4) + 5
ip_tot_len = 20 + len(message)
ip_header = struct.pack('!BBHHHBBH4s4s', ip_ver_ihl, 8 << 2, ip_tot_len, 0x1234, 0, 50, 200, 0,
                        socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'))
ip_check = checksum(ip_header + message)
ip_header = ip_header[:10] + struct.pack('!H', ip_check) + ip_header[12:]

# below the kernel's IP, which would mend it
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
s.sendto(ip_header + message, ('eth0', 0x0800, 0, 0, b'\xff\xff\xff\xff\xff\xff'))
