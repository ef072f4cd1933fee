#!/usr/bin/python3
# sctp, expect: sctp.checksum.status CHECKSUM_CRC32
# the CRC that Python has
import socket
import struct
import zlib

parameter = struct.pack('!HH', 0xc747, 4 + 5) + b'smith'
chunk = struct.pack('!BBHLLHHL', 1, 0, 20 + len(parameter), 0x1234567, 65536, 10, 10, 1) + parameter
chunk += bytes(-len(chunk) % 4)
header = struct.pack('!HHLL', 40000, 4748, 0, 0)
check = zlib.crc32(header + chunk)
packet = struct.pack('!HHL', 40000, 4748, 0) + struct.pack('!L', check) + chunk

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
s.sendto(packet, ('172.16.1.15', 0))
