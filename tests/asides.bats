#!/usr/bin/env bats
# What documents print among the lines that are said (remarks, pictures, what is left out) and around them (folds, marks of a
# line's end), and what extract makes of it: both in view.

load helpers

@test "a protocol that is not known has fields as HTTP's, each a line: behind a version, and where the line was not full" {
	document_says txt 'Protocol: tcp

C: PLAY rtsp://audio.example.com/a/rather/long/name.en RTSP/1.0
C: CSeq: 833
C: Range: smpte=0:10:20-;
C:   time=19970123T153600Z
S: RTSP/1.0 200 OK
S: CSeq: 833
C: TEARDOWN rtsp://audio.example.com/a RTSP/1.0
C: CSeq: 834
S: RTSP/1.0 200 OK
S: CSeq: 834' <<'EOF'
   C->S: PLAY rtsp://audio.example.com/a/rather/long/name.en RTSP/1.0
         CSeq: 833
         Range: smpte=0:10:20-;
           time=19970123T153600Z

   S->C: RTSP/1.0 200 OK
         CSeq: 833

   C->S: TEARDOWN rtsp://audio.example.com/a RTSP/1.0
         CSeq: 834

   S->C: RTSP/1.0 200 OK
         CSeq: 834

   The server has begun to play.
EOF
}

@test "XML goes on in lines of its own; a picture of boxes and arrows says nothing" {
	document_says txt 'Protocol: tcp

C: <data content="cid:1@example.com">
C:     <recipient identity="barney@example.com" />
C: </data>
S: <ok />
# +-------+              +-------+
# | relay | -- data ---> | appl. |
# +-------+              +-------+
C: <terminate/>
S: <ok />' <<'EOF'
    C: <data content="cid:1@example.com">
           <recipient identity="barney@example.com" />
       </data>
    S: <ok />

                           +-------+              +-------+
                           | relay | -- data ---> | appl. |
                           +-------+              +-------+

    C: <terminate/>
    S: <ok />
EOF
}

@test "a sentence in brackets is never said; it describes a payload where one stands, else it is a remark" {
	document_says txt 'Protocol: pop3

C: RETR 1
S: +OK 120 octets
<server sends the whole of message 1 in plain text>
S: .
C: QUIT
S: +OK bye
<client hangs up>
# S: <wait for next connection>' <<'EOF'
C: RETR 1
S: +OK 120 octets
S: <the whole of message 1
S:  in plain text>
S: .
C: QUIT
S: +OK bye
C: <close connection>
S: <wait for next connection>
EOF
}

@test "a remark in brackets of several lines is one, and the session goes on behind it" {
	document_says txt 'Protocol: smtp

S: 220 mail.example.net ESMTP
C: EHLO mail.example.org
S: 250-mail.example.net
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
# (at this point TLS negotiation takes place.  The remainder of this session occurs within TLS.)
<client starts TLS>
C: EHLO mail.example.org
S: 250 mail.example.net
# <The client has nothing to
# send for now>
C: QUIT
S: 221 bye' <<'EOF'
    S: 220 mail.example.net ESMTP
    C: EHLO mail.example.org
    S: 250-mail.example.net
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go ahead

   (at this point TLS negotiation takes place.  The remainder of this
   session occurs within TLS.)

    C: EHLO mail.example.org
    S: 250 mail.example.net

   <The client has nothing to
    send for now>

    C: QUIT
    S: 221 bye
EOF
}

@test "words in braces tell of the connection; arrows, and what a program calls, are no part of a reply" {
	document_says txt 'Protocol: ftp

<client connects>
S: 220 FTP server ready
# {Wait for command}
C: PBSZ 0
S: 200
# TLSneg()  <---------------------> TLSneg()
C: STOR file
# socket()
S: 150 here it comes
S: 226 done' <<'EOF'
  {Open connection}    -->
                          <-- 220 FTP server ready
                              {Wait for command}
  PBSZ 0               -->
                          <-- 200
                            TLSneg()  <---------------------> TLSneg()
  STOR file            -->
                            socket()
                          <-- 150 here it comes
                          <-- 226 done
EOF
}

@test "a backslash marks a fold, an address goes on without a space" {
	document_says txt 'Protocol: imap

C: A01 LIST "" % RETURN (METADATA ("/shared/color"))
S: A01 OK done
C: A02 URLFETCH "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=anonymous:internal:91354a473744909de610943775f92038"
S: A02 OK done' <<'EOF'
   C: A01 LIST "" % \
      RETURN (METADATA ("/shared/color"))
   S: A01 OK done
   C: A02 URLFETCH "imap://joe@example.com/INBOX/;uid=20/;
        section=1.2;urlauth=anonymous:internal:
        91354a473744909de610943775f92038"
   S: A02 OK done
EOF
}

@test "<CRLF> at the ends, behind a fold and before a full stop, is a mark; told of it stays" {
	document_says txt 'Protocol: ftp

S: 220 FTP server ready
C: USER Doe
S: 331 User name ok, need password
C: PASS mumble
S: 230 end commands with <CRLF>.<CRLF>
C: QUIT
S: 221 Goodbye' <<'EOF'
                                     <---- 220 FTP server ready <CRLF>.
                                   USER Doe<CRLF>---->
                                     <---- 331 User name ok,
                                               need password<CRLF>.
                                   PASS mumble<CRLF>---->
                                     <---- 230 end commands with <CRLF>.<CRLF>
                                   QUIT <CRLF> ---->
                                     <---- 221 Goodbye<CRLF>.
EOF
}

@test "one session to the end of its tags; what the server might also say stands apart" {
	document_says txt 'Protocol: imap

C: A006 SELECT Target
S: A006 Select Completed
# The copied messages have the
# numbers 77:79.
C: a007 MYRIGHTS Target
S: * MYRIGHTS Target rwis
S: a007 OK Myrights complete

Title: Had anyone asked before, A007 would have returned
Protocol: imap

S: * MYRIGHTS Target rwited' <<'EOF'
   C: A006 SELECT Target
   S: A006 Select Completed

   The copied messages have the
   numbers 77:79.

   C: a007 MYRIGHTS Target
   S: * MYRIGHTS Target rwis
   S: a007 OK Myrights complete

   Had anyone asked before, A007 would have returned:

   S: * MYRIGHTS Target rwited
EOF
}

@test "JSON goes on in lines of its own" {
	document_says txt 'Protocol: tcp

C: {
C:   "id": 1
C: }
S: {
S:   "id": 1,
S:   "result": true
S: }
C: {}
S: {}' <<'EOF'
   C: {
        "id": 1
      }
   S: {
        "id": 1,
        "result": true
      }
   C: {}
   S: {}
EOF
}

@test "what tells of the connection in brackets hides no protocol" {
	document_says txt 'Protocol: smtp

# S: [wait for open connection]
<client connects>
S: 220 mail.example.com ESMTP service ready
C: EHLO example.org
S: 250-mail.example.com
S: 250 SIZE' <<'EOF'
   S: [wait for open connection]
   C: [open connection to server]
   S: 220 mail.example.com ESMTP service ready
   C: EHLO example.org
   S: 250-mail.example.com
   S: 250 SIZE
EOF
}

# Standard input is a document that holds no conversation.
nobody_speaks() {
	run "$PARLANCE" extract -
	[ "$status" -eq 1 ]
}

@test "told is not said: what each side does, a list of contents" {
	nobody_speaks <<'EOF'
      C: Opens Connection
      S: Accepts Connection
      C: Sends Selector String
      S: Sends Menu Entity
EOF
	nobody_speaks <<'EOF'
      C:  4.2.1   BC.1 bind-credit-card
      S:  4.2.2   BC.4 bind-credit-card-response
      C:  4.5.1   P.1 ping
      S:  4.5.2   P.2 ping-response
EOF
}

@test "S: and C: among other letters are a message's fields" {
	nobody_speaks <<'EOF'
     RQNT 2876 d003@example.com MGCP 1.0
     N: cs@example.com:2427
     X: 0
     R: L/hu
     S: L/dl
     C: 10B
     I: 101
     K: 2848, 2849
     S: KY/ks(1,rb)
     C: 10C
     S: KY/ks(1,cn)
     X: 1
     R: L/hd
EOF
}
