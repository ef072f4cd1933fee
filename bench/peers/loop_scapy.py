"""loop_scapy.py FILE: what loop.c judges, by scapy."""
import sys

from scapy.layers.inet import IP, TCP
from scapy.packet import Raw
from scapy.utils import PcapReader, checksum


def sums_right(packet):
    ip, tcp = bytes(packet[IP]), bytes(packet[TCP])
    pseudo = ip[12:20] + bytes((0, 6)) + len(tcp).to_bytes(2, "big")
    return checksum(ip[:20]) == 0 and checksum(pseudo + tcp) == 0


right = near = 0
for packet in PcapReader(sys.argv[1]):
    if TCP not in packet or packet[TCP].dport != 8081:
        continue
    ip, tcp = packet[IP], packet[TCP]
    if (not ip.flags.MF and ip.frag == 0 and tcp.sport == 5421 and tcp.seq == 123456789 and tcp.ack == 987654321 and tcp.dataofs == 5 and
            tcp.flags == "S" and tcp.window and tcp.urgptr == 0 and Raw in packet and packet[Raw].load == b"c21pdGg=" and
            sums_right(packet)):
        right += 1
    else:
        near += 1
print(f"{right} right, {near} near")
