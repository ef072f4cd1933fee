#!/usr/bin/python3
# tcp, expect: tcp.srcport MISPLACED, expect: tcp.dstport MISPLACED, expect: tcp.seq_raw MISPLACED, expect: tcp.ack_raw MISPLACED, expect: tcp.hdr_len MISPLACED, expect: tcp.flags MISPLACED, expect: tcp.window_size_value MISPLACED, expect: tcp.urgent_pointer MISPLACED
# both ports were packed as L, so that all behind them stands four bytes too late
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b'\x00'
    total = 0
    for i in range(0, len(data), 2):
        total += (data[i] << 8) + data[i + 1]
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


message = b'smith!!'

ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) + 5, 0, 0, 4321, 0, 64, socket.IPPROTO_TCP, 0,
                        socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'))

tcp_source = 31337
tcp_dest = 7001
tcp_seq = 90210
tcp_ack_seq = 8675309
tcp_doff = 5
tcp_offset_res = (tcp_doff << 4) + 0
tcp_flags = 0x02
tcp_window = 4096
tcp_check = 0
tcp_urg_ptr = 0
tcp_header = struct.pack('!LLLLBBHHH', tcp_source, tcp_dest, tcp_seq, tcp_ack_seq, tcp_offset_res, tcp_flags, tcp_window,
                         tcp_check, tcp_urg_ptr)

pseudo_header = struct.pack('!4s4sBBH', socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'), 0,
                            socket.IPPROTO_TCP, len(tcp_header) + len(message))
tcp_check = checksum(pseudo_header + tcp_header + message)
tcp_header = struct.pack('!LLLLBBHHH', tcp_source, tcp_dest, tcp_seq, tcp_ack_seq, tcp_offset_res, tcp_flags, tcp_window,
                         tcp_check, tcp_urg_ptr)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + tcp_header + message, ('172.16.1.15', 0))
