"""An FTP server that does one thing wrong: `mock.py WAY` prints `port N`, serves whoever comes, and prints what it is told.

The ways are the functions below that are marked; each does one transfer over a data connection."""

import socket
import struct
import sys
import threading
import time

WAYS = {}
CHUNK = b"x" * 1023 + b"\n"


def way(function):
    WAYS[function.__name__.replace("_", "-")] = function
    return function


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.active = None  # where the client listens

    def say(self, text):
        self.sock.sendall(text.encode() + b"\r\n")

    def address(self, host="127,0,0,1", port=None):
        port = self.port if port is None else port
        return f"{host},{port // 256},{port % 256}"

    def data(self):
        return self.listener.accept()[0]

    def rest(self, data):
        """All that comes until the client hangs up."""
        octets = b""
        while True:
            some = data.recv(65536)
            if not some:
                return octets
            octets += some


@way
def well(client):
    """As it should be."""
    data = client.data()
    client.say("150 here it comes")
    data.sendall(b"first\r\nsecond\r\n")
    data.close()
    client.say("226 done")


@way
def third_host(client):
    """227 names a host that is not this one."""
    well(client)


@way
def much(client):
    """1 GiB."""
    data = client.data()
    client.say("150 here it comes")
    for _ in range(1024):
        data.sendall(CHUNK * 1024)
    data.close()
    client.say("226 done")


@way
def stalls(client):
    """The data begins, and does not go on; then the transfer is given up."""
    data = client.data()
    client.say("150 here it comes")
    data.sendall(b"first\r\nhalf")
    client.say("426 given up")
    client.kept = data  # stays open


@way
def resets(client):
    data = client.data()
    client.say("150 here it comes")
    data.sendall(b"first\r\n")
    time.sleep(0.1)
    data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    data.close()
    client.say("426 broken")


@way
def early(client):
    """The last reply comes before the data does."""
    data = client.data()
    client.say("150 here it comes")
    client.say("226 done")
    time.sleep(0.2)
    data.sendall(b"first\r\nsecond\r\n")
    data.close()


@way
def nobody(client):
    """227 names a port at which nobody listens."""
    client.say("425 nobody came")


@way
def strangers(client):
    """Somebody else comes to the port of PORT first."""
    stranger = socket.create_connection(client.active, source_address=("127.0.0.2", 0))
    while stranger.recv(1):
        pass
    data = socket.create_connection(client.active)
    client.say("150 here it comes")
    data.sendall(b"first\r\n")
    data.close()
    client.say("226 done")


@way
def binary(client):
    data = client.data()
    client.say("150 here it comes")
    data.sendall(b"text\r\n\x1b]52;c;evil\x07\x00\xff\xfe")
    data.close()
    client.say("226 done")


@way
def takes(client):
    """STOR: prints how much came, and where it ended."""
    data = client.data()
    client.say("150 go on")
    octets = client.rest(data)
    print("stored", len(octets), octets[-20:], flush=True)
    client.say("226 done")


@way
def refuses_midway(client):
    """STOR: 552 comes while the client sends, and nothing is read any more."""
    data = client.data()
    client.say("150 go on")
    data.recv(1000)
    client.say("552 no room")
    client.kept = data


def serve(sock, name):
    client = Client(sock)
    client.say("220 mock FTP server")
    for line in sock.makefile("rb"):
        line = line.decode("latin-1").rstrip("\r\n")
        verb = line.split(" ")[0].upper()
        if verb == "PASV" and name == "third-host":
            client.say(f"227 Entering ({client.address('192,0,2,1')})")
        elif verb == "PASV" and name == "nobody":
            client.listener.close()
            client.say(f"227 Entering ({client.address()})")
        elif verb == "PASV":
            client.say(f"227 Entering ({client.address()})")
        elif verb == "PORT":
            numbers = line.split(" ")[1].split(",")
            client.active = (".".join(numbers[:4]), int(numbers[4]) * 256 + int(numbers[5]))
            client.say("200 ok")
        elif verb in ("LIST", "RETR", "STOR"):
            try:
                WAYS[name](client)
            except OSError as error:
                print("error", error, flush=True)
                client.say("426 broken")
        elif verb == "QUIT":
            client.say("221 bye")
            break
        else:
            client.say("230 ok" if verb == "USER" else "200 ok")
    sock.close()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print("port", listener.getsockname()[1], flush=True)
    while True:
        sock = listener.accept()[0]
        threading.Thread(target=serve, args=(sock, sys.argv[1]), daemon=True).start()


if __name__ == "__main__":
    main()
