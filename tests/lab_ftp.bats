# The lab's FTP server: by hand, with the clients that people use, cut off in mid-transfer, and with whatever else may come.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

USER=alice PASSWORD=wonderland

ftp_lab() {
	lab --only ftp,ftps,http --ca-out "$BATS_TEST_TMPDIR/ca.pem"
	port=$(lab_port ftp)
	ftps=$(lab_port ftps)
	here=ftp://127.0.0.1:$port
}

# python: runs what stands on stdin, with `f` an ftplib.FTP that has logged in, and `PORT`, `CA`, `codes` to use.
python() {
	run -0 timeout 60 "$PYTHON" -c '
import ftplib, io, socket, ssl, struct, sys, time
PORT, CA = int(sys.argv[1]), sys.argv[2]
def login(user="alice", password="wonderland"):
    f = ftplib.FTP()
    f.connect("127.0.0.1", PORT, 10)
    f.login(user, password)
    return f
def fetch(f, path, **more):
    out = io.BytesIO()
    f.retrbinary("RETR " + path, out.write, **more)
    return out.getvalue()
def says(f, line):
    try:
        return f.sendcmd(line)
    except ftplib.Error as e:
        return str(e)
def codes(f, *lines):
    return " ".join(says(f, line)[:3] for line in lines)
def is_(got, want):
    assert got == want, f"expected {want!r}, received {got!r}"
f = login()
'"$(cat)" "$port" "$BATS_TEST_TMPDIR/ca.pem"
}

# by_hand: says the lines on stdin, the next when the last is answered, and prints the codes of all final lines.
by_hand() {
	run -0 timeout 30 "$PYTHON" -c '
import re, socket, sys
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
heard = peer.makefile("rb")
def reply():
    first = line = heard.readline()
    while line and not re.match(first[:3] + b" ", line):
        line = heard.readline()
    assert not line or line.endswith(b"\r\n"), line
    return line[:3].decode() or "gone"
codes = [reply()]
for line in sys.stdin.buffer.read().split(b"\n")[:-1]:
    peer.sendall(line + b"\r\n")
    codes.append(reply())
print(*codes)
' "$port"
}

# ---- the protocol by hand ----

@test "who logs in, and who does not" {
	ftp_lab
	by_hand <<-END
		PWD
		PASS wonderland
		USER alice
		PASS wrong
		USER nobody
		PASS wonderland
		USER alice
		PWD
		PASS wonderland
		PASS wonderland
		ACCT none
		PWD
		REIN
		PWD
		QUIT
		NOOP
	END
	same "220 530 503 331 530 331 530 331 530 230 503 202 257 220 530 221 gone" "$output"
}

@test "five wrong passwords, and the server hangs up" {
	ftp_lab
	by_hand <<<$'USER alice\nPASS a\nUSER alice\nPASS b\nUSER alice\nPASS c\nUSER alice\nPASS d\nUSER alice\nPASS e\nNOOP'
	same "220 331 530 331 530 331 530 331 530 331 421 gone" "$output"
}

@test "each command's arguments: 200, 501, 502, 504 where they belong" {
	ftp_lab
	python <<-'END'
		is_(codes(f, "TYPE A", "TYPE A N", "TYPE A T", "TYPE I", "TYPE L 8", "type i"), "200 200 200 200 200 200")
		is_(codes(f, "TYPE", "TYPE X", "TYPE A X", "TYPE L", "TYPE I N", "TYPE A C", "TYPE E", "TYPE L 7"),
		    "501 501 501 501 501 504 504 504")
		is_(codes(f, "STRU F", "STRU R", "STRU X", "MODE S", "MODE B", "MODE X"), "200 504 501 200 504 501")
		is_(codes(f, "ALLO 5", "ALLO 5 R 2", "ALLO x", "REST 7", "REST x", "REST -1"), "202 202 501 350 501 501")
		is_(codes(f, "SMNT x", "LPRT 1", "XYZZY", "", "NOOP x", "CWD", "SYST", "HELP", "HELP STOR", "HELP XYZZY"),
		    "502 502 500 500 501 501 215 214 214 501")
		is_(codes(f, "SITE HELP", "SITE CHMOD 644 README.txt", "SITE CHMOD 9 README.txt", "SITE CHMOD 644 none", "SITE X"),
		    "214 202 501 550 500")
		is_(codes(f, "XPWD", "XCWD homework", "XCUP", "XMKD x", "XRMD x"), "257 250 200 257 250")
	END
}

@test "FEAT lists what there is, and OPTS MLST chooses the facts" {
	ftp_lab
	python <<-'END'
		is_(f.sendcmd("FEAT").split("\n")[1:-1], [" AUTH TLS", " CCC", " EPRT", " EPSV", " MDTM", " MFMT",
		    " MLST type*;perm*;size*;modify*;unique*;", " PBSZ", " PROT", " REST STREAM", " SIZE", " TVFS", " UTF8"])
		is_(says(f, "OPTS MLST lang;Size;type;frogs;"), "200 MLST OPTS type;size;")
		is_(f.sendcmd("FEAT").split("\n")[7], " MLST type*;perm;size*;modify;unique;")
		is_(f.sendcmd("MLST README.txt").split("\n")[1], " type=file;size=%d; /README.txt" % len(fetch(f, "README.txt")))
		is_(codes(f, "OPTS MLST size type", "OPTS MLST ;", "OPTS UTF8 ON", "OPTS UTF8 OFF", "OPTS NLST"),
		    "501 501 200 501 501")
		is_(says(f, "OPTS MLST"), "200 MLST OPTS")
		is_(f.sendcmd("MLST README.txt").split("\n")[1], "  /README.txt")
	END
}

@test "the tree: made, renamed and removed, quotes doubled, and nothing outside it" {
	ftp_lab
	python <<-'END'
		is_(says(f, 'MKD a "b" c'), '257 "/a ""b"" c" is made')
		is_(codes(f, 'CWD a "b" c', "CWD ../../..", "PWD"), "250 250 257")
		is_(f.pwd(), "/")
		is_(codes(f, "MKD homework", "RMD homework", "RMD /", "RMD none", "DELE homework", "DELE none"),
		    "550 550 550 550 550 550")
		is_(codes(f, "RNTO x", "RNFR none", "RNFR README.txt", "NOOP", "RNTO x"), "503 550 350 200 503")
		is_(codes(f, "RNFR README.txt", "RNTO none/x", "RNFR README.txt", "RNTO R", "SIZE R", "RNFR R", "RNTO README.txt"),
		    "350 553 350 250 213 350 250")
		is_(codes(f, "CWD none", "CWD README.txt", "SIZE homework", "MDTM none", "MLST none", "MLSD none", "MLSD README.txt"),
		    "550 550 550 550 550 550 501")
		is_(codes(f, "MFMT 20200102030405 README.txt", "MFMT 2020 README.txt", "MFMT 20230229000000 README.txt"), "213 501 501")
		is_(says(f, "MDTM README.txt"), "213 20200102030405")
		is_(codes(f, "RETR none", "RETR homework", "LIST none", "NLST *.none", "STOR homework", "STOR none/x", "RETR a\0b"),
		    "550 550 450 450 553 553 550")
	END
}

@test "listings: ls -l lines, bare names that can be used as they are, facts" {
	ftp_lab
	python <<-'END'
		import re
		f.encoding = "utf-8"
		is_(f.nlst("homework/*1.txt"), ["homework/week1.txt"])
		is_(f.nlst("/homework"), ["/homework/week1.txt", "/homework/week2.txt"])
		lines = []
		f.retrlines("LIST -la homework", lines.append)
		assert all(re.fullmatch(r"-rw-r--r-- +1 alice +alice +\d+ [A-Z][a-z]{2} [ \d]\d ( \d{4}|\d\d:\d\d) week\d\.txt", l)
		           for l in lines) and len(lines) == 2, lines
		facts = dict(f.mlsd("homework"))
		is_(facts["week1.txt"]["type"] + " " + facts["week1.txt"]["perm"], "file adfrw")
		is_(int(facts["week1.txt"]["size"]), len(fetch(f, "homework/week1.txt")))
		assert "Grüße aus Köln.txt" in f.nlst()
		f.voidcmd("TYPE I")
		assert says(f, "STAT homework").startswith("212-") and says(f, "STAT README.txt").startswith("213-")
		is_(codes(f, "STAT", "STAT none"), "211 450")
	END
}

# ---- data connections ----

@test "what is stored is fetched again, whole and from a place on, as an image and as text" {
	ftp_lab
	python <<-'END'
		data = bytes(range(256)) * 20000
		is_(f.storbinary("STOR image", io.BytesIO(data))[:3], "226")
		assert fetch(f, "image") == data and fetch(f, "image", rest=5000001) == data[5000001:]
		f.storbinary("STOR image", io.BytesIO(b"END"), rest=len(data) - 1)
		f.storbinary("APPE image", io.BytesIO(b"+"))
		assert fetch(f, "image") == data[:-1] + b"END+"
		f.storbinary("STOR image", io.BytesIO(b"0123456789"))
		f.storbinary("STOR image", io.BytesIO(b"ab"), rest=4)
		is_(fetch(f, "image"), b"0123ab6789")
		is_(says(f, "REST 11") + says(f, "RETR image")[:3], "350 Restarting at 11: RETR or STOR comes next554")
		f.storlines("STOR text", io.BytesIO(b"a\nb\r\nc"))
		is_(fetch(f, "text"), b"a\nb\nc\n")
		f.storbinary("STOR mixed", io.BytesIO(b"a\nb\r\n\rc\n"))
		f.voidcmd("TYPE A")
		is_(says(f, "SIZE mixed"), "213 10")
		for place in range(11):
		    f.voidcmd("TYPE A")
		    with f.transfercmd("RETR mixed", rest=place) as data:
		        is_(data.makefile("rb").read(), b"a\r\nb\r\n\rc\r\n"[place:])
		    f.voidresp()
	END
}

@test "active mode, passive mode, extended and not; each with TLS and without" {
	ftp_lab
	python <<-'END'
		def each(f):
		    for passive in (True, False):
		        f.set_pasv(passive)
		        for af in (socket.AF_INET, socket.AF_INET6):    # AF_INET6: ftplib says EPSV and EPRT
		            f.af = af
		            if af == socket.AF_INET or passive:
		                is_(len(f.nlst("homework")), 2)
		each(f)
		t = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=CA))
		t.connect("localhost", PORT, 10)
		t.login("alice", "wonderland")
		each(t)
		t.prot_p()
		each(t)
		is_(codes(t, "AUTH TLS", "PROT S", "PROT E", "PROT X", "PBSZ x", "PROT C"), "534 536 536 504 501 200")
		t.prot_p()
		t.ccc()
		is_(codes(t, "PROT C", "PBSZ 0", "CCC", "PWD"), "503 503 533 257")
		is_(codes(f, "PROT P", "PBSZ 0", "CCC", "AUTH FOO", "AUTH"), "503 503 533 504 501")
		is_(codes(f, "EPSV 1", "EPSV 2", "EPSV x", "EPSV ALL", "PASV", "PORT 127,0,0,1,8,8", "EPRT |1|127.0.0.1|2056|", "EPSV"),
		    "229 522 501 200 501 501 501 229")
	END
}

@test "no third host: PORT and EPRT elsewhere or to a service are refused, a stranger is hung up on" {
	ftp_lab
	python <<-'END'
		is_(codes(f, "PORT 192,0,2,1,8,8", "PORT 127,0,0,1,0,25", "EPRT |1|192.0.2.1|2056|", "EPRT |1|127.0.0.1|25|",
		          "EPRT |2|::1|2056|", "EPRT |3|x|1|", "PORT 1,2,3", "PORT 127,0,0,1,256,1", "EPRT |1|127.0.0.1|x|"),
		    "501 504 501 504 522 522 501 501 501")
		assert "bounce" in says(f, "PORT 192,0,2,1,8,8")
		where = f.makepasv()
		stranger = socket.socket()
		stranger.bind(("127.0.0.2", 0))
		stranger.settimeout(5)
		stranger.connect(where)
		is_(stranger.recv(1), b"")
		with socket.create_connection(where, 5) as data:
		    is_(says(f, "NLST homework")[:3], "125")
		    is_(data.makefile("rb").read(), b"homework/week1.txt\r\nhomework/week2.txt\r\n")
		is_(f.voidresp()[:3], "226")
	END
}

@test "without PASV or PORT nobody is at the default port: 425" {
	ftp_lab
	by_hand <<<$'USER alice\nPASS wonderland\nLIST\nSTOR x\nPORT 127,0,0,1,4,0\nLIST\nQUIT'
	same "220 331 230 425 425 200 425 221" "$output"
}

@test "ABOR, STAT, QUIT and all else during a transfer" {
	ftp_lab
	python <<-'END'
		f.voidcmd("TYPE I")
		data = f.transfercmd("STOR cut")
		data.sendall(b"half")
		while "4 octets received" not in says(f, "STAT"):
		    time.sleep(0.01)
		is_(f.abort()[:3] + f.getresp()[:3], "426226")      # the LF is urgent
		is_(codes(f, "SIZE cut", "ABOR"), "550 226")
		data = f.transfercmd("STOR cut")
		f.sock.sendall(b"NOOP\r\n\xff\xf4\xff\xf2ABOR\r\nPWD\r\n")
		is_(" ".join(f.getmultiline()[:3] for _ in range(4)), "426 200 226 257")
		data = f.transfercmd("STOR kept")
		f.sock.sendall(b"QUIT\r\n")
		data.sendall(b"whole")
		data.close()
		is_(f.getresp()[:3] + f.getresp()[:3], "226221")
		is_(f.sock.recv(1), b"")
		is_(fetch(login(), "kept"), b"whole")
	END
}

@test "a STOR that is cut leaves what was there before" {
	ftp_lab
	python <<-'END'
		def reset(s):
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		    s.close()
		f.storbinary("STOR file", io.BytesIO(b"as it was"))
		data = f.transfercmd("STOR file")
		data.sendall(b"x" * 100000)
		reset(data)
		is_(says(f, "NOOP")[:3], "426")
		is_(f.getresp()[:3], "200")
		is_(fetch(f, "file"), b"as it was")
		t = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=CA))
		t.connect("localhost", PORT, 10)
		t.login("alice", "wonderland")
		t.prot_p()
		t.voidcmd("TYPE I")
		data = t.transfercmd("STOR file")
		data.sendall(b"y" * 1000)
		socket.socket(fileno=data.detach()).close()         # no close_notify
		is_(says(t, "NOOP")[:3], "426")
		is_(fetch(f, "file"), b"as it was")
		for turn in range(20):                              # killed: both connections end at once
		    k = login()
		    k.voidcmd("TYPE I")
		    data = k.transfercmd("STOR file")
		    data.sendall(b"z" * 1000)
		    k.file.close()
		    k.sock.close()
		    data.close()
		    is_(fetch(login(), "file"), b"as it was")
	END
}

@test "TLS on a data connection can go on with the control connection's session, as PHP's ftp_ssl_connect wants" {
	ftp_lab
	python <<-'END'
		context = ssl.create_default_context(cafile=CA)
		t = ftplib.FTP_TLS(context=context)
		t.connect("localhost", PORT, 10)
		t.login("alice", "wonderland")
		t.prot_p()
		for line in "LIST", "STOR x", "RETR x":
		    data = socket.create_connection(t.makepasv(), 5)
		    t.putcmd(line)
		    data = context.wrap_socket(data, server_hostname="localhost", session=t.sock.session)
		    is_(data.session_reused, True)
		    if line == "STOR x":
		        data.sendall(b"kept")
		    else:
		        while data.recv(4096):
		            pass
		    data.unwrap()
		    is_(t.getresp()[:1] + t.getresp()[:3], "1226")
		is_(fetch(login(), "x"), b"kept")
	END
}

@test "TLS that does not begin on the data connection is answered 522" {
	ftp_lab
	python <<-'END'
		t = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=CA))
		t.connect("localhost", PORT, 10)
		t.login("alice", "wonderland")
		t.prot_p()
		with socket.create_connection(t.makepasv(), 5) as data:
		    data.sendall(b"in the clear\r\n")
		    is_(says(t, "STOR x")[:3], "150")
		    is_(says(t, "NOOP")[:3], "522")
		is_(t.getresp()[:3], "200")
	END
}

@test "a full folder: 452 before the file, 552 in it" {
	ftp_lab
	python <<-'END'
		f.makepasv()
		is_(codes(f, "STOR quota/more", "STOU", "ABOR"), "452 150 426")
		is_(f.getresp()[:3], "226")
		is_(f.storbinary("STOU named.txt", io.BytesIO(b"unique"))[:3], "226") # some clients name a file
		is_([n for n in f.nlst() if n.startswith("ftp0")], ["ftp00001"])
		try:
		    f.storbinary("STOR homework/film", io.BytesIO(bytes(10000000)))
		    raise SystemExit("it was taken")
		except ftplib.error_perm as e:
		    is_(str(e)[:3], "552")
		except OSError:
		    is_(says(f, "NOOP")[:3], "552")
		is_(codes(login(), "SIZE homework/film"), "550")
	END
}

@test "anybody may read the site, and not write; what is stored there is on the pages" {
	require curl
	ftp_lab
	run -0 curl -sS "$here/index.html"
	has "<html"
	page=$output
	run -0 curl -sS "http://127.0.0.1:$(lab_port http)/index.html"
	same "$page" "$output"
	by_hand <<<$'USER ftp\nPASS x@y\nMKD a\nDELE index.html\nRNFR index.html\nSTOR x\nAPPE x\nMFMT 20200101000000 index.html\nSITE CHMOD 644 index.html\nQUIT'
	same "220 331 230 550 550 550 553 553 550 550 221" "$output"
}

# ---- real clients ----

@test "curl: up, down, ranges, active and passive, with TLS and without" {
	require curl
	ftp_lab
	echo "hello from curl" >"$BATS_TEST_TMPDIR/file"
	local way ways=("$here" "-P - $here" "--disable-epsv $here" "-P - --disable-eprt $here"
		"--cacert $BATS_TEST_TMPDIR/ca.pem --ssl-reqd ftp://localhost:$port"
		"--cacert $BATS_TEST_TMPDIR/ca.pem --ssl-reqd --ftp-ssl-ccc ftp://localhost:$port"
		"--cacert $BATS_TEST_TMPDIR/ca.pem ftps://localhost:$ftps")
	for way in "${ways[@]}"; do
		# shellcheck disable=SC2086
		curl -sS -u "$USER:$PASSWORD" --ftp-create-dirs -T "$BATS_TEST_TMPDIR/file" $way/new/file
		# shellcheck disable=SC2086
		run -0 curl -sS -u "$USER:$PASSWORD" $way/new/file
		same "hello from curl" "$output"
	done
	run -0 curl -sS -u "$USER:$PASSWORD" --range 6-9 "$here/new/file"
	same from "$output"
	run -0 curl -sS -u "$USER:$PASSWORD" -l "$here/new/"
	same file "$output"
	run -0 curl -sS -u "$USER:$PASSWORD" -a -T "$BATS_TEST_TMPDIR/file" "$here/new/file" -Q "-SIZE file"
	run -67 curl -sS -u "$USER:wrong" "$here/"
}

@test "lftp mirrors a folder up and down, with TLS and without" {
	require lftp
	ftp_lab
	mkdir -p "$BATS_TEST_TMPDIR/up/in it"
	seq 100000 >"$BATS_TEST_TMPDIR/up/in it/numbers"
	echo "ü" >"$BATS_TEST_TMPDIR/up/Grüße"
	local way
	for way in "set ftp:ssl-allow no" "set ftp:ssl-allow no; set ftp:passive-mode no" \
		"set ssl:ca-file $BATS_TEST_TMPDIR/ca.pem; set ftp:ssl-force yes; set ftp:ssl-protect-data yes"; do
		rm -rf "$BATS_TEST_TMPDIR/down"
		timeout 30 lftp -p "$port" -u "$USER,$PASSWORD" -e "set net:max-retries 1; set net:timeout 5; $way; mirror -R $BATS_TEST_TMPDIR/up m; \
			mirror m $BATS_TEST_TMPDIR/down; rm -r m; bye" 127.0.0.1 </dev/null 3>&- 4>&-
		diff -r "$BATS_TEST_TMPDIR/up" "$BATS_TEST_TMPDIR/down"
	done
}

@test "wget fetches a tree" {
	require wget curl
	ftp_lab
	timeout 20 wget -q -t 1 -r -nH -P "$BATS_TEST_TMPDIR/got" "ftp://$USER:$PASSWORD@127.0.0.1:$port/"
	run -0 curl -sS -u "$USER:$PASSWORD" "$here/homework/week2.txt"
	same "$output" "$(cat "$BATS_TEST_TMPDIR/got/homework/week2.txt")"
	[[ -f "$BATS_TEST_TMPDIR/got/Grüße aus Köln.txt" ]]
}

# ---- whatever else may come ----

@test "bad input: any octets, any length, cut anywhere; the others are not disturbed" {
	ftp_lab
	python <<-'END'
		import random
		words = [b"USER alice\r\n", b"PASS wonderland\r\n", b"PASV\r\n", b"EPSV\r\n", b"LIST\r\n", b"STOR x\r\n", b"ABOR\r\n",
		         b"RETR README.txt\r\n", b"REST 3\r\n", b"\xff\xf4\xff\xf2", b"\xff\xfd\x01", b"\0\r\n", b"\r", b"\n", b"REIN\r\n",
		         b"MKD \xff\xff\xfe\r\n", b"CWD ../../etc\r\n", b"STAT /\r\n", b"RNFR x\r\n", b"HELP\r\n", b"QUIT", b"x" * 20000]
		random.seed(7)
		for turn in range(60):
		    s = socket.create_connection(("127.0.0.1", PORT), 5)
		    octets = b"".join(random.choice(words) if random.random() < 0.9 else random.randbytes(30) for _ in range(40))
		    try:
		        s.sendall(octets[:random.randrange(len(octets))])
		        if turn % 2:
		            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		    except OSError:
		        pass
		    s.close()
		is_(codes(f, "NOOP", "CWD " + "x" * 20000, "PWD"), "200 500 257")
		f.sock.sendall(b"\xff\xfd\x01\xff\xfb\x03NOOP\r\n")
		heard = f.sock.recv(100)
		assert heard.startswith(b"\xff\xfc\x01\xff\xfe\x03200 "), heard  # WONT, DONT
		data = f.transfercmd("STOR x")
		f.sock.sendall(b"NOOP\r\n" * 20000)
		assert b"421" in f.sock.makefile("rb").readline()
	END
}
