#!/usr/bin/python3
# expect: step 2 ip.id ANOTHER_TRY
# the key of the first try, in the second
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


source = socket.inet_aton(os.environ["WIREGRADE_SOURCE"])
target = socket.inet_aton(os.environ["WIREGRADE_TARGET"])
SPORT, DPORT = 4321, 4851
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def send(ip_id, payload):
    ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) | 5, 0, 0, ip_id, 0, 64, socket.IPPROTO_UDP, 0, source, target)
    length = 8 + len(payload)
    udp_header = struct.pack('!HHHH', SPORT, DPORT, length, 0)
    pseudo_header = struct.pack('!4s4sBBH', source, target, 0, socket.IPPROTO_UDP, length)
    udp_header = struct.pack('!HHHH', SPORT, DPORT, length, checksum(pseudo_header + udp_header + payload))
    s.sendto(ip_header + udp_header + payload, (os.environ["WIREGRADE_TARGET"], 0))


# An ordinary socket reads the key
ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
ear.bind(('', SPORT))
ear.settimeout(5)
send(1, os.environ["WIREGRADE_STUDENT"].encode())
key = int(ear.recv(1024))

s2, ip_id = key, 1
while s2 == key:                            # one of 256 is drawn again; the same packet again would get the same answer
    ip_id += 1
    send(ip_id, os.environ["WIREGRADE_STUDENT"].encode())
    s2 = int(ear.recv(1024))
send(0x434f + key, b'')
