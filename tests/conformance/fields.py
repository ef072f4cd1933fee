#!/usr/bin/env python3
"""fields.py PRINT_FIELDS FIELDS.DEF MAKE.PY CASE. `fields`: every field of every golden packet as the decoder
has it and as tshark has it; one that no capture exercises fails. `cuts`: every beginning of every packet is
decoded, for the sanitizers to see. 77: there is no tshark."""
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

OPTIONS = ["tcp.check_checksum:TRUE", "udp.check_checksum:TRUE", "ip.check_checksum:TRUE",
           "tcp.relative_sequence_numbers:FALSE", "sctp.checksum:CRC-32c", "sctp.relative_tsns:FALSE", "ip.defragment:FALSE", "ipv6.defragment:FALSE",
           "tcp.desegment_tcp_streams:FALSE", "ip.decode_tos_as_diffserv:TRUE", "ip.tso_support:FALSE"]

TRUNCATED, VERSION, IHL, LENGTH, OFFSET, CHUNK, PARAMETER = 1, 2, 4, 8, 16, 512, 1024  # enum fault
UNVERIFIED = 2
PAYLOADS = ["tcp.payload", "udp.payload", "data.data"]  # what Wireshark has for `payload`

# Fields that tshark has not.
NOT_COMPARED = {"ip.options": "Wireshark has a field for each option and none for all of their bytes",
                "frame": "what a filter is asked of; there a word for what is known about a packet"}


def quotes(packet):
    """an ICMP error, which holds the packet that it is about"""
    return packet.get("icmp.type", 8) in (3, 4, 5, 11, 12) or packet.get("icmpv6.type", 128) < 128


# Where the two may differ: why, and whether this is such a place. packet: our values; got and want: ours and
# tshark's, None when there is none. One that nothing needs fails the test.
EXCEPTIONS = [
    ("tshark has ip.version in IPv6 packets too, hidden",
     lambda packet, faults, field, got, want:
         field == "ip.version" and got is None and want == packet.get("ipv6.version")),
    ("tcp.flags.res is a boolean in Wireshark 4.0: whether any of the three bits is set",
     lambda packet, faults, field, got, want: field == "tcp.flags.res" and got is not None and bool(got) == want),
    ("tshark goes on into the packet that an ICMP error quotes; here it is payload",
     lambda packet, faults, field, got, want: quotes(packet) and (got is None or field == "payload")),
    ("a sum that cannot be known is unverified there, not there here",
     lambda packet, faults, field, got, want:
         field.endswith(".checksum.status") and got is None and want == UNVERIFIED),
    ("tshark sums no first fragment; here a sum that is right over its bytes is right",
     lambda packet, faults, field, got, want: field.endswith(".checksum.status") and got == 1 and want == UNVERIFIED
         and (packet.get("ip.flags.mf") or packet.get("ipv6.fraghdr.more"))),
    ("tshark sums no datagram whose udp.length is more than there is; here what is there is summed",
     lambda packet, faults, field, got, want:
         field == "udp.checksum.status" and got == 1 and want in (None, UNVERIFIED) and faults & LENGTH),
    ("a UDP checksum of 0 is forbidden over IPv6: illegal (4) there, bad here",
     lambda packet, faults, field, got, want:
         field == "udp.checksum.status" and (got, want, packet.get("udp.checksum")) == (0, 4, 0)),
    ("data ends with udp.length here, with the IP packet in tshark",
     lambda packet, faults, field, got, want:
         field == "payload" and got and want and want.startswith(got)
         and len(want) // 2 + 8 > packet.get("udp.length", 65536)),
    ("tshark reads the LLC header (IEEE 802.2) behind a length, here it is payload",
     lambda packet, faults, field, got, want:
         field == "payload" and "eth.len" in packet and got and want and got.endswith(want)),
    ("tshark takes a packet of another IP version than its EtherType's as data",
     lambda packet, faults, field, got, want: field == "payload" and faults & VERSION),
    ("tshark reads no further in a header that is cut or wrong; here each field whose bytes are there is read",
     lambda packet, faults, field, got, want:
         want is None and faults & (TRUNCATED | VERSION | IHL | LENGTH | OFFSET | CHUNK | PARAMETER)),
    ("nor in a chunk whose length goes beyond a first fragment",
     lambda packet, faults, field, got, want: want is None and packet.get("ip.flags.mf") and field.startswith("sctp.")),
    ("tshark reads every chunk, here the first one is meant",
     lambda packet, faults, field, got, want: got is None and packet.get("sctp.chunk_type") == 1
         and (field.startswith("sctp.data_") or field == "payload")),
    ("tshark shows a part of options and data, and sums, where a length says that bytes are missing",
     lambda packet, faults, field, got, want: got is None and faults & (TRUNCATED | OFFSET)
         and (field == "payload" or field.startswith("tcp.options") or field.endswith(".checksum.status"))),
]


def rows(path):
    """name, kind, bits of every row of fields.def"""
    pattern = re.compile(r'^FIELD\("([^"]+)", "[^"]*", (\w+), (\w+), \d+, (\d+), (\d+),', re.M)
    with open(path, encoding="utf-8") as f:
        return {m[0]: (m[1], m[2], int(m[3])) for m in pattern.findall(f.read())}


def value_of(kind, text):
    """tshark's text as the decoder's value"""
    if text in ("True", "False"):
        return int(text == "True")
    if kind == "ADDRESS6":
        return ipaddress.IPv6Address(text).packed.hex()
    if kind == "ADDRESS":
        return int(ipaddress.IPv4Address(text))
    if kind == "ETHER":
        return int(text.replace(":", ""), 16)
    if kind == "BYTES":
        return text.replace(":", "").lower()
    return int(text, 0)


def tshark(path, fields):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-E", "separator=/t"]
    for option in OPTIONS:
        command += ["-o", option]
    for name in fields:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"tshark: {done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def ours(program, path):
    done = subprocess.run([program, path], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(program, fields, path, used):
    """(what differs, fields that ours has, those that tshark has, how many values were equal)"""
    names = [n for n in fields if n not in NOT_COMPARED and n != "payload"]
    mine, theirs = ours(program, path), tshark(path, names + PAYLOADS)
    name = os.path.basename(path)
    if len(mine) != len(theirs):
        return [f"{name}: {len(mine)} packets here, {len(theirs)} in tshark"], set(), set(), 0
    wrong, seen, seen_there, equal = [], set(), set(), 0
    for number, (line, texts) in enumerate(zip(mine, theirs), 1):
        packet, faults = line["fields"], line["faults"]
        there = dict(zip(names, texts))
        there["payload"] = next((t for t in texts[len(names):] if t), "")
        seen |= set(packet)
        for field, text in there.items():
            want = value_of(fields[field][1], text) if text else None
            got = packet.get(field)
            got = None if got == "" else got  # no bytes are no field there
            if want is not None:
                seen_there.add(field)
            if want == got or (field == "payload" and want is None):
                equal += want is not None
                continue
            reason = next((r for r, fits in EXCEPTIONS if fits(packet, faults, field, got, want)), None)
            used.add(reason)
            if not reason:
                wrong.append(f"{name}, packet {number}, {field}: {got!r} here, {want!r} in tshark")
    return wrong, seen, seen_there, equal


def captures(make, where):
    subprocess.run([sys.executable, make, where], check=True)
    return [os.path.join(where, file) for file in sorted(os.listdir(where))]


def cuts(program, files):
    """every beginning of every packet; a sanitizer or a crash tells"""
    for path in files:
        done = subprocess.run([program, "--every-cut", path], capture_output=True, text=True, check=False)
        if done.returncode or int(done.stdout) == 0:
            return [f"{os.path.basename(path)}: {done.returncode} {done.stderr}"]
    return []


def agree(program, fields, files):
    wrong, used, seen, seen_there, equal = [], set(), set(), set(), 0
    for path in files:
        w, here, there, n = compare(program, fields, path, used)
        wrong += w
        seen |= here
        seen_there |= there
        equal += n
    wrong += [f"{f}: no golden capture has it" for f in fields if f not in seen]
    wrong += [f"{f}: tshark finds it in no golden capture" for f in fields
              if f not in seen_there and f not in NOT_COMPARED]
    wrong += [f"an exception that nothing needs: {r}" for r, _ in EXCEPTIONS if r not in used]
    print(f"{equal} values of {len(fields)} fields are the same in {len(files)} captures")
    return wrong


def main():
    program, table, make, case = sys.argv[1:5]
    if case == "fields" and not shutil.which("tshark"):
        print("tshark is not installed")
        sys.exit(77)
    fields = rows(table)
    with tempfile.TemporaryDirectory() as where:
        files = captures(make, where)
        wrong = agree(program, fields, files) if case == "fields" else cuts(program, files)
    for line in wrong[:40]:
        print(line)
    sys.exit(1 if wrong or not fields else 0)


if __name__ == "__main__":
    main()
