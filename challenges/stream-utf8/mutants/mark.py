# expect: payload BYTE_ORDER_MARK
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.send((os.environ["WIREGRADE_STUDENT"] + " gr\u00fc\u00dft K\u00f6ln").encode("utf-8-sig"))
s.recv(1024)
