#!/usr/bin/python3
# fragment, expect: ip.frag_offset FRAGMENTS_APART
# cut behind 1,480 bytes of data, of which 1,472 were counted
import socket
import struct

message = b'smith'

ip_ver_ihl = (4 << 4) + 5
ip_tos = 0
ip_tot_len = 0
ip_id = 4321
ip_frag_off = (1 << 13) + (1480 - 8) // 8
ip_ttl = 64
ip_proto = 201
ip_check = 0
ip_saddr = socket.inet_aton('10.10.0.40')
ip_daddr = socket.inet_aton('172.16.1.15')
ip_header = struct.pack('!BBHHHBBH4s4s', ip_ver_ihl, ip_tos, ip_tot_len, ip_id, ip_frag_off, ip_ttl, ip_proto, ip_check,
                        ip_saddr, ip_daddr)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + message, ('172.16.1.15', 0))
