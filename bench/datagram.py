"""datagram.py - a datagram in, a flag out: the server's processor time, and p99, beside servers that do no more.

The target answers 200 datagrams a second in all from sources that have proved nothing, so that it cannot be made to flood
anybody. From a student's own address by the roster it answers him ten at once and then one a second: so many are asked for."""
from measure import HERE, part, processor_so_far, turns
from room import NEIGHBOURS, TARGET, Room, end, pid_of

EACH, ROUNDS = 9, 4
COUNT = EACH * NEIGHBOURS
ROSTER = "handle,name,email,address\n" + "".join(f"s{n},S {n},s{n}@example.org,10.10.0.{n}\n" for n in range(41, 41 + NEIGHBOURS))


def case(room, port, pid, count):
    def run():
        before = processor_so_far(pid)
        out = room.student("/tmp/load", "datagram", TARGET, str(port), str(count), str(NEIGHBOURS), "16",
                           show={room.bin / "bench_load": "/tmp/load"}, seconds=90)
        rate, _, p99, flags, _ = map(int, out.split()[:5])
        return {"us": (processor_so_far(pid) - before) / max(flags, 1) * 1e6, "rate": rate, "p99": p99, "lost": count - flags}
    return run


def one_round(row):
    """A room of its own: what a student may ask for at once is used up by a round."""
    with Room(row.bin, roster=ROSTER) as room:
        servers = {"recvmmsg and sendmmsg in C": (7001, "bare", room.beside("/tmp/bare", "datagram", "7001",
                                                                            show={row.bin / "bench_bare": "/tmp/bare"}), COUNT),
                   "the slides' Python receiver": (7002, "python3", room.beside(
                       "/usr/bin/python3", "/tmp/r.py", "datagram", "7002", show={HERE / "peers/receivers.py": "/tmp/r.py"}), COUNT)}
        if socat := row.program("socat"):
            servers["socat, fork and a shell"] = (7003, "socat", room.beside(
                socat, "UDP-LISTEN:7003,reuseaddr,fork", "EXEC:/tmp/answer.sh",
                show={HERE / "peers/answer.sh": "/tmp/answer.sh"}), COUNT // 20)
        try:
            cases = {"wiregrade-target": case(room, 2222, room.target_pid(), COUNT)}
            for name, (port, program, process, count) in servers.items():
                cases[name] = case(room, port, pid_of(process, program), count)
            return {name: got[0] for name, got in turns(cases, 1).items()}
        finally:
            for _, _, process, _ in servers.values():
                end(process)


def measure(row):
    rounds = [one_round(row) for _ in range(ROUNDS)]
    row.absent = sorted(set(row.absent))
    got = {name: [r[name] for r in rounds] for name in rounds[0]}
    row.add("a datagram answered, 16 at once", "us of the server's processor time", part(got, "us"))
    row.add("answers, 16 at once", "a second", part(got, "rate"), better="more")
    row.add("p99 of an answer, 16 at once", "us", part(got, "p99"))
    for name, lost in part(got, "lost").items():
        asked = COUNT // 20 if "socat" in name else COUNT
        row.note(f"{name}: {sum(lost)} of {len(lost) * asked} were not answered")
