# expect: step 2 udp.srcport NOT_ADDED
import os
import socket

target = (os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"]))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.settimeout(5)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), target)
port, word = s.recv(1024).decode().split()
s.sendto(word.encode(), target)
s.recv(1024)
