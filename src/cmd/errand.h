/*
 * What a talk asks of this floor: places, faces, transcripts. Shared by talk and lesson.
 */
#ifndef PARLANCE_CMD_ERRAND_H
#define PARLANCE_CMD_ERRAND_H

#include "cmd/cmd.h"
#include "talk/talk.h"

struct errand {
	const struct options *options;
	struct where where; /* where the talk is now, or was sent last; whoever made the errand frees it */
	struct tls_settings *tls;
};

/* The talk's hooks, which look at the errand as long as the talk lasts. */
struct talk_hooks errand_hooks(struct errand *errand);
/* The place of a where, whose strings it looks at. */
struct talk_place errand_place(const struct where *where);
/* What the options say of a talk. */
struct talk_options errand_options(const struct options *options, struct tls_settings *tls);

#endif
