"""sniff_scapy.py INTERFACE FILTER: counts what arrives until it is ended by SIGINT; nothing is kept or judged."""
import sys

from scapy.sendrecv import sniff

count = 0


def one(_):
    global count
    count += 1


print("listening", flush=True)
sniff(iface=sys.argv[1], filter=sys.argv[2], prn=one, store=False)
print(f"{count} packets captured", flush=True)
