# expect: step 3 udp.srcport KERNEL_PICKED
import binascii
import os
import socket

target = (os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"]))
first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
first.settimeout(5)
first.sendto(os.environ["WIREGRADE_STUDENT"].encode(), target)
second.sendto(binascii.unhexlify(first.recv(1024).split()[1]), target)
second.settimeout(5)
second.recv(1024)
