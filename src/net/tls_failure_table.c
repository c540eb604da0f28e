/*
 * What can go wrong with TLS: the rows, and how one is found.
 */
#include "net/tls_failure_table.h"

#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* ---- certificates: the codes of OpenSSL 3.0 ---- */

const struct fault_row fault_rows[] = {
	{ X509_V_ERR_UNSPECIFIED, FAULT_INTERNAL, "could not be verified to the end" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, FAULT_ISSUER, "has an issuer that is not known here" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, FAULT_REVOCATION, "has no list of revoked certificates (CRL) to be looked up in" },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, FAULT_SIGNATURE, "has a signature that its issuer's key does not open" },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, FAULT_REVOCATION, "has a list of revoked certificates (CRL) with a wrong signature" },
	{ X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, FAULT_KEY, "holds a public key that cannot be read here" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, FAULT_SIGNATURE, "has a wrong signature" },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE, FAULT_REVOCATION, "has a list of revoked certificates (CRL) with a wrong signature" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, FAULT_NOT_YET, "is not valid yet" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, FAULT_EXPIRED, "has expired" },
	{ X509_V_ERR_CRL_NOT_YET_VALID, FAULT_REVOCATION, "has a list of revoked certificates (CRL) that is not valid yet" },
	{ X509_V_ERR_CRL_HAS_EXPIRED, FAULT_REVOCATION, "has a list of revoked certificates (CRL) that is out of date" },
	{ X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, FAULT_RULES, "says in no readable way from when on it is valid" },
	{ X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, FAULT_RULES, "says in no readable way until when it is valid" },
	{ X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, FAULT_REVOCATION, "has a list of revoked certificates (CRL) without a readable date" },
	{ X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, FAULT_REVOCATION, "has a list of revoked certificates (CRL) without a readable date" },
	{ X509_V_ERR_OUT_OF_MEM, FAULT_INTERNAL, "could not be verified: this machine has no memory left" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, FAULT_SELF_SIGNED, "vouches for itself (it is self-signed)" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, FAULT_ROOT, "vouches for itself and is not trusted here" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, FAULT_ISSUER, "has an issuer that is not known here" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, FAULT_ISSUER, "came alone, and its issuer is not known here" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, FAULT_LENGTH, "has too many others between itself and one that is trusted" },
	{ X509_V_ERR_CERT_REVOKED, FAULT_REVOKED, "is revoked" },
	{ X509_V_ERR_NO_ISSUER_PUBLIC_KEY, FAULT_SIGNATURE, "has an issuer without a public key" },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, FAULT_RULES, "allows fewer authorities below it than there are (pathLenConstraint, RFC 5280 4.2.1.9)" },
	{ X509_V_ERR_INVALID_PURPOSE, FAULT_PURPOSE, "is for another purpose" },
	{ X509_V_ERR_CERT_UNTRUSTED, FAULT_DISTRUSTED, "is known here, but not as one to trust for this" },
	{ X509_V_ERR_CERT_REJECTED, FAULT_DISTRUSTED, "is known here as one that must not be trusted" },
	{ X509_V_ERR_SUBJECT_ISSUER_MISMATCH, FAULT_ISSUER, "names another issuer than the certificate that stands behind it" },
	{ X509_V_ERR_AKID_SKID_MISMATCH, FAULT_ISSUER, "names another key of its issuer than the one that stands behind it" },
	{ X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH, FAULT_ISSUER, "names another certificate of its issuer than the one that stands behind it" },
	{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, FAULT_RULES, "has a key that may not sign certificates (its keyUsage lacks keyCertSign, RFC 5280 4.2.1.3)" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, FAULT_REVOCATION, "has a list of revoked certificates (CRL) whose issuer is not known here" },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, FAULT_UNKNOWN, "holds an extension marked critical that is not understood here" },
	{ X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, FAULT_REVOCATION, "has an issuer whose key may not sign lists of revoked certificates (cRLSign)" },
	{ X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, FAULT_REVOCATION, "has a list of revoked certificates (CRL) that is not understood here" },
	{ X509_V_ERR_INVALID_NON_CA, FAULT_RULES, "is an authority's, where none may stand" },
	{ X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED, FAULT_RULES, "has more proxy certificates below it than it allows" },
	{ X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE, FAULT_RULES, "has a key that may not sign (digitalSignature)" },
	{ X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED, FAULT_RULES, "is a proxy certificate (RFC 3820), which is not taken" },
	{ X509_V_ERR_INVALID_EXTENSION, FAULT_RULES, "holds an extension that cannot be read" },
	{ X509_V_ERR_INVALID_POLICY_EXTENSION, FAULT_RULES, "holds policies that cannot be read or contradict each other" },
	{ X509_V_ERR_NO_EXPLICIT_POLICY, FAULT_RULES, "has no policy that all of its chain agree on, though one is required" },
	{ X509_V_ERR_DIFFERENT_CRL_SCOPE, FAULT_REVOCATION, "has a list of revoked certificates (CRL) that is about others" },
	{ X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE, FAULT_UNKNOWN, "uses an extension in a way that is not understood here" },
	{ X509_V_ERR_UNNESTED_RESOURCE, FAULT_RULES, "claims addresses that its issuer does not have (RFC 3779)" },
	{ X509_V_ERR_PERMITTED_VIOLATION, FAULT_RULES, "has a name that an authority above it may not vouch for (name constraints)" },
	{ X509_V_ERR_EXCLUDED_VIOLATION, FAULT_RULES, "has a name that an authority above it must not vouch for (name constraints)" },
	{ X509_V_ERR_SUBTREE_MINMAX, FAULT_RULES, "stands below name constraints of a form that is not taken" },
	{ X509_V_ERR_APPLICATION_VERIFICATION, FAULT_INTERNAL, "could not be verified to the end" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, FAULT_UNKNOWN, "stands below name constraints of a kind that is not understood here" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, FAULT_RULES, "stands below name constraints that cannot be read" },
	{ X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, FAULT_RULES, "has a name that cannot be held against the name constraints above it" },
	{ X509_V_ERR_CRL_PATH_VALIDATION_ERROR, FAULT_REVOCATION, "has a list of revoked certificates (CRL) that nobody who is trusted vouches for" },
	{ X509_V_ERR_PATH_LOOP, FAULT_RULES, "stands in a chain that runs in a circle" },
	{ X509_V_ERR_SUITE_B_INVALID_VERSION, FAULT_WEAK, "is of a version that Suite B does not take" },
	{ X509_V_ERR_SUITE_B_INVALID_ALGORITHM, FAULT_WEAK, "has a key of a kind that Suite B does not take" },
	{ X509_V_ERR_SUITE_B_INVALID_CURVE, FAULT_WEAK, "has a key on a curve that Suite B does not take" },
	{ X509_V_ERR_SUITE_B_INVALID_SIGNATURE_ALGORITHM, FAULT_WEAK, "is signed in a way that Suite B does not take" },
	{ X509_V_ERR_SUITE_B_LOS_NOT_ALLOWED, FAULT_WEAK, "is weaker than the level of Suite B that was asked for" },
	{ X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256, FAULT_WEAK, "has a P-384 key signed by a weaker one on P-256, which Suite B does not take" },
	{ X509_V_ERR_HOSTNAME_MISMATCH, FAULT_NAME, "is for another name" },
	{ X509_V_ERR_EMAIL_MISMATCH, FAULT_NAME, "is for another mail address" },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, FAULT_NAME, "is for another address" },
	{ X509_V_ERR_DANE_NO_MATCH, FAULT_DISTRUSTED, "is not the one that the DNS names (DANE, RFC 6698)" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, FAULT_WEAK, "has a key that is too weak" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, FAULT_WEAK, "has a key that is too weak" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, FAULT_WEAK, "is signed with a digest that is too weak" },
	{ X509_V_ERR_INVALID_CALL, FAULT_INTERNAL, "could not be verified to the end" },
	{ X509_V_ERR_STORE_LOOKUP, FAULT_INTERNAL, "could not be looked up among those that are trusted here" },
	{ X509_V_ERR_NO_VALID_SCTS, FAULT_RULES, "does not prove that it stands in a public log of certificates (Certificate Transparency, RFC 6962)" },
	{ X509_V_ERR_PROXY_SUBJECT_NAME_VIOLATION, FAULT_RULES, "is a proxy certificate with a name that does not follow from its issuer's (RFC 3820)" },
	{ X509_V_ERR_OCSP_VERIFY_NEEDED, FAULT_REVOCATION, "needs an OCSP answer, and has none" },
	{ X509_V_ERR_OCSP_VERIFY_FAILED, FAULT_REVOCATION, "has an OCSP answer that does not hold" },
	{ X509_V_ERR_OCSP_CERT_UNKNOWN, FAULT_REVOCATION, "is not known to the OCSP responder of its issuer" },
	{ X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM, FAULT_WEAK, "is signed in a way that is not understood here" },
	{ X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH, FAULT_SIGNATURE, "is signed in a way that does not go with its issuer's key" },
	{ X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY, FAULT_SIGNATURE, "says in two places how it is signed, and they differ" },
	{ X509_V_ERR_INVALID_CA, FAULT_RULES, "vouches for another, and is no authority's (basicConstraints, RFC 5280 4.2.1.9)" },
	{ X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA, FAULT_RULES, "limits how deep its chain may be, though it is no authority" },
	{ X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN, FAULT_RULES, "limits how deep its chain may be, though its key may sign no certificates" },
	{ X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA, FAULT_RULES, "has a key that may sign certificates, though it is no authority" },
	{ X509_V_ERR_ISSUER_NAME_EMPTY, FAULT_RULES, "does not say who issued it" },
	{ X509_V_ERR_SUBJECT_NAME_EMPTY, FAULT_RULES, "does not say whose it is" },
	{ X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER, FAULT_RULES, "does not say which key signed it (authorityKeyIdentifier)" },
	{ X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER, FAULT_RULES, "gives its key no identifier (subjectKeyIdentifier)" },
	{ X509_V_ERR_EMPTY_SUBJECT_ALT_NAME, FAULT_RULES, "has an empty list of names (subjectAltName)" },
	{ X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL, FAULT_RULES, "has no subject, and names that are not marked critical" },
	{ X509_V_ERR_CA_BCONS_NOT_CRITICAL, FAULT_RULES, "is an authority's and does not mark that critical (basicConstraints)" },
	{ X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL, FAULT_RULES, "marks authorityKeyIdentifier critical, which it must not" },
	{ X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL, FAULT_RULES, "marks subjectKeyIdentifier critical, which it must not" },
	{ X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, FAULT_RULES, "is an authority's and does not say what its key may do (keyUsage)" },
	{ X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3, FAULT_RULES, "has extensions, and a version that has none" },
	{ X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, FAULT_RULES, "has a key on a curve that is spelt out and not named, which must not be (RFC 5480 2.1.1)" },
};
const size_t fault_rows_count = ROWS(fault_rows);

static const struct fault_row unknown_fault = { -1, FAULT_INTERNAL, "was refused for a reason that has no words here (-v shows the library's)" };

/* What to do, by kind: where a server showed the certificate, and where a client did. */
static const struct {
	const char *server, *client;
} advice[FAULT_KINDS] = {
	[FAULT_REVOKED] = { "its issuer took it back, as is done when a key was stolen: do not go on; the server needs a new one",
	                    "its issuer took it back, as is done when a key was stolen: the client needs a new one" },
	[FAULT_SIGNATURE] = { "it was changed, or not made by whom it says: do not trust what answers there; whoever runs the server must look at its certificates",
	                      "it was changed, or not made by whom it says: the client must not be trusted" },
	[FAULT_KEY] = { "it is broken, or of a kind that is not known here: the server needs one with an RSA or a P-256 key",
	                "it is broken, or of a kind that is not known here: the client needs one with an RSA or a P-256 key" },
	[FAULT_SELF_SIGNED] = { "anybody can make such a one, so it proves nothing: if it is yours, give a copy of it by --cacert FILE",
	                        "anybody can make such a one, so it proves nothing: if it is yours, give a copy of it by --cacert FILE" },
	[FAULT_LENGTH] = { "the server must send a shorter chain; if an authority in it is yours, --cacert FILE",
	                   "the client must send a shorter chain; if an authority in it is yours, --cacert FILE" },
	[FAULT_ISSUER] = { "if the authority is yours, --cacert FILE",
	                   "the client must send the intermediate certificates too; if the authority is yours, --cacert FILE" },
	[FAULT_ROOT] = { "if the authority is yours, --cacert FILE; if it is a public one, this machine's list of those is old or missing (package ca-certificates)",
	                 "if the authority is yours, --cacert FILE" },
	[FAULT_DISTRUSTED] = { "whoever keeps this machine decided so: the server needs another certificate",
	                       "whoever keeps this machine decided so: the client needs another certificate" },
	[FAULT_NAME] = { "ask for a name that it has, or say which it must have: --verify-name NAME", "the client needs another certificate" },
	[FAULT_PURPOSE] = { "the server needs one that is made for TLS servers",
	                    "the client needs one that is made for TLS clients" },
	[FAULT_WEAK] = { "others could pose as the server: it needs RSA 2048 or P-256, and SHA-256; --ciphers DEFAULT@SECLEVEL=0 takes it",
	                 "others could pose as the client: it needs RSA 2048 or P-256, and SHA-256" },
	[FAULT_EXPIRED] = { "whoever runs the server must renew it", "the client needs a new one" },
	[FAULT_NOT_YET] = { "set that clock if it is wrong; else the server needs another", "set that clock if it is wrong; else the client needs another" },
	[FAULT_UNKNOWN] = { "what is critical must be understood, or refused (RFC 5280 4.2): the server needs one without it",
	                    "what is critical must be understood, or refused (RFC 5280 4.2): the client needs one without it" },
	[FAULT_RULES] = { "that breaks the rules (RFC 5280): whoever runs the server must have it made anew",
	                  "that breaks the rules (RFC 5280): the client must have it made anew" },
	[FAULT_REVOCATION] = { "so nobody can tell whether it was taken back: whoever runs the server must see to it",
	                       "so nobody can tell whether it was taken back: its issuer must see to it" },
	[FAULT_INTERNAL] = { "try again; -v shows what the library says", "try again; -v shows what the library says" },
};

/* ---- alerts: the registry "TLS Alerts" of IANA ---- */

#define BUG "; sound programs never say that: -v shows the library's words, and another --tls-max may get round it"

const struct alert_row alert_rows[] = {
	{ 0, "close_notify", "RFC 8446 6.1", "it says goodbye in mid-handshake: it does not want to go on; its log may say why", NULL },
	{ 10, "unexpected_message", "RFC 8446 6.2", "it did not expect the message that it got" BUG, NULL },
	{ 20, "bad_record_mac", "RFC 8446 6.2", "it could not decrypt what it got: something between changed it, or one of the two programs is wrong: try again, or from another network", NULL },
	{ 21, "decryption_failed_RESERVED", "RFC 5246 7.2.2", "it could not decrypt what it got; the alert is one of TLS 1.0, so its TLS is very old: --tls-max 1.2 may help", NULL },
	{ 22, "record_overflow", "RFC 8446 6.2", "it got a record that is too long for it: something between changed it, or one of the two programs is wrong: try again, or from another network", NULL },
	{ 30, "decompression_failure", "RFC 5246 7.2.2", "it could not decompress what it got, though nothing is compressed here" BUG, NULL },
	{ 40, "handshake_failure", "RFC 8446 6.2", "it finds no version, cipher or key that both take",
	  "it has no cipher or key in common with this server: it needs TLS 1.2 or 1.3 with today's ciphers, or --ciphers here" },
	{ 41, "no_certificate_RESERVED", "RFC 5246 7.2.2", "it has no certificate; the alert is one of SSL 3.0, so its TLS is very old", "it has no certificate; the alert is one of SSL 3.0, so its TLS is very old" },
	{ 42, "bad_certificate", "RFC 8446 6.2", "it cannot read the certificate that you gave, or its signatures do not hold: is it the right --cert, with its whole chain?",
	  "it refuses the certificate of this server: it cannot be read, its signatures do not hold, or it is for another name" },
	{ 43, "unsupported_certificate", "RFC 8446 6.2", "it does not take certificates of the kind that you gave: try one with an RSA or a P-256 key, made for TLS clients (clientAuth)",
	  "it does not take certificates of this kind: try one with an RSA or a P-256 key, made for TLS servers (serverAuth)" },
	{ 44, "certificate_revoked", "RFC 8446 6.2", "it says that the certificate that you gave was revoked by its issuer: you need a new one",
	  "it says that the certificate of this server was revoked by its issuer: it needs a new one" },
	{ 45, "certificate_expired", "RFC 8446 6.2", "it says that the certificate that you gave is out of date: renew it (or the clock of one of the machines is wrong)",
	  "it says that the certificate of this server is out of date: renew it (or the clock of one of the machines is wrong)" },
	{ 46, "certificate_unknown", "RFC 8446 6.2", "it refuses the certificate that you gave, and does not say why: its log may",
	  "it does not take the certificate of this server, and does not say why; most programs mean that they do not trust it: give it the certificate as one to trust" },
	{ 47, "illegal_parameter", "RFC 8446 6.2", "it finds a field of the handshake out of range or at odds with another" BUG, NULL },
	{ 48, "unknown_ca", "RFC 8446 6.2", "it does not know who issued the certificate that you gave: it must be from an authority that the server trusts, and the --cert file must hold the intermediates too",
	  "it does not trust the certificate of this server, because it does not know who issued it: give the client the certificate as one to trust" },
	{ 49, "access_denied", "RFC 8446 6.2", "it knows the certificate that you gave, and lets its holder not in: ask whoever runs it",
	  "it knows this server's certificate, and does not want to speak with its holder" },
	{ 50, "decode_error", "RFC 8446 6.2", "it cannot read a message of the handshake" BUG, NULL },
	{ 51, "decrypt_error", "RFC 8446 6.2", "it finds a signature or a checksum of the handshake wrong: something between changed it, or a certificate does not go with its key", NULL },
	{ 52, "too_many_cids_requested", "RFC 9147 9", "it complains of connection identifiers, which exist only in DTLS" BUG, NULL },
	{ 60, "export_restriction_RESERVED", "RFC 5246 7.2.2", "it speaks of the weakened ciphers of the 1990s: its TLS is very old", NULL },
	{ 70, "protocol_version", "RFC 8446 6.2", "it takes none of the versions of TLS that were offered",
	  "it does not take the version of TLS that was chosen: --tls-min and --tls-max say which may be" },
	{ 71, "insufficient_security", "RFC 8446 6.2", "it wants stronger ciphers than were offered",
	  "it wants stronger ciphers than this server has" },
	{ 80, "internal_error", "RFC 8446 6.2", "it has trouble of its own, which is not the handshake's fault: try again later; its log says more", NULL },
	{ 86, "inappropriate_fallback", "RFC 7507", "it could do a newer version of TLS than it was asked for", NULL },
	{ 90, "user_canceled", "RFC 8446 6.1", "it broke the handshake off because somebody wanted so: try again", NULL },
	{ 100, "no_renegotiation", "RFC 5246 7.2.2", "it does not negotiate anew in mid-conversation: open a new connection instead", NULL },
	{ 109, "missing_extension", "RFC 8446 6.2", "it misses an extension in the handshake; it may want a name (--servername) or a newer version of TLS (--tls-max 1.3)", "it misses an extension in the handshake" BUG },
	{ 110, "unsupported_extension", "RFC 8446 6.2", "it got an extension that it did not ask for, or that has no place there" BUG, NULL },
	{ 111, "certificate_unobtainable", "RFC 6066 9", "it could not fetch a certificate from the URL that it was given for it", NULL },
	{ 112, "unrecognized_name", "RFC 6066 3", "it does not know the name that it was asked for", NULL },
	{ 113, "bad_certificate_status_response", "RFC 6066 8", "it finds fault with a stapled OCSP answer" BUG, "it finds the OCSP answer of this server wrong" },
	{ 114, "bad_certificate_hash_value", "RFC 6066 5", "it fetched a certificate from a URL, and it is not the one that was meant", NULL },
	{ 115, "unknown_psk_identity", "RFC 8446 6.2", "it wants a key that both know already (PSK), which is not spoken here: it needs certificates to speak with parlance", NULL },
	{ 116, "certificate_required", "RFC 8446 6.2", "it wants a certificate of yours, and got none: --cert FILE --key FILE", NULL },
	{ 117, "general_error", "RFC 9846 6.2", "it says no more of the reason: its log may", NULL },
	{ 120, "no_application_protocol", "RFC 7301 3.2", "it speaks none of the protocols that ALPN offered",
	  "it speaks none of the protocols that ALPN offers here" },
};
const size_t alert_rows_count = ROWS(alert_rows);

/* ---- OpenSSL's reasons ---- */

#define AGAIN ": its TLS is wrong, or something between changes what it says: try again, or from another network"
#define NO_CIPHER "there is no cipher that both sides take"

const struct reason_row reason_rows[] = {
	{ SSL_R_APP_DATA_IN_HANDSHAKE, TLS_BROKEN, "@ sent data before the handshake was done" AGAIN, NULL },
	{ SSL_R_NO_SUITABLE_KEY_SHARE, TLS_REFUSED, "@ and this side have no group for the key exchange in common: it needs X25519 or P-256", NULL },
	{ SSL_R_BAD_DH_VALUE, TLS_REFUSED, "@ sent a number for the key exchange (DHE) that is not safe: it needs ECDHE, or TLS 1.3", NULL },
	{ SSL_R_BAD_CHANGE_CIPHER_SPEC, TLS_BROKEN, "@ sent a change_cipher_spec that is none" AGAIN, NULL },
	{ SSL_R_BAD_HELLO_REQUEST, TLS_BROKEN, "@ sent a hello_request that cannot be read" AGAIN, NULL },
	{ SSL_R_BAD_KEY_SHARE, TLS_BROKEN, "@ sent a key for the key exchange that is none" AGAIN, NULL },
	{ SSL_R_BAD_EXTENSION, TLS_BROKEN, "@ sent an extension that cannot be read" AGAIN, NULL },
	{ SSL_R_BAD_DIGEST_LENGTH, TLS_BROKEN, "@ sent a checksum of the handshake that is too short or too long" AGAIN, NULL },
	{ SSL_R_BAD_PACKET_LENGTH, TLS_BROKEN, "@ sent a message of the wrong length" AGAIN, NULL },
	{ SSL_R_BAD_PROTOCOL_VERSION_NUMBER, TLS_BROKEN, "@ names another version than TLS 1.3 in supported_versions, which a server sends for that one alone (RFC 8446 4.2.1)" AGAIN, NULL },
	{ SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, TLS_REFUSED, "@ takes no signature that this side's certificate can make: a certificate with another kind of key may do", NULL },
	{ SSL_R_BAD_KEY_UPDATE, TLS_BROKEN, "@ sent a key_update that cannot be read" AGAIN, NULL },
	{ SSL_R_BAD_SIGNATURE, TLS_BROKEN, "@ signed the handshake wrongly, so it does not prove that the certificate is its own: its certificate and its key do not go together, or somebody sits between", NULL },
	{ SSL_R_CA_DN_LENGTH_MISMATCH, TLS_BROKEN, "@ sent a list of authorities that cannot be read" AGAIN, NULL },
	{ SSL_R_TOO_MANY_KEY_UPDATES, TLS_BROKEN, "@ changes its keys without end, and says nothing else", NULL },
	{ SSL_R_CCS_RECEIVED_EARLY, TLS_BROKEN, "@ sent change_cipher_spec before its turn, which was an attack once (CVE-2014-0224)", NULL },
	{ SSL_R_CERT_LENGTH_MISMATCH, TLS_BROKEN, "@ sent certificates whose lengths do not add up" AGAIN, NULL },
	{ SSL_R_COMPRESSED_LENGTH_TOO_LONG, TLS_BROKEN, "@ sent a record that is too long" AGAIN, NULL },
	{ SSL_R_DATA_BETWEEN_CCS_AND_FINISHED, TLS_BROKEN, "@ sent data in the midst of the change to encryption" AGAIN, NULL },
	{ SSL_R_DATA_LENGTH_TOO_LONG, TLS_BROKEN, "@ sent a record that is too long" AGAIN, NULL },
	{ SSL_R_DECRYPTION_FAILED, TLS_BROKEN, "what @ sent does not decrypt" AGAIN, NULL },
	{ SSL_R_DIGEST_CHECK_FAILED, TLS_BROKEN, "@ and this side have not heard the same handshake: somebody or something between changed it", NULL },
	{ SSL_R_ENCRYPTED_LENGTH_TOO_LONG, TLS_BROKEN, "@ sent a record that is too long" AGAIN, NULL },
	{ SSL_R_EXCESSIVE_MESSAGE_SIZE, TLS_BROKEN, "@ sent a message of the handshake that is longer than any may be (its certificates, mostly)", NULL },
	{ SSL_R_EXTRA_DATA_IN_MESSAGE, TLS_BROKEN, "@ sent more in a message than belongs into it" AGAIN, NULL },
	{ SSL_R_GOT_A_FIN_BEFORE_A_CCS, TLS_BROKEN, "@ sent its messages out of order" AGAIN, NULL },
	{ SSL_R_HTTPS_PROXY_REQUEST, TLS_PLAINTEXT, "@ sent an HTTP request for a proxy, in plaintext, where TLS begins", NULL },
	{ SSL_R_HTTP_REQUEST, TLS_PLAINTEXT, "@ sent an HTTP request in plaintext where TLS begins: its URL must begin https://", NULL },
	{ SSL_R_LENGTH_MISMATCH, TLS_BROKEN, "@ sent a message whose lengths do not add up" AGAIN, NULL },
	{ SSL_R_LENGTH_TOO_SHORT, TLS_BROKEN, "@ sent a record that is too short" AGAIN, NULL },
	{ SSL_R_LIBRARY_HAS_NO_CIPHERS, TLS_REFUSED, "no cipher is left on this side: is --ciphers right?", NULL },
	{ SSL_R_NO_CIPHERS_AVAILABLE, TLS_REFUSED, "no cipher is left on this side: --ciphers, --tls-min and --tls-max do not go together", NULL },
	{ SSL_R_NOT_ON_RECORD_BOUNDARY, TLS_BROKEN, "@ changed its keys in the midst of a record" AGAIN, NULL },
	{ SSL_R_NO_PROTOCOLS_AVAILABLE, TLS_REFUSED, "no version of TLS is left on this side: --tls-min, --tls-max and --ciphers do not go together", NULL },
	{ SSL_R_NO_SHARED_CIPHER, TLS_REFUSED, NO_CIPHER " (alert 40 handshake_failure says so to @)",
	  NO_CIPHER " (alert 40 handshake_failure says so to the client): leave --ciphers out here, or give the client one of those; with an RSA certificate (--cert) old clients find more in common" },
	{ SSL_R_PACKET_LENGTH_TOO_LONG, TLS_BROKEN, "@ sent a record that is longer than any may be (RFC 8446 5.2), which mostly means that it is no TLS", NULL },
	{ SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, TLS_REFUSED, "@ has shown no certificate, though one is required here", NULL },
	{ SSL_R_RECORD_LENGTH_MISMATCH, TLS_BROKEN, "@ sent a record whose length is wrong" AGAIN, NULL },
	{ SSL_R_UNSOLICITED_EXTENSION, TLS_BROKEN, "@ answers an extension that it was not asked for" AGAIN, NULL },
	{ SSL_R_CLIENTHELLO_TLSEXT, TLS_BROKEN, "@ sent an extension that cannot be taken" AGAIN, NULL },
	{ SSL_R_PARSE_TLSEXT, TLS_BROKEN, "@ sent an extension that cannot be read" AGAIN, NULL },
	{ SSL_R_NO_APPLICATION_PROTOCOL, TLS_REFUSED, "ALPN (RFC 7301) found no protocol that both sides speak: leave --alpn out, or name another", NULL },
	{ SSL_R_UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS, TLS_REFUSED, "@'s certificate holds a public key that cannot be read here: it is broken, or of a kind that is not known: @ needs one with an RSA or a P-256 key", NULL },
	{ SSL_R_UNEXPECTED_MESSAGE, TLS_BROKEN, "@ sent a message of the handshake that has no place there" AGAIN, NULL },
	{ SSL_R_UNEXPECTED_RECORD, TLS_BROKEN, "@ sent a record that has no place there" AGAIN, NULL },
	{ SSL_R_UNKNOWN_ALERT_TYPE, TLS_BROKEN, "@ sent an alert that is neither a warning nor fatal" AGAIN, NULL },
	{ SSL_R_UNKNOWN_CIPHER_RETURNED, TLS_BROKEN, "@ chose a cipher that is not known here" AGAIN, NULL },
	{ SSL_R_INVALID_CCS_MESSAGE, TLS_BROKEN, "@ sent a change_cipher_spec that is none" AGAIN, NULL },
	{ SSL_R_WRONG_CIPHER_RETURNED, TLS_BROKEN, "@ chose a cipher that was not offered" AGAIN, NULL },
	{ SSL_R_UNEXPECTED_CCS_MESSAGE, TLS_BROKEN, "@ sent change_cipher_spec where it has no place" AGAIN, NULL },
	{ SSL_R_WRONG_VERSION_NUMBER, TLS_BROKEN, "@ sent a record that names no version of TLS that fits here, which mostly means that it is no TLS", NULL },
	{ SSL_R_BAD_LENGTH, TLS_BROKEN, "@ sent a message whose length is wrong" AGAIN, NULL },
	{ SSL_R_SERVERHELLO_TLSEXT, TLS_BROKEN, "@ sent an extension that cannot be taken" AGAIN, NULL },
	{ SSL_R_EXTENSION_NOT_RECEIVED, TLS_BROKEN, "@ left out an extension that it must send" AGAIN, NULL },
	{ SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, TLS_BROKEN, "what @ sent does not decrypt: something between changed it, or its TLS is wrong: try again, or from another network", NULL },
	{ SSL_R_APPLICATION_DATA_AFTER_CLOSE_NOTIFY, TLS_BROKEN, "@ went on after it had said that it was done (close_notify): what came then is not believed", NULL },
	{ SSL_R_BAD_LEGACY_VERSION, TLS_BROKEN, "@ names a version older than TLS 1.0 where it must name TLS 1.2 (RFC 8446 4.1.2)" AGAIN, NULL },
	{ SSL_R_MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA, TLS_BROKEN, "@ sent something else in the midst of a message of the handshake" AGAIN, NULL },
	{ SSL_R_RECORD_TOO_SMALL, TLS_BROKEN, "@ sent a record that is too short" AGAIN, NULL },
	{ SSL_R_BAD_ECPOINT, TLS_BROKEN, "@ sent a key for the key exchange that is not on its curve" AGAIN, NULL },
	{ SSL_R_INVALID_STATUS_RESPONSE, TLS_BROKEN, "@ stapled an OCSP answer that does not hold", NULL },
	{ SSL_R_UNSUPPORTED_STATUS_TYPE, TLS_BROKEN, "@ stapled something that is no OCSP answer" AGAIN, NULL },
	{ SSL_R_BAD_HANDSHAKE_LENGTH, TLS_BROKEN, "@ sent a handshake message of the wrong length" AGAIN, NULL },
	{ SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, TLS_REFUSED, "@ signs the handshake in an old way (SHA-1 or MD5) that can be forged: it needs TLS 1.2 with SHA-256; --ciphers DEFAULT@@SECLEVEL=0 takes the old way too", NULL },
	{ SSL_R_RENEGOTIATION_ENCODING_ERR, TLS_BROKEN, "@ sent a renegotiation_info that cannot be read (RFC 5746)", NULL },
	{ SSL_R_RENEGOTIATION_MISMATCH, TLS_BROKEN, "@ began anew in another conversation than this one (RFC 5746), which is what an attacker does who sits between", NULL },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, TLS_REFUSED, "@ does not know RFC 5746, so a stranger could slip words in before yours: its TLS is from before 2010 and must be renewed", NULL },
	{ SSL_R_NO_RENEGOTIATION, TLS_REFUSED, "@ wants to negotiate anew in mid-conversation, which is not done here (and not in TLS 1.3 at all)", NULL },
	{ SSL_R_WRONG_SIGNATURE_TYPE, TLS_REFUSED, "@ signs the handshake in a way that was not offered (SHA-1, perhaps): it needs a newer TLS; --ciphers DEFAULT@@SECLEVEL=0 takes weak signatures too", NULL },
	{ SSL_R_INAPPROPRIATE_FALLBACK, TLS_REFUSED, "@ has a newer version of TLS, which was offered, and chose an older one: somebody between may have changed the handshake, to have weaker encryption (RFC 8446 4.1.3)",
	  "@ fell back to an old version of TLS, though this side has a newer one (RFC 7507)" },
	{ SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, TLS_REFUSED, "there is no way to sign that both sides take: a certificate with another kind of key may do", NULL },
	{ SSL_R_WRONG_CURVE, TLS_REFUSED, "@ uses a curve that was not offered" AGAIN, NULL },
	{ SSL_R_DH_KEY_TOO_SMALL, TLS_REFUSED, "@ agrees on keys (DHE) with a number so small that others can find the key (Logjam): it needs ECDHE, or TLS 1.3; --ciphers DEFAULT@@SECLEVEL=0 takes it all the same", NULL },
	{ SSL_R_CA_KEY_TOO_SMALL, TLS_REFUSED, "an authority's key in the certificates is too weak: --ciphers DEFAULT@@SECLEVEL=0 takes it all the same", NULL },
	{ SSL_R_CA_MD_TOO_WEAK, TLS_REFUSED, "a certificate is signed with a digest that can be forged (SHA-1 or MD5): --ciphers DEFAULT@@SECLEVEL=0 takes it all the same", NULL },
	{ SSL_R_EE_KEY_TOO_SMALL, TLS_REFUSED, "the key of the certificate is too weak: --ciphers DEFAULT@@SECLEVEL=0 takes it all the same", NULL },
	{ SSL_R_LENGTH_TOO_LONG, TLS_BROKEN, "@ sent a message that is too long" AGAIN, NULL },
	{ SSL_R_TOO_MANY_WARN_ALERTS, TLS_BROKEN, "@ sends warnings without end, and says nothing else", NULL },
	{ SSL_R_NO_SHARED_GROUPS, TLS_REFUSED, "there is no group for the key exchange that both sides know: each needs X25519 or P-256", NULL },
	{ SSL_R_BAD_RECORD_TYPE, TLS_BROKEN, "@ sent a record of a kind that has no place there" AGAIN, NULL },
};
const size_t reason_rows_count = ROWS(reason_rows);

/* ---- finding a row ---- */

/* Every row begins with the number that it is sorted by. */
static int compare_numbers(const void *key, const void *row)
{
	int wanted = *(const int *)key, there = *(const int *)row;
	return (wanted > there) - (wanted < there);
}

const struct fault_row *fault_row(int code)
{
	const struct fault_row *row = bsearch(&code, fault_rows, fault_rows_count, sizeof fault_rows[0], compare_numbers);
	return row ? row : &unknown_fault;
}

const struct alert_row *alert_row(int code)
{
	return bsearch(&code, alert_rows, alert_rows_count, sizeof alert_rows[0], compare_numbers);
}

const struct reason_row *reason_row(int reason)
{
	return bsearch(&reason, reason_rows, reason_rows_count, sizeof reason_rows[0], compare_numbers);
}

const char *fault_advice(enum fault_kind kind, bool of_client)
{
	return of_client ? advice[kind].client : advice[kind].server;
}

bool fault_is_about_trust(int code)
{
	switch (fault_row(code)->kind) {
	case FAULT_SIGNATURE:
	case FAULT_KEY:
	case FAULT_SELF_SIGNED:
	case FAULT_LENGTH:
	case FAULT_ISSUER:
	case FAULT_ROOT:
	case FAULT_DISTRUSTED:
		return true;
	default:
		return false;
	}
}

const struct tls_fault *tls_worst_fault(const struct tls_facts *facts)
{
	const struct tls_fault *worst = NULL;
	for (size_t i = 0; i < facts->nfaults; i++) {
		const struct tls_fault *fault = &facts->faults[i];
		enum fault_kind kind = fault_row(fault->code)->kind;
		if (worst == NULL || kind < fault_row(worst->code)->kind ||
		    (kind == fault_row(worst->code)->kind && fault->depth < worst->depth))
			worst = fault;
	}
	return worst;
}
