#!/usr/bin/env bats
# What the programs that people connect with, and the libraries that programs send with, print around what is said, and what extract
# makes of it: both in view.

load helpers

@test "a library logs its own work between the lines, AUTH LOGIN among them: JavaMail" {
	document_says txt "Protocol: smtp

$told
S: 220 smtp.example.com ESMTP Postfix
# DEBUG SMTP: connected to host \"smtp.example.com\", port: 25
C: EHLO client.example.com
S: 250-smtp.example.com
S: 250 AUTH LOGIN PLAIN
# DEBUG SMTP: Found extension \"AUTH\", arg \"LOGIN PLAIN\"
# DEBUG SMTP: Attempt to authenticate
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: Ym9i
S: 334 UGFzc3dvcmQ6
C: c2VjcmV0
S: 235 2.7.0 Authentication successful
# DEBUG SMTP: use8bit false
C: MAIL FROM:<alice@example.com>
S: 250 2.1.0 Ok" <<'EOF'
DEBUG SMTP: trying to connect to host "smtp.example.com", port 25, isSSL false
220 smtp.example.com ESMTP Postfix
DEBUG SMTP: connected to host "smtp.example.com", port: 25

EHLO client.example.com
250-smtp.example.com
250 AUTH LOGIN PLAIN
DEBUG SMTP: Found extension "AUTH", arg "LOGIN PLAIN"
DEBUG SMTP: Attempt to authenticate
AUTH LOGIN
334 VXNlcm5hbWU6
Ym9i
334 UGFzc3dvcmQ6
c2VjcmV0
235 2.7.0 Authentication successful
DEBUG SMTP: use8bit false
MAIL FROM:<alice@example.com>
250 2.1.0 Ok
EOF
}

@test "steps with a line of prose between, remarks behind the answers of AUTH LOGIN" {
	document_says txt "Title: The server's hello
Protocol: smtp

$told
S: 220 smtp.example.com ESMTP
C: EHLO client.example.com
S: 250-smtp.example.com
S: 250 AUTH LOGIN
# 2. Is it still there?
C: NOOP
S: 250 Ok
# It is. Now the server must learn our name and our password.
# 3. Who we are
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: dXNlcm5hbWU=
# # the user name in base64
S: 334 UGFzc3dvcmQ6
C: cGFzc3dvcmQ=
# # the password in base64
S: 235 Authentication successful" <<'EOF'
1. The server's hello
220 smtp.example.com ESMTP
EHLO client.example.com
250-smtp.example.com
250 AUTH LOGIN
2. Is it still there?
NOOP
250 Ok
It is. Now the server must learn our name and our password.
3. Who we are
AUTH LOGIN
334 VXNlcm5hbWU6
dXNlcm5hbWU= # the user name in base64
334 UGFzc3dvcmQ6
cGFzc3dvcmQ= # the password in base64
235 Authentication successful
EOF
}

@test "gnutls-cli --starttls: TLS begins when the user says so" {
	document_says md "Title: By hand
Protocol: smtp

# $ gnutls-cli --crlf --starttls -p 587 smtp.example.com
$told
S: 220 smtp.example.com ESMTP Postfix
C: EHLO client
S: 250-smtp.example.com
S: 250 STARTTLS
C: STARTTLS
S: 220 2.0.0 Ready to start TLS
# *** Starting TLS handshake
# - Certificate type: X.509
# - Got a certificate list of 2 certificates.
# - Certificate[0] info:
#  - subject \`CN=smtp.example.com', issuer \`CN=R3,C=US'
# - Status: The certificate is trusted.
# the document does not show where TLS begins: here, after the reply
<client starts TLS>
C: EHLO client
S: 250-smtp.example.com
S: 250 AUTH PLAIN LOGIN
C: QUIT
S: 221 2.0.0 Bye
# - Peer has closed the GnuTLS connection" <<'EOF'
# By hand

```
$ gnutls-cli --crlf --starttls -p 587 smtp.example.com
Resolving 'smtp.example.com:587'...
Connecting to '203.0.113.5:587'...

- Simple Client Mode:

220 smtp.example.com ESMTP Postfix
EHLO client
250-smtp.example.com
250 STARTTLS
STARTTLS
220 2.0.0 Ready to start TLS
*** Starting TLS handshake
- Certificate type: X.509
- Got a certificate list of 2 certificates.
- Certificate[0] info:
 - subject `CN=smtp.example.com', issuer `CN=R3,C=US'
- Status: The certificate is trusted.
EHLO client
250-smtp.example.com
250 AUTH PLAIN LOGIN
QUIT
221 2.0.0 Bye
- Peer has closed the GnuTLS connection
```
EOF
}

@test "a table that was flattened: bars at the lines' ends, a page right below the header" {
	document_says txt "Protocol: http

$told
C: GET /index.html HTTP/1.1
C: Host: www.example.com
# the document leaves out the empty line that ends the header
C:
# --- RESPONSE ---
S: HTTP/1.1 200 OK
S: Content-Type: text/html
# the document leaves out the empty line that ends the header
S:
S: <html>
S: <p>Hello</p>
S: </html>" <<'EOF'
--- REQUEST --- | |
GET /index.html HTTP/1.1 | |
Host: www.example.com | |
--- RESPONSE --- | |
HTTP/1.1 200 OK | |
Content-Type: text/html | |
<html> | |
<p>Hello</p> | |
</html> | |
EOF
}

@test "ftp -d with an empty line and a listing of several directories between" {
	document_says md "Title: All at once
Protocol: ftp

# ftp> ls -R
C: PORT 192,0,2,1,222,149
S: 200 PORT command successful.
C: LIST -R
S: 150 Here comes the directory listing.
# .:
# drwxr-xr-x    2 ftp      ftp          4096 Sep 14 17:03 Clients
# ./Clients:
# -rw-------    1 ftp      ftp             0 Sep 15 14:57 a.txt
S: 226 Directory send OK." <<'EOF'
# All at once

```
ftp> ls -R

---> PORT 192,0,2,1,222,149
200 PORT command successful.
---> LIST -R
150 Here comes the directory listing.
.:
drwxr-xr-x    2 ftp      ftp          4096 Sep 14 17:03 Clients

./Clients:
-rw-------    1 ftp      ftp             0 Sep 15 14:57 a.txt
226 Directory send OK.
```
EOF
}

@test "a server's log in which a user's name stands before the lines, once there is one: vsftpd, FileZilla Server" {
	want='Protocol: ftp

S: 220 Ready
C: USER bob
S: 331 Please specify the password.
C: PASS secret
S: 230 Login successful.
C: SYST
S: 215 UNIX Type: L8'
	document_says txt "$want" <<'EOF'
Mon Jan  2 10:11:12 2017 [pid 2] FTP response: Client "192.0.2.5", "220 Ready"
Mon Jan  2 10:11:12 2017 [pid 2] FTP command: Client "192.0.2.5", "USER bob"
Mon Jan  2 10:11:12 2017 [pid 2] [bob] FTP response: Client "192.0.2.5", "331 Please specify the password."
Mon Jan  2 10:11:13 2017 [pid 2] [bob] FTP command: Client "192.0.2.5", "PASS secret"
Mon Jan  2 10:11:13 2017 [pid 3] [bob] FTP response: Client "192.0.2.5", "230 Login successful."
Mon Jan  2 10:11:13 2017 [pid 3] [bob] FTP command: Client "192.0.2.5", "SYST"
Mon Jan  2 10:11:13 2017 [pid 3] [bob] FTP response: Client "192.0.2.5", "215 UNIX Type: L8"
EOF
	document_says txt "$want" <<'EOF'
<07-10-2021 19:03:44> FTP Session 37 192.0.2.5 [Response] 220 Ready
<07-10-2021 19:03:44> FTP Session 37 192.0.2.5 [Command] USER bob
<07-10-2021 19:03:44> FTP Session 37 192.0.2.5 [Response] 331 Please specify the password.
<07-10-2021 19:03:45> FTP Session 37 192.0.2.5 [Command] PASS secret
<07-10-2021 19:03:45> FTP Session 37 192.0.2.5 bob [Response] 230 Login successful.
<07-10-2021 19:03:45> FTP Session 37 192.0.2.5 bob [Command] SYST
<07-10-2021 19:03:45> FTP Session 37 192.0.2.5 bob [Response] 215 UNIX Type: L8
EOF
}

@test "how long each reply took, behind it: FluentFTP" {
	document_says txt 'Protocol: ftp

C: USER bob
S: 331 Password required.
# [<1ms]
C: PASS secret
S: 230 User bob logged in.
# [2,326s]
C: SYST
S: 215 UNIX Type: L8
# [12ms]' <<'EOF'
Command:  USER bob
Response: 331 Password required. [<1ms]
Command:  PASS secret
Response: 230 User bob logged in. [2,326s]
Command:  SYST
Response: 215 UNIX Type: L8 [12ms]
EOF
}

@test "HTTP: what stands in brackets is all of the body, or the other message's name" {
	document_says txt "Title: A simple example
Protocol: http

$told
C: PATCH /file.txt HTTP/1.1
C: Host: www.example.com
C: Content-Type: application/example
C: Content-Length: 100
C:
<client sends description of changes>
# It changes what is there.
S: HTTP/1.1 204 No Content
S: ETag: \"e0023aa4f\"
# the document leaves out the empty line that ends the header
S:

Title: Another example
Protocol: http

$told
C: OPTIONS /file.txt HTTP/1.1
C: Host: www.example.com
C:
# [response]
S: HTTP/1.1 200 OK
S: Allow: GET, PATCH
# the document leaves out the empty line that ends the header
S:" <<'EOF'
A simple example
================

  PATCH /file.txt HTTP/1.1
  Host: www.example.com
  Content-Type: application/example
  Content-Length: 100

  [description of changes]

  It changes what is there.

  HTTP/1.1 204 No Content
  ETag: "e0023aa4f"

Another example
===============

  [request]

  OPTIONS /file.txt HTTP/1.1
  Host: www.example.com

  [response]

  HTTP/1.1 200 OK
  Allow: GET, PATCH
EOF
}

@test "a block for each step, # before what the server says" {
	document_says md "Protocol: smtp

# telnet 192.0.2.25 25
$told
S: 220 mail.example.com ESMTP Postfix
C: helo telnet
S: 250 mail.example.com
C: mail from: <a@example.org>
S: 250 2.1.0 Ok
C: rcpt to: <b@example.com>
S: 250 2.1.5 Ok
C: data
S: 354 End data with .
C: subject: hello
C: This is a test.
C: .
S: 250 2.0.0 Ok
C: quit
S: 221 2.0.0 Bye" <<'EOF'
```
telnet 192.0.2.25 25
#Trying 192.0.2.25...
#Connected to 192.0.2.25.
#220 mail.example.com ESMTP Postfix
```
```
helo telnet
#250 mail.example.com
```
```
mail from: <a@example.org>
#250 2.1.0 Ok
```
```
rcpt to: <b@example.com>
#250 2.1.5 Ok
```
```
data
#354 End data with .
```
```
subject: hello
This is a test.
.
#250 2.0.0 Ok
```
```
quit
#221 2.0.0 Bye
```
EOF
}
