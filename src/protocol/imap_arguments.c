#include "protocol/imap_machine.h"
void imap_arguments(struct dialogue *d, struct imap *s, const struct entry *row, bool ended, struct dialogue_event *event) {(void)d;(void)s;(void)row;(void)ended;(void)event;}
