#!/usr/bin/python3
# stream, expect: payload TRAILING_NEWLINE
# as the material shows it: echo x | base64
import socket
import subprocess

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect(('172.16.1.15', 7003))
s.send(subprocess.check_output('echo smith | base64', shell=True))
s.recvfrom(1024)
s.close()
