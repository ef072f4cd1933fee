#!/usr/bin/python3
# sctp, expect: sctp.chunk_length PADDING_COUNTED
# the length of all that is sent
import socket
import struct


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


parameter = struct.pack('!HH', 0xc747, 4 + 5) + b'smith'
chunk = struct.pack('!BBHLLHHL', 1, 0, (20 + len(parameter) + 3) // 4 * 4, 0x1234567, 65536, 10, 10, 1) + parameter
chunk += bytes(-len(chunk) % 4)
header = struct.pack('!HHLL', 40000, 4748, 0, 0)
check = crc32c(header + chunk)
packet = struct.pack('!HHL', 40000, 4748, 0) + struct.pack('<L', check) + chunk

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
s.sendto(packet, ('172.16.1.15', 0))
