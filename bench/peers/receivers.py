"""receivers.py stream|datagram PORT: the receiver of a course's slides: one message at a time, in one thread, printed."""
import socket
import sys

kind, port = sys.argv[1], int(sys.argv[2])
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "stream" else socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
message = b"flag{stream-sender.student.aaaa-bbbb-cccc-dddd}\n"
if kind == "stream":
    s.listen(1)
    while True:
        conn, addr = s.accept()
        print(f"Message Received - '{conn.recv(1024).decode()}'\nSent by - {addr[0]} port - {addr[1]}\n")
        conn.sendall(message)
        conn.close()
while True:
    data, addr = s.recvfrom(1024)
    print(f"\nMessage Received: '{data.decode()}'\nSent by - {addr[0]} port {addr[1]}")
    s.sendto(message, addr)
