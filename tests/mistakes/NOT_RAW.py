#!/usr/bin/python3
# tcp, expect: tcp.hdr_len NOT_RAW, expect: tcp.seq_raw NOT_RAW, expect: tcp.ack_raw NOT_RAW, expect: tcp.window_size_value NOT_RAW, expect: payload NOT_RAW
# a stream socket: its SYN is the kernel's, with the kernel's options
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.bind(('', 31337))
try:
    s.connect(('172.16.1.15', 7001))
    s.send(b'smith!!')
except ConnectionRefusedError:
    pass
