#!/usr/bin/python3
import binascii
import os
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b'\x00'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


# The flag is called back: listen before sending
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(('', int(os.environ["WIREGRADE_PORT"])))
listener.listen(1)
listener.settimeout(10)

src_ip = os.environ["WIREGRADE_SOURCE"]
dst_ip = os.environ["WIREGRADE_TARGET"]
message = binascii.hexlify(os.environ["WIREGRADE_STUDENT"].encode())

# IPv4 header, RFC 791 section 3.1; the kernel fills in length and checksum
ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) | 5, 0, 0, 4321, 0, 64, socket.IPPROTO_TCP, 0,
                        socket.inet_aton(src_ip), socket.inet_aton(dst_ip))

# TCP header, RFC 9293 section 3.1
tcp_source = int(os.environ["WIREGRADE_PARAM_TCP_SRCPORT"])
tcp_dest = 8080
tcp_seq = int(os.environ["WIREGRADE_PARAM_TCP_SEQ_RAW"])
tcp_ack_seq = 0
tcp_doff = 5
tcp_flags = 0x02                # SYN
tcp_window = 5840
tcp_check = 0
tcp_urg_ptr = 0
tcp_header = struct.pack('!HHLLBBHHH', tcp_source, tcp_dest, tcp_seq, tcp_ack_seq, tcp_doff << 4, tcp_flags,
                         tcp_window, tcp_check, tcp_urg_ptr)

pseudo_header = struct.pack('!4s4sBBH', socket.inet_aton(src_ip), socket.inet_aton(dst_ip), 0, socket.IPPROTO_TCP,
                            len(tcp_header) + len(message))
tcp_check = checksum(pseudo_header + tcp_header + message)
tcp_header = struct.pack('!HHLLBBHHH', tcp_source, tcp_dest, tcp_seq, tcp_ack_seq, tcp_doff << 4, tcp_flags,
                         tcp_window, tcp_check, tcp_urg_ptr)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + tcp_header + message, (dst_ip, 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
