#!/usr/bin/python3
import os
import socket
import struct


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


# The flag is called back: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

handle = os.environ["WIREGRADE_STUDENT"].encode()
tag = int(os.environ["WIREGRADE_PARAM_SCTP_INIT_INITIATE_TAG"], 0)

parameter = struct.pack('!HH', 0xc747, 4 + len(handle)) + handle
chunk = struct.pack('!BBHLLHHL', 1, 0, 20 + len(parameter), tag, 65536, 10, 10, 1) + parameter
chunk += bytes(-len(chunk) % 4)
sport, dport = 40000, 4748
crc = crc32c(struct.pack('!HHLL', sport, dport, 0, 0) + chunk)
packet = struct.pack('!HHL', sport, dport, 0) + struct.pack('<L', crc) + chunk

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
s.sendto(packet, (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
