#!/usr/bin/python3
# The same with Scapy, which makes padding and CRC32c by itself; the length that it writes counts the padding.
# needs: scapy3
import os
import socket

from scapy.all import IP, conf, send
from scapy.layers.sctp import SCTP, SCTPChunkInit, SCTPChunkParamUnrocognizedParam

listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

conf.verb = 0
header = IP(src=os.environ["WIREGRADE_SOURCE"], dst=os.environ["WIREGRADE_TARGET"])
parameter = SCTPChunkParamUnrocognizedParam(type=0xc747, param=os.environ["WIREGRADE_STUDENT"].encode())
init = SCTPChunkInit(init_tag=int(os.environ["WIREGRADE_PARAM_SCTP_INIT_INITIATE_TAG"], 0), a_rwnd=65536, n_out_streams=1,
                     n_in_streams=1, init_tsn=1, flags=0, params=[parameter], len=20 + 4 + len(os.environ["WIREGRADE_STUDENT"]))
send(header / SCTP(sport=40001, dport=4748, tag=0) / init)

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
