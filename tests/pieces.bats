#!/usr/bin/env bats
# HTTP's messages as pages show them, a fence for each and much left out: nothing of what stands between them is made a body.

load helpers

@test "fields that are left out end no header, and the code below is no body" {
	document_says md "Title: Who may read it
Protocol: http

$told
C: GET /data HTTP/1.1
C: Host: example.org
# [...]
C: Origin: null
# the document leaves out the empty line that ends the header
C:
# The server answers:
S: HTTP/1.1 200 OK
# [...]
S: Access-Control-Allow-Origin: null
S: Content-Length: 4
# the document leaves out the empty line that ends the header
S:" <<'EOF'
# Who may read it

```http
GET /data HTTP/1.1
Host: example.org
[...]
Origin: null
```

The server answers:

```http
HTTP/1.1 200 OK
[...]
Access-Control-Allow-Origin: null
Content-Length: 4
```

A page that reads it:

```html
<script>
  fetch('https://example.org/data').then(show);
</script>
```
EOF
}

@test "responses under their headings are conversations of their own" {
	document_says md "Title: Not modified
Protocol: http

$told
S: HTTP/1.1 304 Not Modified
S: ETag: \"a\"
# the document leaves out the empty line that ends the header
S:

Title: Too many
Protocol: http

$told
S: HTTP/1.1 429 Too Many Requests
S: Retry-After: 3600
S:
S: <html>
S:   <body>
S:     <p>Later!</p>
S:   </body>
S: </html>" <<'EOF'
# Codes

## Not modified

```
HTTP/1.1 304 Not Modified
ETag: "a"
```

## Too many

```
HTTP/1.1 429 Too Many Requests
Retry-After: 3600

<html>
  <body>
    <p>Later!</p>
  </body>
</html>
```

## How it is counted

```python
count += 1
```
EOF
}

@test "a body in a block of its own is the response's where its count says so" {
	document_says md "Title: A greeting
Protocol: http

$told
C: GET / HTTP/1.1
C: Host: example.org
# the document leaves out the empty line that ends the header
C:
S: HTTP/1.1 200 OK
S: Content-Length: 12
# the document leaves out the empty line that ends the header
S:
# and the body:
S: Hello,
S\\: you." <<'EOF'
# A greeting

```
GET / HTTP/1.1
Host: example.org
```

```
HTTP/1.1 200 OK
Content-Length: 12
```

and the body:

```
Hello,
you.
```
EOF
}
