# expect: step 3 payload WRONG_VALUE
import os
import socket

s = socket.create_server(("", 1111))
asked = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
asked.send(os.environ["WIREGRADE_STUDENT"].encode() + b"\n")
conn, addr = s.accept()
conn.recv(1024)
conn.sendall(b"Connected to TCP Server on port 1111\n")
conn.close()
asked.recv(1024)
