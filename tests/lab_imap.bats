# parlance lab's IMAP server: by hand, several clients at once, the clients that people use, and lines that nobody should say.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

post() {
	lab --only imap,imaps --ca-out "$BATS_TEST_TMPDIR/ca.pem"
	port=$(lab_port imap)
	secure=$(lab_port imaps)
}

# done_well COMMAND...: runs it; where it fails, what it has said is shown.
done_well() {
	run "$@"
	((status == 0)) || {
		echo "$output" >&2
		return 1
	}
}

# clients: what stands on stdin is said and expected; see clients/several.py.
clients() {
	done_well timeout 20 "$PYTHON" "$BATS_TEST_DIRNAME/clients/several.py" "$port"
}

# python: runs the program on stdin as `python PORT PORT-OF-IMAPS CA-FILE`; what it prints goes to $output.
python() {
	done_well timeout 30 "$PYTHON" - "$port" "$secure" "$BATS_TEST_TMPDIR/ca.pem"
}

# ---- by hand ----

@test "the mailbox of RFC 3501's example: EXPUNGE says 3 3 5 8, and CLOSE says nothing" {
	post
	clients <<-'END'
		1> a1 LOGIN student monkey
		1< a1 OK [CAPABILITY IMAP4rev1 …] LOGIN completed
		1> a2 SELECT Expunge-me
		1< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
		1< * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] …
		1< * 12 EXISTS
		1<* a2 OK [READ-WRITE] SELECT completed
		1> a3 SEARCH DELETED
		1< * SEARCH 3 4 7 11
		1< a3 OK SEARCH completed
		1> a4 EXPUNGE
		1< * 3 EXPUNGE
		1< * 3 EXPUNGE
		1< * 5 EXPUNGE
		1< * 8 EXPUNGE
		1< a4 OK EXPUNGE completed
		1> a5 STORE 1 +FLAGS.SILENT (\Deleted)
		1< a5 OK STORE completed
		1> a6 CLOSE
		1< a6 OK CLOSE completed
		1> a7 STATUS Expunge-me (MESSAGES)
		1< * STATUS Expunge-me (MESSAGES 7)
		1< a7 OK STATUS completed
		1> a8 LOGOUT
		1< * BYE …
		1< a8 OK LOGOUT completed
		1 end
	END
}

@test "SELECT says all that RFC 3501 requires; EXAMINE changes nothing, and takes \\Recent from nobody" {
	post
	clients <<-'END'
		1> a LOGIN test test
		1< a OK …
		1> a2 CREATE Fresh
		1< a2 OK …
		1> b APPEND Fresh {18+}
		1> Subject: 1
		1>
		1> eins
		1< b OK [APPENDUID … …] APPEND completed
		1> c EXAMINE Fresh
		1<* * 1 EXISTS
		1< * 1 RECENT
		1< * OK [UNSEEN 1] …
		1< * OK [UIDVALIDITY …] …
		1< * OK [UIDNEXT …] …
		1< c OK [READ-ONLY] EXAMINE completed
		1> d FETCH 1 BODY[TEXT]
		1< * 1 FETCH (BODY[TEXT] {4}
		1< eins)
		1< d OK FETCH completed
		1> e STORE 1 +FLAGS (\Seen)
		1< e NO [READ-ONLY] …
		1> f EXPUNGE
		1< f NO [READ-ONLY] …
		1> g SELECT Fresh
		1<* * 1 EXISTS
		1< * 1 RECENT
		1<* g OK [READ-WRITE] SELECT completed
		1> h FETCH 1 BODY[TEXT]
		1< * 1 FETCH (BODY[TEXT] {4}
		1< eins FLAGS (\Seen \Recent))
		1< h OK FETCH completed
		1> i SELECT nowhere
		1< i NO [NONEXISTENT] …
		1> j CHECK
		1< j BAD No mailbox is selected: SELECT or EXAMINE comes first
	END
}

@test "names: hierarchy, wildcards, modified UTF-7, INBOX in any case, what cannot be made or taken away" {
	post
	clients <<-'END'
		1> a LOGIN teacher lab
		1< a OK …
		1> b CREATE x1/ä
		1< b BAD Octets above 127 may stand only in strings
		1> c CREATE x1/&AOQ-/deep
		1< c OK CREATE completed
		1> d LIST "" x1/%
		1< * LIST (\HasChildren) "/" x1/&AOQ-
		1< d OK LIST completed
		1> e LIST x1 *deep
		1< * LIST (\HasNoChildren) "/" x1/&AOQ-/deep
		1< e OK LIST completed
		1> f LIST "" inbox
		1< * LIST (\HasNoChildren) "/" INBOX
		1< f OK LIST completed
		1> g LIST "" ""
		1< * LIST (\Noselect) "/" ""
		1< g OK LIST completed
		1> h CREATE inBox
		1< h NO [ALREADYEXISTS] …
		1> i DELETE INBOX
		1< i NO [CANNOT] …
		1> j CREATE &AGE-
		1< j NO [CANNOT] …
		1> k DELETE x1
		1< k OK DELETE completed
		1> l LIST "" x1
		1< * LIST (\Noselect \HasChildren) "/" x1
		1< l OK LIST completed
		1> m SELECT x1
		1< m NO [CANNOT] …
		1> n RENAME x1 x2
		1< n OK RENAME completed
		1> o SUBSCRIBE x2/&AOQ-/deep
		1< o OK SUBSCRIBE completed
		1> p LSUB "" x2/%
		1< * LSUB (\Noselect) "/" x2/&AOQ-
		1< p OK LSUB completed
		1> q DELETE x2/&AOQ-/deep
		1< q OK DELETE completed
		1> r LIST (SUBSCRIBED) "" x2*
		1< * LIST (\Subscribed \NonExistent) "/" x2/&AOQ-/deep
		1< r OK LIST completed
		1> s LIST (SUBSCRIBED RECURSIVEMATCH) "" x2/%
		1< * LIST (…) "/" x2/&AOQ- ("CHILDINFO" ("SUBSCRIBED"))
		1< s OK LIST completed
		1> t LIST "" (INBOX Sent) RETURN (STATUS (MESSAGES UIDNEXT))
		1< * LIST (\HasNoChildren) "/" INBOX
		1< * STATUS INBOX (MESSAGES … UIDNEXT …)
		1< * LIST (\HasNoChildren \Sent) "/" Sent
		1< * STATUS Sent (MESSAGES … UIDNEXT …)
		1< t OK LIST completed
	END
}

@test "APPEND: flags and date, several at once, none where one is too much; COPY and MOVE say the UIDs" {
	post
	clients <<-'END'
		1> a LOGIN test test
		1< a OK …
		1> b APPEND Nowhere {5}
		1< b NO [TRYCREATE] …
		1> c APPEND INBOX {35882578}
		1< c NO [TOOBIG] …
		1> d APPEND Quota {30000000}
		1< d NO [OVERQUOTA] …
		1> e CREATE Mine
		1< e OK CREATE completed
		1> f APPEND Mine (\Answered own) "17-Jul-1996 02:44:25 -0700" {5}
		1< + …
		1>\ one12
		1>  {3+}
		1>\ two
		1>
		1< f OK [APPENDUID … 1:2] APPEND completed
		1> g SELECT Mine
		1<* g OK …
		1> h FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)
		1< * 1 FETCH (UID 1 FLAGS (\Answered own \Recent) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 5)
		1< * 2 FETCH (UID 2 FLAGS (\Recent) INTERNALDATE "…" RFC822.SIZE 3)
		1< h OK FETCH completed
		1> i COPY 1:2 Mine
		1< * 4 EXISTS
		1< * 4 RECENT
		1< i OK [COPYUID … 1:2 3:4] COPY completed
		1> j UID MOVE 2:3 Nowhere
		1< j NO [TRYCREATE] …
		1> k CREATE Other
		1< k OK …
		1> l UID MOVE 2:3,77 Other
		1< * OK [COPYUID … 2:3 1:2] …
		1< * 2 EXPUNGE
		1< * 2 EXPUNGE
		1< l OK UID MOVE completed
		1> l2 APPEND Mine {3+}
		1> two {0}
		1< l2 NO A message without any octets cancels APPEND
		1> m APPEND Mine "31-Feb-1996 02:44:25 -0700" {1+}
		1> x
		1< m BAD A date is written "17-Jul-1996 02:44:25 -0700"
		1> n APPEND Mine (\Recent) {1+}
		1> x
		1< n BAD \Recent is the server's to set
		1> o UID EXPUNGE 1:*
		1< o OK UID EXPUNGE completed
		1> p UID STORE 4 +FLAGS (\Deleted)
		1< * 2 FETCH (UID 4 FLAGS (\Deleted \Recent))
		1< p OK UID STORE completed
		1> q UID EXPUNGE 1:3
		1< q OK UID EXPUNGE completed
		1> r UID EXPUNGE 4
		1< * 2 EXPUNGE
		1< r OK UID EXPUNGE completed
	END
}

@test "logging in: LOGIN with literals, AUTHENTICATE in one step and in two, cancelled, wrong; CAPABILITY forgets STARTTLS" {
	post
	clients <<-'END'
		1> a LOGIN {3}
		1< + …
		1> bob {6}
		1< + …
		1> hungry
		1< a OK [CAPABILITY …] LOGIN completed
		1> b LOGIN bob hungry
		1< b BAD You are logged in already
		2> a AUTHENTICATE PLAIN AGJvYgBodW5ncnk=
		2< a OK [CAPABILITY …] AUTHENTICATE completed
		3> a AUTHENTICATE plain
		3< + 
		3> *
		3< a BAD The exchange was cancelled
		3> b AUTHENTICATE PLAIN
		3< + 
		3> AGJvYgB3cm9uZw==
		3< b NO [AUTHENTICATIONFAILED] …
		3> c AUTHENTICATE SMOKE-SIGNALS
		3< c NO [CANNOT] …
		3> d LOGIN nobody nothing
		3< d NO [AUTHENTICATIONFAILED] …
		3> e SELECT INBOX
		3< e BAD Nobody is logged in: LOGIN or AUTHENTICATE comes first
		3> f AUTHENTICATE PLAIN
		3> AGJvYgBodW5ncnk=
		3> g CAPABILITY
		3< + 
		3< f OK [CAPABILITY …] AUTHENTICATE completed
		3< * CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE …
		3< g OK CAPABILITY completed
	END
}

# ---- several at once ----

@test "two clients: numbers change only when it is told, and never in FETCH, STORE and SEARCH" {
	post
	clients <<-'END'
		1> a LOGIN test test
		1< a OK …
		1> b SELECT Expunge-me
		1<* b OK …
		2> a LOGIN test test
		2< a OK …
		2> b SELECT Expunge-me
		2<* b OK …
		1> c EXPUNGE
		1<* c OK EXPUNGE completed
		# 12 are still 12 to the second, and each has its number and its text
		2> c FETCH 11:12 (UID)
		2< * 11 FETCH (UID 11)
		2< * 12 FETCH (UID 12)
		2< c OK FETCH completed
		2> d STORE 11 +FLAGS (\Seen)
		2< d NO [EXPUNGEISSUED] …
		2> e STORE 11:12 FLAGS (\Flagged)
		2< * 12 FETCH (FLAGS (\Flagged))
		2< e OK [EXPUNGEISSUED] …
		2> f SEARCH ALL
		2< * SEARCH 1 2 5 6 8 9 10 12
		2< f OK SEARCH completed
		2> g COPY 11 INBOX
		2< * 3 EXPUNGE
		2< * 3 EXPUNGE
		2< * 5 EXPUNGE
		2< * 8 EXPUNGE
		2< g NO [EXPUNGEISSUED] …
		1> h NOOP
		1< * 8 FETCH (FLAGS (\Flagged))
		1< h OK NOOP completed
		2> i FETCH 12 UID
		2< i BAD There are not so many messages
	END
}

@test "IDLE: what another does is told at once, and DONE ends it" {
	post
	clients <<-'END'
		1> a LOGIN test test
		1< a OK …
		1> b CREATE Watched
		1< b OK …
		1> c SELECT Watched
		1<* c OK …
		1> d IDLE
		1< + …
		2> a LOGIN test test
		2< a OK …
		2> b APPEND Watched (\Seen) {3+}
		2> new
		2< b OK …
		1< * 1 EXISTS
		1< * 1 RECENT
		2> c SELECT Watched
		2<* * 0 RECENT
		2<* c OK …
		2> d STORE 1 FLAGS (\Deleted fresh)
		2< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft fresh)
		2<* * 1 FETCH (FLAGS (\Deleted fresh))
		2< d OK …
		1< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft fresh)
		1< * OK [PERMANENTFLAGS (…)] …
		1< * 1 FETCH (FLAGS (\Deleted fresh \Recent))
		2> e EXPUNGE
		2<* e OK …
		1< * 1 EXPUNGE
		2> f APPEND Watched {3+}
		2> two
		2<* f OK …
		1< * 1 EXISTS
		1<* * … RECENT
		2> g DELETE Watched
		2<* g OK …
		1< * NO This mailbox was deleted: SELECT another
		1< * 1 EXPUNGE
		1> DONE
		1< d OK IDLE completed
		1> h APPEND Watched {3}
		1< h NO [TRYCREATE] …
		1> i FETCH 1 FLAGS
		1< i BAD There are not so many messages
		1> j IDLE
		1< + …
		1> NOOP
		1< j BAD IDLE waits for DONE, and is over now
		1> k NOOP
		1< k OK NOOP completed
	END
}

# ---- the clients that people use ----

@test "imaplib does all that it can, also under TLS and after STARTTLS" {
	require_python imaplib
	post
	python <<-'END'
		import imaplib, ssl, sys
		context = ssl.create_default_context(cafile=sys.argv[3])
		m = imaplib.IMAP4_SSL("localhost", int(sys.argv[2]), ssl_context=context, timeout=10)
		print(m.authenticate("PLAIN", lambda _: b"\0alice\0wonderland")[0])
		print("STARTTLS" in m.capabilities, "UIDPLUS" in m.capabilities)
		m.logout()
		m = imaplib.IMAP4("localhost", int(sys.argv[1]), timeout=10)
		m.starttls(context)
		print(m.login_cram_md5("alice", "wonderland")[0])
		print(m.create("Box"), m.append("Box", "\\Flagged", None, b"Subject: caf\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n")[0])
		print(m.select("Box"))
		m.literal = "grüße".encode()
		print(m.search("UTF-8", "TEXT"))
		print(m.fetch("1", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))
		print(m.store("1", "+FLAGS", "\\Deleted"))
		print(m.expunge(), m.close(), m.delete("Box"))
		print(m.list('""', "Work/%"))
		print(m.namespace(), m.logout()[0])
	END
	same "OK
False True
OK
('OK', [b'CREATE completed']) OK
('OK', [b'1'])
('OK', [b'1'])
('OK', [(b'1 (FLAGS (\\\\Flagged \\\\Recent) BODY[HEADER.FIELDS (SUBJECT)] {16}', b'Subject: caf\\r\\n\\r\\n'), b')'])
('OK', [b'1 (FLAGS (\\\\Flagged \\\\Deleted \\\\Recent))'])
('OK', [b'1']) ('OK', [b'CLOSE completed']) ('OK', [b'DELETE completed'])
('OK', [b'(\\\\HasNoChildren) \"/\" Work/2023', b'(\\\\HasChildren) \"/\" Work/2024', b'(\\\\HasNoChildren) \"/\" Work/2025'])
('OK', [b'((\"\" \"/\")) NIL NIL']) BYE" "$output"
}

@test "curl: listing, a message, a search, an upload, with and without TLS" {
	require curl
	post
	run -0 curl -sS "imap://localhost:$port/?LIST%20%22%22%20Work" -u bob:hungry
	has '* LIST (\HasChildren) "/" Work'
	printf 'Subject: up\r\n\r\nloaded\r\n' >"$BATS_TEST_TMPDIR/up"
	run -0 curl -sS --cacert "$BATS_TEST_TMPDIR/ca.pem" "imaps://localhost:$secure/Drafts" -T "$BATS_TEST_TMPDIR/up" -u bob:hungry
	run -0 curl -sS --cacert "$BATS_TEST_TMPDIR/ca.pem" --ssl-reqd "imap://localhost:$port/Drafts?SUBJECT%20up" -u bob:hungry
	[[ $output =~ \*\ SEARCH\ ([0-9]+) ]]
	run -0 curl -sS "imap://localhost:$port/Drafts;MAILINDEX=${BASH_REMATCH[1]}" -u bob:hungry
	same $'Subject: up\r\n\r\nloaded\r' "$output"
}

@test "mbsync, two ways and twice: nothing is lost, and what changes on either side arrives on the other" {
	require mbsync curl
	post
	cd "$BATS_TEST_TMPDIR" && mkdir here
	cat >mbsyncrc <<-END
		IMAPAccount lab
		Host 127.0.0.1
		Port $port
		User alice
		Pass wonderland
		SSLType None
		AuthMechs LOGIN

		IMAPStore far
		Account lab

		MaildirStore near
		Path $BATS_TEST_TMPDIR/here/
		Inbox $BATS_TEST_TMPDIR/here/INBOX
		SubFolders Verbatim

		Channel all
		Far :far:
		Near :near:
		Patterns INBOX Work Sent Samples
		Create Both
		Expunge Both
		SyncState *
	END
	far() {
		curl -sS "imap://127.0.0.1:$port/$1?ALL" -u alice:wonderland | wc -w
	}
	done_well mbsync -q -c mbsyncrc all
	for box in INBOX Work Sent Samples; do
		same "$(far "$box")" $((2 + $(find "here/$box/cur" "here/$box/new" -type f | wc -l)))
	done
	before=$(far INBOX)
	printf 'Subject: from here\n\nlocal\n' >here/INBOX/cur/1.1.here:2,S
	gone=$(find here/Samples/cur here/Samples/new -type f | sort | head -1)
	rm "$gone"
	samples=$(far Samples)
	done_well mbsync -q -c mbsyncrc all
	done_well mbsync -q -c mbsyncrc all
	same $((before + 1)) "$(far INBOX)"
	same $((samples - 1)) "$(far Samples)"
	run -0 curl -sS "imap://127.0.0.1:$port/INBOX?SUBJECT%20%22from%20here%22%20SEEN" -u alice:wonderland
	[[ $output =~ \*\ SEARCH\ [0-9] ]]
}

@test "mutt, in a terminal: the list, a message opened, and a flag that is there afterwards" {
	require mutt curl
	post
	cat >"$BATS_TEST_TMPDIR/muttrc" <<-END
		set folder=imap://bob@127.0.0.1:$port/ spoolfile=+INBOX imap_user=bob imap_pass=hungry
		set ssl_starttls=no ssl_force_tls=no sort=mailbox-order quit=yes certificate_file="" mail_check=1
		set header_cache="" move=no mark_old=no pager_stop=yes
	END
	done_well timeout 20 "$PYTHON" - "$BATS_TEST_TMPDIR/muttrc" <<-'END'
		import os, sys
		sys.path.insert(0, os.environ["ROOT"] + "/tests/pty")
		from terminal import Terminal
		with Terminal(["mutt", "-n", "-F", sys.argv[1]], 100, 30, TERM="vt100") as t:
		    t.wait("Homework for week 1")
		    t.type("3\r")
		    t.settle(0.1)
		    t.type("\r")
		    t.wait("The red queen")
		    t.wait(lambda: "i:Exit" in t.screen.text())
		    print(t.screen.text())
		    t.type("q")
		    t.settle(0.1)
		    t.type("F")
		    t.settle(0.1)
		    t.type("q")
		    print(t.end())
	END
	has 'Subject: The red queen'
	[[ ${lines[-1]} == 0 ]]
	run -0 curl -sS "imap://127.0.0.1:$port/INBOX?FLAGGED%20SEEN" -u bob:hungry
	has ' 3'
}

# ---- what nobody should say ----

@test "wrong lines: BAD with the tag, without one where there is none; after ten in a row it is hung up" {
	post
	clients <<-'END'
		1> a LOGIN test test
		1< a OK …
		1> b FOO
		1< b BAD No such command
		1>
		1< * BAD …
		1> +x NOOP
		1< * BAD …
		1>  c NOOP
		1< * BAD …
		1> d
		1< d BAD …
		1> e  NOOP
		1< e BAD One space must stand between words, not two
		1> f LIST "" (
		1< f BAD A ( is not closed
		1> g LIST "" "
		1< g BAD A quoted string is not closed by its "
		1> h NOOP
		1< h OK NOOP completed
		1> i SELECT INBOX
		1<* i OK …
		1> j FETCH 0 FLAGS
		1< j BAD …
		1> k FETCH 1 (NOTHING)
		1< k BAD …
		1> l STORE 1 FLAGS (\Nothing)
		1< l BAD …
		1> m SEARCH CHARSET KLINGON TEXT x
		1< m NO [BADCHARSET (US-ASCII UTF-8)] …
		1> n LOGIN {70000}
		1< n BAD …
		1> o STATUS {70000+}
		1>\ {{70000}}
		1>  (MESSAGES)
		1< o BAD …
		1> p NOOP {{70000}}
		1< p BAD …
		1> q APPEND INBOX {3}
		1< + …
		1> abc junk
		1< q BAD …
		1> r FETCH 1 BODY[1.2.3.4.5.6.7.8.9.HEADER.FIELDS
		1< r BAD …
		1> s NOOP
		1< s OK NOOP completed
		2> 1
		2> 2
		2> 3
		2> 4
		2> 5
		2> 6
		2> 7
		2> 8
		2> 9
		2> 10
		2<* 10 BAD …
		2< * BYE …
		2 end
		# the other was not disturbed
		1> t NOOP
		1< t OK NOOP completed
	END
}

@test "cut anywhere: commands, literals and answers in single octets, and a client that goes in the middle of each" {
	post
	python <<-'END'
		import socket, sys
		def connect():
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
		    return s
		said = (b"a LOGIN {4+}\r\ntest test\r\nb AUTHENTICATE\r\nc CREATE {3+}\r\ncut\r\nd APPEND cut (\\Seen) {5+}\r\n"
		        b"a\r\nb\r\r\ne SELECT cut\r\nf FETCH 1 RFC822\r\ng IDLE\r\nDONE\r\nh LOGOUT\r\n")
		whole = b""
		for size in (len(said), 1, 7):
		    s = connect()
		    for i in range(0, len(said), size):
		        s.sendall(said[i:i + size])
		    heard = s.makefile("rb").read()
		    if size == len(said):
		        whole = heard
		        print(heard[-200:].decode().replace("\r", ""), end="")
		    else:
		        print(heard.count(b"\r\n") - whole.count(b"\r\n"))
		for n in range(0, len(said), 5):
		    s = connect()
		    s.sendall(said[:n])
		    s.close()
		s = connect()
		s.sendall(b"z LOGIN test test\r\nz LOGOUT\r\n")
		print(s.makefile("rb").read().count(b"\r\n"))
	END
	has 'f OK FETCH completed'
	has 'g OK IDLE completed'
	has 'h OK LOGOUT completed'
	# created already: the replies are as many
	has $'\n0\n0\n4'
}
