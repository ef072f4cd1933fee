"""handouts.py - scripts of the shape that the course hands out, with only values filled in."""
from classroom import listens


# `pack` takes 69 for version and header length and a DS byte as a whole; total length and header checksum stay 0 for the kernel.
IPRAW = """#!/usr/bin/python3
import binascii
import socket
import sys
from struct import *

try:
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
except socket.error as msg:
    print(msg)
    sys.exit()

src_ip = '{source}'
dst_ip = '{target}'
ip_ver_ihl = 69
ip_tos = {tos}
ip_len = 0
ip_id = {ident}
ip_frag = 0
ip_ttl = 64
ip_proto = 16
ip_check = 0
ip_srcadd = socket.inet_aton(src_ip)
ip_dstadd = socket.inet_aton(dst_ip)
ip_header = pack('!BBHHHBBH4s4s', ip_ver_ihl, ip_tos, ip_len, ip_id, ip_frag, ip_ttl, ip_proto, ip_check, ip_srcadd, ip_dstadd)
message = b'{message}'
hidden_msg = binascii.hexlify(message)
packet = ip_header + hidden_msg
s.sendto(packet, (dst_ip, 0))
"""

# The sum runs over host words, array('H'), so its result is packed as 'H' without '!': both ends of one trick.
TCPRAW = """#!/usr/bin/python3
import array
import base64
import socket
import sys
from struct import *


def checksum(data):
    if len(data) % 2 != 0:
        data += b'\\0'
    res = sum(array.array('H', data))
    res = (res >> 16) + (res & 0xffff)
    res += res >> 16
    return (~res) & 0xffff


try:
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
except socket.error as msg:
    print(msg)
    sys.exit()

src_ip = '{source}'
dst_ip = '{target}'
ip_ver_ihl = 69
ip_tos = 0
ip_len = 0
ip_id = 12345
ip_frag = 0
ip_ttl = 64
ip_proto = 6
ip_check = 0
ip_srcadd = socket.inet_aton(src_ip)
ip_dstadd = socket.inet_aton(dst_ip)
ip_header = pack('!BBHHHBBH4s4s', ip_ver_ihl, ip_tos, ip_len, ip_id, ip_frag, ip_ttl, ip_proto, ip_check, ip_srcadd, ip_dstadd)

tcp_src = {sport}
tcp_dst = {dport}
tcp_seq = {seq}
tcp_ack_seq = {ack}
tcp_data_off = 5
tcp_reserve = 0
tcp_flags = {flags}
tcp_win = 65535
tcp_chk = 0
tcp_urg_ptr = 0
tcp_off_res = (tcp_data_off << 4) + tcp_reserve
tcp_header = pack('!HHLLBBHHH', tcp_src, tcp_dst, tcp_seq, tcp_ack_seq, tcp_off_res, tcp_flags, tcp_win, tcp_chk, tcp_urg_ptr)

message = b'{message}'
user_data = {encode}(message)

src_address = socket.inet_aton(src_ip)
dst_address = socket.inet_aton(dst_ip)
reserved = 0
protocol = socket.IPPROTO_TCP
tcp_length = len(tcp_header) + len(user_data)
ps_hdr = pack('!4s4sBBH', src_address, dst_address, reserved, protocol, tcp_length)
ps_hdr = ps_hdr + tcp_header + user_data
tcp_chk = checksum(ps_hdr)
tcp_header = (pack('!HHLLBBH', tcp_src, tcp_dst, tcp_seq, tcp_ack_seq, tcp_off_res, tcp_flags, tcp_win)
              + pack('H', tcp_chk) + pack('!H', tcp_urg_ptr))
packet = ip_header + tcp_header + user_data
s.sendto(packet, (dst_ip, 0))
"""


def called_back(room, script, port=1111):
    """What nc on this port gets when this script has been run beside it."""
    return room.student("bash", "-c",
                        f"timeout 250 nc.traditional -lvnp {port} & "
                        f"{listens(port)}/usr/bin/python3 /tmp/handout.py; wait", files={"handout.py": script})
