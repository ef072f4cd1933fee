# expect: payload LATIN1
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.send((os.environ["WIREGRADE_STUDENT"] + " gr\u00fc\u00dft K\u00f6ln").encode("latin-1"))
s.recv(1024)
