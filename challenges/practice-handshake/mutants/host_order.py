#!/usr/bin/python3
# expect: step 2 tcp.ack_raw BYTE_SWAPPED
# the number is read from segment 2 in host order
import os
import socket
import struct
import time


def checksum(data):
    if len(data) % 2:
        data += b'\x00'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


src_ip = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
dst_ip = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
MY_PORT, PORT = 40961, 4750
SYN, ACK = 0x02, 0x10


def segment(seq, ack, flags, payload):
    header = struct.pack('!HHLLBBHHH', MY_PORT, PORT, seq, ack, 5 << 4, flags, 5840, 0, 0)
    pseudo = src_ip + dst_ip + struct.pack('!BBH', 0, socket.IPPROTO_TCP, len(header) + len(payload))
    check = checksum(pseudo + header + payload)
    header = header[:16] + struct.pack('!H', check) + header[18:]
    ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 0, 4321, 0, 64, socket.IPPROTO_TCP, 0, src_ip, dst_ip)
    return ip + header + payload


# What is read, and what is written
ear = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
ear.settimeout(5)
mouth = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

my_seq = 0xffffffff             # the next one is 0
to = (os.environ["WIREGRADE_TARGET"], 0)
mouth.sendto(segment(my_seq, 0, SYN, os.environ["WIREGRADE_STUDENT"].encode()), to)

while True:
    data = ear.recv(2048)
    head = (data[0] & 15) * 4
    sport, dport, its_seq, its_ack, offset, flags = struct.unpack('!HHLLBB', data[head:head + 14])
    if (data[12:16] == dst_ip and sport == PORT and dport == MY_PORT and flags == SYN | ACK
            and its_ack == (my_seq + 1) % 2**32):
        break
time.sleep(0.1)                 # the RST of this host's kernel is there first
mouth.sendto(segment((my_seq + 1) % 2**32, struct.unpack('<L', struct.pack('>L', (its_seq + 1) % 2**32))[0], ACK, b''), to)
