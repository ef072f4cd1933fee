# expect: tcp.srcport KERNEL_PICKED
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.send(os.environ["WIREGRADE_STUDENT"].encode())
s.recv(1024)
