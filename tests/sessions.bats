#!/usr/bin/env bats
# Logs in which several sessions run at once, and what extract makes of them: both in view.

load helpers

@test "a mail server's log: each process has its session" {
	document_says txt 'Protocol: smtp

S: 220 mail.example.com ESMTP Postfix
C: EHLO client.example.com
S: 250-mail.example.com
S: 250 8BITMIME
C: QUIT
S: 221 2.0.0 Bye

Protocol: smtp

S: 220 mail.example.com ESMTP Postfix
C: HELO other
S: 250 mail.example.com
C: QUIT
S: 221 2.0.0 Bye' <<'EOF'
Jan  2 10:11:12 mail postfix/smtpd[1234]: > client.example.com[192.0.2.1]: 220 mail.example.com ESMTP Postfix
Jan  2 10:11:12 mail postfix/smtpd[1234]: < client.example.com[192.0.2.1]: EHLO client.example.com
Jan  2 10:11:12 mail postfix/smtpd[1234]: > client.example.com[192.0.2.1]: 250-mail.example.com
Jan  2 10:11:12 mail postfix/smtpd[1235]: > other.example.com[192.0.2.9]: 220 mail.example.com ESMTP Postfix
Jan  2 10:11:13 mail postfix/smtpd[1235]: < other.example.com[192.0.2.9]: HELO other
Jan  2 10:11:13 mail postfix/smtpd[1234]: > client.example.com[192.0.2.1]: 250 8BITMIME
Jan  2 10:11:13 mail postfix/smtpd[1235]: > other.example.com[192.0.2.9]: 250 mail.example.com
Jan  2 10:11:14 mail postfix/smtpd[1235]: < other.example.com[192.0.2.9]: QUIT
Jan  2 10:11:14 mail postfix/smtpd[1234]: < client.example.com[192.0.2.1]: QUIT
Jan  2 10:11:14 mail postfix/smtpd[1235]: > other.example.com[192.0.2.9]: 221 2.0.0 Bye
Jan  2 10:11:14 mail postfix/smtpd[1234]: > client.example.com[192.0.2.1]: 221 2.0.0 Bye
EOF
}

@test "a program that fetches mail and hands it on: two protocols at once" {
	document_says md 'Title: How it fetches
Protocol: pop3

S: +OK Dovecot ready.
C: USER bob
S: +OK
C: PASS *
S: +OK Logged in.
C: STAT
S: +OK 1 320
C: QUIT
S: +OK Logging out.

Title: How it fetches
Protocol: smtp

S: 220 localhost ESMTP Postfix
C: HELO localhost
S: 250 localhost
C: QUIT
S: 221 2.0.0 Bye' <<'EOF'
# How it fetches

```
fetchmail: POP3< +OK Dovecot ready.
fetchmail: POP3> USER bob
fetchmail: POP3< +OK
fetchmail: POP3> PASS *
fetchmail: POP3< +OK Logged in.
fetchmail: SMTP< 220 localhost ESMTP Postfix
fetchmail: SMTP> HELO localhost
fetchmail: SMTP< 250 localhost
fetchmail: POP3> STAT
fetchmail: POP3< +OK 1 320
fetchmail: SMTP> QUIT
fetchmail: SMTP< 221 2.0.0 Bye
fetchmail: POP3> QUIT
fetchmail: POP3< +OK Logging out.
```
EOF
}

@test "one session whose lines the clock tells apart stays one" {
	document_says txt 'Protocol: smtp

S: 220 mail.example.com ESMTP
C: HELO client
S: 250 mail.example.com
C: QUIT
S: 221 Bye' <<'EOF'
10:11:12.001 [7] S: 220 mail.example.com ESMTP
10:11:12.345 [7] C: HELO client
10:11:13.001 [7] S: 250 mail.example.com
10:11:13.345 [7] C: QUIT
10:11:14.001 [7] S: 221 Bye
EOF
}
