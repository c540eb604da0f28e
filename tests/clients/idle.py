#!/usr/bin/env python3
"""Many clients that say nothing, and one that asks.

    idle.py PORT N COMMAND PID     connects N clients to 127.0.0.1:PORT and waits until each was greeted; then one more
                                   says COMMAND, reads its answer, and hangs up
Prints, one a line: how many were greeted and in how many seconds, the milliseconds that the answer took, the resident
memory of process PID in KiB (0 where /proc does not tell), and `held` when it has all of that. Ends at the end of stdin.
"""
import resource
import selectors
import socket
import sys
import time

AT_ONCE = 1000  # connections under way: fewer than a listener's queue holds
PATIENCE = 60


def descriptors(n):
    """Raises the limit so that n are there, where that is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < n:
        sys.exit(f"only {hard} descriptors may be open here, and {n} are needed")
    if soft != resource.RLIM_INFINITY and soft < n:
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, hard))


def connect(port, selector):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    selector.register(client, selectors.EVENT_READ)


def greeted(port, n):
    """The clients, each of which has read a greeting."""
    selector, clients, begun, end = selectors.DefaultSelector(), [], 0, time.monotonic() + PATIENCE
    while len(clients) < n and time.monotonic() < end:
        while begun < n and begun - len(clients) < AT_ONCE:
            connect(port, selector)
            begun += 1
        for key, _ in selector.select(1):
            selector.unregister(key.fileobj)
            if key.fileobj.recv(4096):
                clients.append(key.fileobj)
    return clients


def asked(port, command):
    """Milliseconds until the answer to a command came, on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.recv(4096)
        before = time.monotonic()
        client.sendall(command.encode() + b"\r\n")
        client.recv(4096)
        return (time.monotonic() - before) * 1000


def resident(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    except OSError:
        return 0


def main():
    port, n, command, pid = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    descriptors(n + 100)
    before = time.monotonic()
    clients = greeted(port, n)
    print("greeted", len(clients), round(time.monotonic() - before, 2))
    print("answered", round(asked(port, command), 1))
    print("resident", resident(pid))
    print("held", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
