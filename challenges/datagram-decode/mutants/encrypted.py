# expect: step 3 payload SWAPPED_WITH
import binascii
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
target = (os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"]))
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), target)
s.sendto(binascii.unhexlify(s.recv(1024).split()[0]), target)
s.recv(1024)
