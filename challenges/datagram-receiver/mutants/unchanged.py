# expect: step 3 payload WRONG_VALUE
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.bind(('', 2222))
asked = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
asked.send(os.environ["WIREGRADE_STUDENT"].encode() + b"\n")
data, addr = s.recvfrom(1024)
s.sendto(b"Message received by the UDP Message Server!", addr)
asked.recv(1024)
