// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a saved state holds (its checksum is the attacker's), reading it is safe, and what is
 * accepted is written in the same form. See tests/fuzz/run.
 */
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "state_file.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct state s;
	uint8_t *head, *again;
	const char *why;
	uint32_t head_bytes;
	uint64_t pages;
	size_t again_len;

	if (len < STATE_PREFIX_BYTES)
		return 0;
	state_parse_prefix(data, len, &head_bytes, &pages, &why);
	pages = get64(data + 16);
	len -= STATE_PREFIX_BYTES;
	head = malloc(len + 1);
	if (!head)
		return 0;
	memcpy(head, data + STATE_PREFIX_BYTES, len);
	if (state_parse(head, len, pages, &s, &why) == 0) {
		if (state_encode(&s, &again, &again_len) != 0 ||
		    again_len != len + STATE_PREFIX_BYTES ||
		    memcmp(again + STATE_PREFIX_BYTES, head, len) != 0)
			abort();
		free(again);
		state_finish(&s);
	}
	free(head);
	return 0;
}
