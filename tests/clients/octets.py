#!/usr/bin/env python3
"""What a server sends, read by read.

    octets.py [--tls] PORT LINE...     says the lines once the first octet has come, and reads to the end

Prints a line for each read: milliseconds since the one before, and the octets as Python writes them. Then how it ended:
`end`, `cut` (under TLS without a close_notify) or `reset`.
"""
import socket
import ssl
import sys
import time


def connected(port, secure):
    client = socket.create_connection(("127.0.0.1", port), 30)
    if not secure:
        return client
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.options &= ~0x80  # SSL_OP_IGNORE_UNEXPECTED_EOF, which Python sets and before 3.12 does not name
    return context.wrap_socket(client, suppress_ragged_eofs=False)


def read(client, lines):
    """Yields what each read gives."""
    while octets := client.recv(65536):
        yield octets
        if lines:
            client.sendall("".join(line + "\r\n" for line in lines).encode())
            lines = []


def main():
    arguments = sys.argv[1:]
    secure = arguments[0] == "--tls"
    port, *lines = arguments[secure:]
    with connected(int(port), secure) as client:
        before, how = time.monotonic(), "end"
        try:
            for octets in read(client, lines):
                now = time.monotonic()
                print(round((now - before) * 1000), octets)
                before = now
        except ssl.SSLError as error:
            if error.reason != "UNEXPECTED_EOF_WHILE_READING" and not isinstance(error, ssl.SSLEOFError):
                raise
            how = "cut"
        except ConnectionResetError:
            how = "reset"
        print(how)


if __name__ == "__main__":
    main()
