#!/usr/bin/python3
import binascii
import os
import socket
import struct

# The flag is called back: listen before sending
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(('', int(os.environ["WIREGRADE_PORT"])))
listener.listen(1)
listener.settimeout(10)

src_ip = os.environ["WIREGRADE_SOURCE"]
dst_ip = os.environ["WIREGRADE_TARGET"]

# IPv4 header, RFC 791 section 3.1
ip_ver_ihl = 69
ip_tos = int(os.environ["WIREGRADE_PARAM_IP_DSFIELD"])
ip_len = 0                      # the kernel fills it in
ip_id = int(os.environ["WIREGRADE_PARAM_IP_ID"])
ip_frag = 0
ip_ttl = 64
ip_proto = 16                   # CHAOS
ip_check = 0                    # the kernel fills it in
ip_saddr = socket.inet_aton(src_ip)
ip_daddr = socket.inet_aton(dst_ip)
ip_header = struct.pack('!BBHHHBBH4s4s', ip_ver_ihl, ip_tos, ip_len, ip_id, ip_frag, ip_ttl, ip_proto, ip_check,
                        ip_saddr, ip_daddr)

message = os.environ["WIREGRADE_STUDENT"].encode()
hidden_msg = binascii.hexlify(message)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + hidden_msg, (dst_ip, 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
