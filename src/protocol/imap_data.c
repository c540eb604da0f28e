#include "protocol/imap_machine.h"
void imap_data(struct dialogue *d, struct imap *s, const struct imap_response *response, bool ended, struct dialogue_event *event) {(void)d;(void)s;(void)response;(void)ended;(void)event;
 event_note(d, event, "Untagged data."); event_ref(d, event, "RFC 9051 7");}
void imap_response_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event) {(void)d;(void)response;(void)event;event_note(d,event,"A code."); event_ref(d,event,"RFC 9051 7.1");}
