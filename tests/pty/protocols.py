"""Talking POP3, IMAP, HTTP and FTP by hand, in a terminal, against small servers on loopback: `protocols.py TEST` runs one
test, `protocols.py` lists them. What a test expects to show is what a person at that terminal would see."""

import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import Ftp, Http, Imap, Pop3  # noqa: E402
from terminal import Terminal, check, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")


def talk(service, *options, columns=80, rows=40):
    """A terminal in which parlance talks to the service, without notes, so that what a person is told shows."""
    return Terminal([PARLANCE, "--notes", "off", *options, service.address], columns, rows)


def says(terminal, *sentences):
    """The sentences show, however they were wrapped."""
    for sentence in sentences:
        terminal.wait(lambda: sentence in " ".join(terminal.screen.all().replace("\n#", " ").split()))


def said(terminal, *lines):
    """Types each line, and sees it said, its password masked."""
    for line in lines:
        shown = re.sub(r"^(PASS |a1 LOGIN bob ).*", r"\1{{password}}", line)
        terminal.enter(line)
        terminal.wait(f"C: {shown}".rstrip())
        terminal.settle(0.1)


def history(protocol):
    path = os.path.join(os.environ["XDG_STATE_HOME"], "parlance", f"history-{protocol}")
    with open(path, encoding="utf-8") as file:
        return file.read()


# ---- the prompt says what is awaited ----

@test
def imap_literal():
    service = Imap()
    with talk(service, "-P", "imap") as t:
        t.wait_line("imap not-authenticated>")
        t.enter("a1 LOGIN {3}")
        t.wait_line("imap literal 3>")
        t.enter("bob {8}")
        t.wait_line("imap literal 8>")
        t.enter("redqueen")
        t.wait_line("imap authenticated>")
        t.enter("a2 APPEND INBOX {12}")
        t.wait_line("imap literal 12>")
        t.enter("")
        t.wait_line("imap literal 10>")
        t.type("\x1dnext\r")
        says(t, "10 octets of the literal are still to come", "Then comes the rest of the command's line")
        t.enter("12345678")
        t.wait_line("imap rest of command>")
        t.enter("")
        t.wait_line("imap authenticated>")
        check("redqueen" not in t.screen.all(), t, "the password shows")
    check("redqueen" not in history("imap") and "12345678" not in history("imap"), t, "a literal is in the history")


@test
def imap_idle():
    service = Imap()
    with talk(service, "-P", "imap") as t:
        t.wait_line("imap not-authenticated>")
        t.enter("a1 LOGIN bob x")
        t.wait_line("imap authenticated>")
        t.enter("a2 IDLE")
        t.wait_line("imap idle>")
        t.wait("S: * 3 EXISTS")
        t.type("\x03")
        says(t, "What is awaited: DONE, which ends IDLE (RFC 2177 3).", "(a tag and LOGOUT)")
        t.enter("DONE")
        t.wait_line("imap authenticated>")


@test
def http_header_body_and_chunks():
    service = Http()
    with talk(service, "-P", "http") as t:
        t.wait_line("http idle>")
        said(t, "POST / HTTP/1.1")
        t.wait_line("http header>")
        said(t, "Host: x", "Content-Length: 12", "")
        t.wait_line("http body 12>")
        said(t, "hello")
        t.wait_line("http body 5>")
        said(t, "world")
        t.wait("S: b'hello\\r\\nworld'")
        t.wait_line("http idle>")
        said(t, "POST /two HTTP/1.1", "Transfer-Encoding: chunked", "")
        t.wait_line("http chunk size>")
        said(t, "3")
        t.wait_line("http chunk 3>")
        said(t, "abc")
        t.wait_line("http chunk size>")
        said(t, "0")
        t.wait_line("http trailer>")
        t.enter("")
        t.wait("S: b'abc'")
        t.wait_line("http idle>")
    check(service.raw.endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), t, f"chunks are not as typed: {service.raw!r}")
    check(b"hello\r\nworldPOST /two" in service.raw, t, f"a line end follows the body: {service.raw!r}")


@test
def what_waits_is_told_after_a_while():
    http, imap = Http(), Imap()
    with talk(http, "-P", "http") as t, talk(imap, "-P", "imap") as u:
        t.wait_line("http idle>")
        said(t, "GET / HTTP/1.1")
        u.wait_line("imap not-authenticated>")
        u.enter("a1 LOGIN {3}")
        u.wait_line("imap literal 3>")
        time.sleep(5.5)
        says(t, "The header waits for its empty line, and the server for the header")
        says(u, "The literal waits for 3 more octets, line ends included.")


@test
def unknown_until_somebody_speaks():
    service = Http()
    with talk(service) as t:
        t.wait_line("tcp open>")
        says(t, "The server does not greet: as in HTTP, the client speaks first.")
        t.enter("GET / HTTP/1.1")
        t.wait_line("http header>")
        t.type("Hos\t")
        t.wait_line("http header> Host:")


# ---- traps ----

@test
def commands_of_another_protocol():
    for service, line, *expected in [
        (Pop3(), "EHLO me", "EHLO belongs to another protocol (SMTP). Here POP3 is spoken."),
        (Pop3(), "LOGOUT", "LOGOUT belongs to another protocol (IMAP).", "One leaves with QUIT."),
        (Pop3(), "GET / HTTP/1.1", "GET belongs to another protocol (HTTP)."),
        (Imap(), "QUIT", "One leaves with a tag and LOGOUT."),
        (Imap(), "http://localhost/", "as a command, which a URL is not", ":open TARGET goes elsewhere."),
        (Ftp(), "ls", "ls is what programs are told, not servers. The command is LIST."),
        (Ftp(), "bye", "One leaves with QUIT."),
        (Ftp(), "telnet localhost", "This went to the server, which is no shell."),
        (Http(), "QUIT", "HTTP has no goodbye: Connection: close in a request"),
    ]:
        with talk(service, "-P", type(service).__name__.lower()) as t:
            t.settle(0.2)
            t.enter(line)
            says(t, *expected)


@test
def commands_that_are_known_are_no_trap():
    service = Imap()
    with talk(service, "-P", "imap") as t:
        t.wait_line("imap not-authenticated>")
        said(t, "a1 LOGIN bob x", "a2 NOOP", "LIST")
        check("belongs to" not in t.screen.all() and "The tag" not in t.screen.all(), t, "a trap where there is none")


@test
def a_tag_twice():
    service = Imap()
    with talk(service, "-P", "imap") as t:
        t.wait_line("imap not-authenticated>")
        said(t, "a1 NOOP", "a1 NOOP")
        says(t, "The tag a1 stood before the last command too")
        t.type("\t")
        t.wait_line("imap not-authenticated> a2")


@test
def a_password_in_curly_quotes_is_not_shown():
    service = Imap()
    with talk(service, "-P", "imap") as t:
        t.wait_line("imap not-authenticated>")
        t.enter("a1 LOGIN bob \u201credqueen\u201d")
        says(t, "a curly quote (U+201C)", ":fix sends it in ASCII.")
        check("redqueen" not in t.screen.all(), t, "the password shows")
        t.enter(":fix")
        t.wait(lambda: service.lines[-1:] == ['a1 LOGIN bob "redqueen"'])
        t.settle()
        check("redqueen" not in t.screen.all(), t, "the password shows")


@test
def counts_that_do_not_fit():
    service = Imap()
    with talk(service, "-P", "imap") as t:
        t.wait_line("imap not-authenticated>")
        said(t, "a1 LOGIN bob x", "a2 APPEND INBOX {50}")
        t.wait_line("imap literal 50>")
        t.enter(".")
        says(t, "Here a dot ends nothing: the count does, and 47 octets are still missing.")
        t.enter(":next")
        says(t, ":next: this went to the server, as all does here. ^] and then next reaches parlance.")
        t.enter("x" * 50)
        says(t, "The count ends inside this line: 10 octets of it, and its line end, are taken for the rest of the command.")


@test
def a_body_longer_than_its_length():
    service = Http()
    with talk(service, "-P", "http") as t:
        t.wait_line("http idle>")
        said(t, "POST / HTTP/1.1", "Content-Length: 5", "")
        t.enter("hello!!")
        says(t, "The count ends inside this line: 2 octets of it, and its line end, are taken for the next request.")
        t.wait("S: HTTP/1.1 400 Bad Request")
        check(service.raw.endswith(b"hello!!\r\n"), t, f"not as typed: {service.raw!r}")


@test
def a_body_that_was_not_announced():
    service = Http()
    with talk(service, "-P", "http") as t:
        t.wait_line("http idle>")
        said(t, "POST / HTTP/1.1", "")
        t.wait_line("http idle>")
        t.enter("hello")
        says(t, "The POST ended at its empty line, since no Content-Length announced a body")


# ---- FTP's data connection ----

@test
def where_the_data_connection_goes():
    service = Ftp()
    with talk(service, "-P", "ftp") as t:
        t.wait_line("ftp connected>")
        said(t, "USER a", "PASS b", "PASV")
        says(t, "data 127.0.0.1:51201: connecting: the second connection")
        says(t, "data 127.0.0.1 port 51201: connection refused")
        said(t, "EPSV")
        says(t, "data 127.0.0.1 port 51202: connection refused")
        said(t, "LIST")
        t.enter("ABOR")  # does not wait for the reply
        t.wait("S: 226 Done")
        said(t, "PORT 127,0,0,1,200,3")
        says(t, "the server connects to 127.0.0.1:51203: nobody of ours listens there")


# ---- passwords and history ----

@test
def passwords_are_asked_for_and_kept_nowhere():
    pop3, imap, http = Pop3(), Imap(), Http()
    with talk(pop3, "-P", "pop3") as t:
        t.wait_line("pop3 authorization>")
        said(t, "USER bob")
        t.enter(":password PASS")
        t.wait_line("password:")
        t.enter("redqueen")
        t.wait("C: PASS {{password}}")
        t.wait_line("pop3 transaction>")
        t.enter("PASS redqueen")
        t.settle()
        check("redqueen" not in t.screen.all(), t, "the password shows")
    check("PASS redqueen" in pop3.lines, t, "it was not sent")
    with talk(pop3, "-P", "pop3") as t:
        t.wait_line("pop3 authorization>")
        t.enter(":password APOP bob")
        t.wait_line("password:")
        t.enter("tanstaaf")  # RFC 1939 7
        t.wait_line("pop3 transaction>")
    check(pop3.lines[-1].startswith("APOP bob ") and len(pop3.lines[-1]) == 41, t, "no digest")
    with talk(imap, "-P", "imap") as t:
        t.wait_line("imap not-authenticated>")
        t.enter(":password a1 LOGIN bob")
        t.wait_line("password:")
        t.enter('red"queen')
        t.wait_line("imap authenticated>")
    check('a1 LOGIN bob "red\\"queen"' in imap.lines, t, "it was not quoted")
    with talk(http, "-P", "http") as t:
        t.wait_line("http idle>")
        said(t, "GET / HTTP/1.1")
        t.enter(":password bob")
        t.wait_line("password:")
        t.enter("redqueen")
        t.wait("C: Authorization: Basic {{")
        t.settle(0.1)
        t.enter("Authorization: Basic Ym9iOnJlZHF1ZWVu")
        t.settle(0.1)
        said(t, "")
        t.wait_line("http idle>")
    check(http.lines.count("Authorization: Basic Ym9iOnJlZHF1ZWVu") == 2, t, "it was not sent")
    for secret in "redqueen", 'red"queen', "Ym9iOnJlZHF1ZWVu":
        check(secret not in history("pop3") + history("http"), t, f"{secret} is in the history")


@test
def ways_to_log_in():
    for service, ways in [(Pop3(), "Ways to log in: plain, login, cram-md5, scram-sha-1, scram-sha-256, xoauth2, "
                                   "oauthbearer, user, apop."),
                          (Http(), "Ways to log in: basic."), (Ftp(), "Ways to log in: user.")]:
        with talk(service, "-P", type(service).__name__.lower()) as t:
            t.settle(0.2)
            t.enter(":auth")
            says(t, ways)
            t.enter(":auth " + ("basic" if isinstance(service, Http) else "user"))
            says(t, "C: Authorization: Basic VVNFUjpQQVNTV09SRA==" if isinstance(service, Http) else "C: PASS PASSWORD")


# ---- completion ----

@test
def tab_completes():
    for service, typed, expected in [
        (Imap(), "a1 sel\t", "a1 SELECT"), (Imap(), "a1 SELECT I\t", "a1 SELECT INBOX"),
        (Imap(), "a1 FETCH 1 (ENV\t", "a1 FETCH 1 (ENVELOPE"), (Imap(), "a1 UID FE\t", "a1 UID FETCH"),
        (Imap(), "a1 SEARCH UNS\t", "a1 SEARCH UNSEEN"), (Imap(), "a1 STORE 1 -FLAGS.\t", "a1 STORE 1 -FLAGS.SILENT"),
        (Imap(), "a1 STORE 1 FLAGS (\\Del\t", "a1 STORE 1 FLAGS (\\Deleted"),
        (Imap(), "a1 AUTHENTICATE \t", "a1 AUTHENTICATE PLAIN"),
        (Http(), "G\t/ H\t", "GET / HTTP/1.1"), (Ftp(), "RET\t", "RETR"), (Ftp(), "TYP\tI\t", "TYPE I"),
        (Pop3(), "ret\t1", "RETR 1"), (Pop3(), ":auth a\t", ":auth apop"),
    ]:
        with talk(service, "-P", type(service).__name__.lower()) as t:
            t.settle(0.2)
            t.type(typed)
            t.wait(lambda: t.screen.line().partition("> ")[2] == expected)


# ---- much text, and the end ----

@test
def a_header_is_shown_and_its_body_folded():
    service = Http()
    with talk(service, "-P", "http", rows=24) as t:
        t.wait_line("http idle>")
        said(t, "GET /long HTTP/1.1", "")
        t.wait("S: line 199")
        check("S: X-Field-13: 13" in t.screen.all(), t, "the header is folded away")
        t.wait("# \u2026 182 more lines (:more)")
        said(t, "GET /one HTTP/1.1", "")
        t.wait("# \u2026 7 more lines (:more)")
        check("xxxx" not in t.screen.all(), t, "a long last line is not folded away")


@test
def a_long_message_is_folded():
    service = Pop3()
    with talk(service, "-P", "pop3", columns=40, rows=15) as t:
        t.wait_line("pop3 authorization>")
        said(t, "USER a", "PASS b", "RETR 1")
        t.wait("S: .")
        t.wait("more lines (:more)")


@test
def a_line_that_was_not_sent_is_kept():
    service = Http()
    with talk(service, "-P", "http") as t:
        t.wait_line("http idle>")
        t.type("GET / HT")
        service.close()  # the server's patience with a silent client
        t.wait("<server hangs up>")
        t.wait_line("http closed> GET / HT")
        t.enter("TP/1.1")
        says(t, "Not connected: nothing was sent, and the line is kept.")
        t.wait_line("http closed> GET / HTTP/1.1")
        t.type("\x1d")
        t.wait_line("parlance:")
        t.enter("reconnect")
        t.wait_line("http idle> GET / HTTP/1.1")
        t.enter("")
        t.wait_line("http header>")
        t.enter("")
        t.wait("S: HTTP/1.1 200 Fine")


if __name__ == "__main__":
    run_tests()
