# Dovecot, Postfix, nginx and vsftpd for a whole bats file, with TLS: `load servers/all` after `load helpers`. In setup_file
# all_start starts those that are installed, in teardown_file all_stop ends them; a test says which it needs (require,
# require_postfix). $imap $imaps $pop3 $pop3s $smtp $smtps $submission $http $https $ftp $ftps are their ports; who trusts $ca
# trusts them.
#
# shellcheck shell=bash disable=SC2154

# all_start [PEOPLE]: PEOPLE is the text of the file `people` of tests/servers/start.
all_start() {
	export ca=$BATS_FILE_TMPDIR/tls/ca.pem
	all_installed openssl || return 0
	"$PYTHON" -B "$BATS_TEST_DIRNAME/tls/authority" "$BATS_FILE_TMPDIR/tls"
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	all_dovecot "${1:-}"
	all_postfix
	all_nginx
	all_vsftpd
	all_wait
}

# Before each test: what the tester's own surroundings trust or write is left out.
all_setup() {
	setup_home
	require openssl
	unset SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE
}

all_stop() {
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	stop_servers
}

# Postfix asks Dovecot who may log in, and only root can start it.
require_postfix() {
	require postfix dovecot
	((EUID == 0)) || skip "Postfix can be started by root only"
}

all_installed() {
	program_path "$1" >/dev/null
}

# all_ports NAME...: a free port for each.
all_ports() {
	local name
	for name; do
		export "$name=$(free_port)"
	done
}

# all_begin KIND FOLDER ARGUMENT...: tests/servers/start, with the certificate that all trust.
all_begin() {
	local kind=$1 folder=$BATS_FILE_TMPDIR/$2
	shift 2
	mkdir -p "$folder"
	cp "$BATS_FILE_TMPDIR/tls/good.pem" "$folder/server.pem"
	cp "$BATS_FILE_TMPDIR/tls/good.key" "$folder/server.key"
	start_server "$(basename "$folder")" "$BATS_TEST_DIRNAME/servers/start" "$kind" "$folder" "$@"
}

all_dovecot() {
	all_installed dovecot || return 0
	all_ports imap pop3 imaps pop3s
	mkdir -p "$BATS_FILE_TMPDIR/dovecot"
	printf '%s\n' "$1" >"$BATS_FILE_TMPDIR/dovecot/people"
	all_begin dovecot dovecot "$imap" "$pop3" "$imaps" "$pop3s"
}

all_postfix() {
	all_installed postfix && all_installed dovecot && ((EUID == 0)) || return 0
	all_ports smtp smtps submission
	all_begin postfix postfix "$smtp" "$smtps" "$BATS_FILE_TMPDIR/dovecot" "$submission"
}

all_nginx() {
	all_installed nginx || return 0
	all_ports http https
	all_begin nginx nginx "$http" "$https"
}

all_vsftpd() {
	all_installed vsftpd || return 0
	all_ports ftp ftps
	all_begin vsftpd ftp "$ftp"
	all_begin vsftpd ftps "$ftps" implicit
}

# Until what was started listens.
all_wait() {
	local port
	for port in ${smtps:-} ${submission:-} ${https:-} ${ftp:-} ${ftps:-} ${imaps:-} ${pop3s:-}; do
		wait_for_port "$port"
	done
	[[ -z ${imap:-} ]] || wait_for 10 all_dovecot_greets
}

# Until the login processes have found the process that knows the users, Dovecot greets with "Waiting for ...".
all_dovecot_greets() {
	timeout 5 "$PARLANCE" --plain "imap://127.0.0.1:$imap" <<<'a LOGOUT' 2>/dev/null | grep -q 'S: \* OK \[CAPABILITY'
}
