#!/usr/bin/env python3
"""hoard.py WAY MIB SECONDS: a student's program that holds as much memory as it can, at most MIB, where a sum over resident pages
does not look, and stays for so many seconds. Every line it prints is so many bytes more, written and kept."""
import ctypes
import errno
import fcntl
import mmap
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time

MIB = 1 << 20
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
libc.vmsplice.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint]
libc.shmat.restype = ctypes.c_void_p
libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
libc.shmdt.argtypes = [ctypes.c_void_p]
libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
libc.msgsnd.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]

goal, seconds = 0, 0.5
kept = []


def held(n):
    os.write(1, b"%d\n" % n)


def check(result):
    if result in (-1, ctypes.c_void_p(-1).value):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def spread(work, processes):
    """work(bytes) in so many processes at once; all of them stay."""
    share = goal // processes
    children = []
    for _ in range(processes):
        try:
            pid = os.fork()
        except OSError:
            break
        if pid == 0:
            try:
                work(share)
            except (OSError, MemoryError) as e:
                os.write(2, f"refused: {e}\n".encode())
            os.close(ends[1])
            time.sleep(600)
            os._exit(0)
        children.append(pid)
    os.close(ends[1])
    os.read(ends[0], 1)  # ends once each has done its work, or is dead
    stay()
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def stay():
    """Long enough for whoever looks every 25 ms, when he is not kept from it."""
    time.sleep(seconds)


def files(fds):
    """16 MiB, the ceiling of a file, into each descriptor that fds yields."""
    block = b"x" * (1 << 20)
    done = 0
    for fd in fds:
        kept.append(fd)
        for _ in range(16):
            n = os.write(fd, block)
            held(n)
            done += n
        if done >= goal:
            break
    stay()


def memfd():
    files(os.memfd_create("x") for _ in range(240))


def deleted(folder):
    for i in range(240):
        path = f"{folder}/{i}"
        yield os.open(path, os.O_CREAT | os.O_RDWR)
        os.unlink(path)


def posix_shm():
    files(deleted("/dev/shm"))


def deleted_tmp():
    files(deleted("/tmp"))


def empty_files():
    def make(share):
        for i in range(share // 1024):
            name = f"{'n' * 200}{os.getpid()}-{i}"
            os.close(os.open(f"{'/dev/shm' if i % 2 else '/tmp'}/{name}", os.O_CREAT | os.O_WRONLY))
            if i % 1024 == 1023:
                held(MIB)
    spread(make, 2)


def become_root():
    for name, text in (("setgroups", "deny"), ("uid_map", "0 1000 1"), ("gid_map", "0 1000 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as f:
            f.write(text)


def userns_tmpfs():
    check(libc.unshare(0x10000000 | 0x20000))
    become_root()
    check(libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"size=4g"))
    files(deleted("/tmp"))


def userns_clone():
    """The same by clone(2), and clone3(2) if that is not there."""
    number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    pid = libc.syscall(number, 0x10000000 | 0x20000 | signal.SIGCHLD, 0, 0, 0, 0)
    if pid < 0:
        args = struct.pack("11Q", 0x10000000 | 0x20000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0)
        pid = check(libc.syscall(435, args, 88))
    if pid == 0:
        try:
            become_root()
            check(libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"size=4g"))
            files(deleted("/tmp"))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def sysv_shm():
    done = 0
    while done < goal:
        part = check(libc.shmget(0, 64 * MIB, 0o1600))
        at = check(libc.shmat(part, None, 0))
        libc.memset(at, 1, 64 * MIB)
        libc.shmdt(at)
        held(64 * MIB)
        done += 64 * MIB
    stay()


def sysv_messages():
    for _ in range(goal // 16384):
        queue = check(libc.msgget(0, 0o1600))
        for _ in range(2):
            check(libc.msgsnd(queue, struct.pack("l", 1) + b"x" * 8192, 8192, 0o4000))
            held(8192)
    stay()


def mqueue():
    rt = libc if hasattr(libc, "mq_open") else ctypes.CDLL("librt.so.1", use_errno=True)
    for i in range(200):
        attr = (ctypes.c_long * 8)(0, 10, 8192)
        queue = check(rt.mq_open(f"/q{os.getpid()}-{i}".encode(), os.O_CREAT | os.O_RDWR, 0o600, attr))
        for _ in range(10):
            check(rt.mq_send(queue, b"x" * 8192, ctypes.c_size_t(8192), 0))
            held(8192)
    stay()


def keyring():
    number = {"x86_64": 248, "aarch64": 217}[os.uname().machine]
    for i in range(goal // 30000):
        check(libc.syscall(number, b"user", b"k%d" % i, b"x" * 30000, ctypes.c_size_t(30000), -2))
        held(30000)
    stay()


def shared_pages(fd, flags):
    """A shared mapping lives as long as one page of it is mapped, and the others are nobody's."""
    done = 0
    while done < goal:
        at = check(libc.mmap(None, 256 * MIB, 3, mmap.MAP_SHARED | flags, fd, 0))
        for part in range(0, 256, 16):
            libc.memset(at + part * MIB, 1, 16 * MIB)
            libc.madvise(at + part * MIB, 16 * MIB, 4)
            held(16 * MIB)
        libc.munmap(at + 4096, 256 * MIB - 4096)
        done += 256 * MIB
    stay()


def shared_anonymous():
    shared_pages(-1, mmap.MAP_ANONYMOUS)


def shared_dev_zero():
    shared_pages(os.open("/dev/zero", os.O_RDWR), 0)


def private(share, flags=0, advice=0):
    size = (share + 2 * MIB - 1) // (2 * MIB) * 2 * MIB
    at = check(libc.mmap(None, size, 3, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | flags, -1, 0))
    if advice:
        libc.madvise(at, size, advice)
    for part in range(0, size, 2 * MIB):
        libc.memset(at + part, 1, 2 * MIB)
        held(2 * MIB)


def many_processes():
    spread(private, 48)


def huge_pages():
    spread(lambda share: private(share, advice=14), 8)


def huge_tlb():
    spread(lambda share: private(share, flags=0x40000), 8)


def dead_leader():
    """A process whose first thread has ended shows nothing of its memory under its own number."""
    def one(share):
        ready = threading.Event()

        def rest():
            ready.wait()
            time.sleep(0.1)
            private(share)
            os.close(ends[1])
            time.sleep(600)
        threading.Thread(target=rest).start()
        ready.set()
        libc.syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
    spread(one, 8)


def page_tables():
    """One page each 2 MiB that is only read: the page is the kernel's zero page, the table that has it is one's own."""
    def one(share):
        at = 0x100000000000
        for i in range(min(share // 4096, 60000)):
            page = check(libc.mmap(at + i * 2 * MIB, 4096, 1, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x10, -1, 0))
            ctypes.c_char.from_address(page).value  # pylint: disable=expression-not-assigned
            if i % 256 == 255:
                held(MIB)
    spread(one, 24)


def fill(fd):
    """Writes to it until it would block; what it took."""
    done = 0
    block = b"x" * 65536
    try:
        while True:
            done += os.write(fd, block)
    except BlockingIOError:
        pass
    return done


def pipes():
    def one(share):
        done = 0
        for _ in range(110):
            r, w = os.pipe()
            kept.extend((r, w))
            os.set_blocking(w, False)
            try:
                fcntl.fcntl(w, 1031, MIB)
            except OSError:
                pass
            n = fill(w)
            held(n)
            done += n
            if done >= share:
                break
    spread(one, 48)


def spliced_pages():
    """A pipe that holds one byte of a huge page keeps the whole page after it was unmapped."""
    kept.extend(os.pipe())
    w = kept[-1]
    fcntl.fcntl(w, 1031, MIB)
    for i in range(goal // (2 * MIB)):
        if i % 250 == 249:
            kept.extend(os.pipe())
            w = kept[-1]
            fcntl.fcntl(w, 1031, MIB)
        at = check(libc.mmap(None, 4 * MIB, 3, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0))
        whole = (at + 2 * MIB - 1) & ~(2 * MIB - 1)
        libc.madvise(whole, 2 * MIB, 14)
        libc.memset(whole, 1, 2 * MIB)
        check(libc.vmsplice(w, ctypes.byref((ctypes.c_uint64 * 2)(whole, 1)), 1, 0))
        libc.munmap(at, 4 * MIB)
        held(2 * MIB)
    stay()


def grow(s):
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        s.setsockopt(socket.SOL_SOCKET, option, 4 * MIB)


def unix_stream():
    def one(share):
        done = 0
        while done < share:
            both = socket.socketpair()
            kept.extend(both)
            for s in both:
                grow(s)
                s.setblocking(False)
                n = fill(s.fileno())
                held(n)
                done += n
    spread(one, 48)


def unix_passed():
    """Descriptors on their way to nobody are in no process's table."""
    def one(share):
        done = 0
        while done < share:
            out, back = socket.socketpair()
            kept.extend((out, back))
            inner = []
            for _ in range(8):
                a, b = socket.socketpair()
                grow(a)
                a.setblocking(False)
                n = fill(a.fileno())
                held(n)
                done += n
                inner += [a, b]
            socket.send_fds(out, [b"x"], [s.fileno() for s in inner])
            for s in inner:
                s.close()
    spread(one, 4)


def unix_datagrams():
    """Senders that are closed while what they sent waits."""
    def one(share):
        done = 0
        while done < share:
            b = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            name = b"\0%d-%d" % (os.getpid(), len(kept))
            b.bind(name)
            kept.append(b)
            for _ in range(10):
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                grow(s)
                s.setblocking(False)
                try:
                    while True:
                        n = s.sendto(b"x" * 60000, name)
                        held(n)
                        done += n
                except BlockingIOError:
                    pass
                s.close()
    spread(one, 16)


def tcp_loopback():
    def one(share):
        server = socket.create_server(("127.0.0.1", 0), backlog=256)
        done = 0
        while done < share:
            a = socket.socket()
            grow(a)
            a.connect(server.getsockname())
            b, _ = server.accept()
            grow(b)
            kept.extend((a, b))
            for s in (a, b):
                s.setblocking(False)
                n = fill(s.fileno())
                held(n)
                done += n
    spread(one, 16)


def udp_loopback():
    def one(share):
        done = 0
        while done < share:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            grow(s)
            s.bind(("127.0.0.1", 0))
            kept.append(s)
            n = 4 * MIB if s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) > 4 * MIB else 180000
            for _ in range(n // 60000):
                s.sendto(b"x" * 60000, s.getsockname())
                held(60000)
            done += n
    spread(one, 16)


def packet_rings():
    """A ring is the kernel's memory: it need not even be mapped."""
    for _ in range(goal // (64 * MIB)):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        kept.append(s)
        s.setsockopt(263, 5, struct.pack("4I", MIB, 64, 2048, 64 * 512))
        held(64 * MIB)
    stay()


def small_packet_rings():
    """As many as libpcap would make, each of a size that it would."""
    def one(share):
        for _ in range(share // (2 * MIB)):
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            kept.append(s)
            s.setsockopt(263, 5, struct.pack("4I", 128 << 10, 16, 2048, 1024))
            held(2 * MIB)
    spread(one, 8)


def main():
    global goal, seconds, ends
    goal, seconds = int(sys.argv[2]) * MIB, float(sys.argv[3])
    ends = os.pipe()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        globals()[sys.argv[1]]()
    except (OSError, MemoryError) as e:
        os.write(2, f"refused: {e} {errno.errorcode.get(getattr(e, 'errno', 0), '')}\n".encode())


ends = ()
main()
