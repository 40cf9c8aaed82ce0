// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of host ids: see ranges.h. */
#include "ranges.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>

#include "internal.h"

#define STATE_SLOTS ".next-range"
#define SLOT_BLOCKS 255 /* a UC_HOME of root's other than the usual one starts in one of these */
#define SLOT_BLOCK  128
#define STATE_USUAL "/var/lib/uc"
#define SUBID_MAX   (1 << 20)
#define SUBID_USEFUL                                                                \
	65535U /* more are not asked for: inside ids are 16 bits wide, as in Debian \
		*/
#define SUBID_MINIMUM 1000U /* below this not even the system's users fit */

static char *range_file(const struct compartment *c)
{
	return str_printf(".ids.%s", c->name);
}

static unsigned first_slot(const struct compartment *c)
{
	struct stat st;

	if (!strcmp(c->state, STATE_USUAL) || fstat(c->statefd, &st) < 0)
		return 0;
	return (1 + (st.st_ino ^ st.st_dev * 31) % (SLOT_BLOCKS - 1)) * SLOT_BLOCK;
}

/* With STATE's lock held. */
static int slot_new(const struct compartment *c, unsigned *slot, struct err e)
{
	unsigned long next = first_slot(c), recorded;
	char text[32];
	int ret;

	if (read_own_file(c->statefd, STATE_SLOTS, text, sizeof(text)) > 0) {
		recorded = strtoul(text, NULL, 10);
		if (recorded > next && recorded <= RANGE_SLOTS)
			next = recorded;
	}
	if (next >= RANGE_SLOTS)
		return fail(e, -EUSERS,
			    "%s: no unused range of ids is left; remove the file %s there",
			    c->state, STATE_SLOTS);
	snprintf(text, sizeof(text), "%lu\n", next + 1);
	ret = write_file_at(c->statefd, STATE_SLOTS, text, strlen(text), 0600);
	if (ret < 0)
		return fail_path(e, ret, c->state);
	*slot = next;
	return 0;
}

static int range_recorded(const struct compartment *c, const char *file, unsigned *slot)
{
	unsigned uid;
	char text[64];

	if (read_own_file(c->statefd, file, text, sizeof(text)) < 0 ||
	    sscanf(text, "%u %u", &uid, slot) != 2 || uid != c->host_uid || *slot >= RANGE_SLOTS)
		return -ENOENT;
	return 0;
}

static int range_of_root(const struct compartment *c, struct id_range *out, struct err e)
{
	struct state s = { .path = c->state, .fd = c->statefd };
	autofree char *file = range_file(c);
	char text[64];
	unsigned slot;
	int ret;

	if (!file)
		return fail(e, -ENOMEM, "out of memory");
	if (range_recorded(c, file, &slot) < 0) {
		autoclose int lock = state_lock(&s, e);

		if (lock < 0)
			return lock;
		ret = range_recorded(c, file, &slot); /* another ucrun was faster */
		if (ret < 0) {
			ret = slot_new(c, &slot, e);
			if (ret < 0)
				return ret;
			snprintf(text, sizeof(text), "%u %u\n", c->host_uid, slot);
			ret = write_file_at(c->statefd, file, text, strlen(text), 0600);
		}
		if (ret < 0)
			return fail_path(e, ret, c->state);
	}
	out->base_uid = out->base_gid = RANGE_FIRST + slot * RANGE_SIZE;
	out->nuids = out->ngids = RANGE_SIZE - 1;
	return 0;
}

/* "name-or-uid:first:count": the longest line that is hers. */
static int subid_read(const char *path, const char *login, uid_t uid, unsigned *base,
		      unsigned *count)
{
	autofree char *text = NULL, *number = str_printf("%u", uid);
	char *line, *save = NULL;

	*count = 0;
	if (!number || read_file_at(AT_FDCWD, path, SUBID_MAX, &text) < 0)
		return -ENOENT;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t len = strcspn(line, ":");
		unsigned first, n;

		if (sscanf(line + len, ":%u:%u", &first, &n) != 2 || n <= *count)
			continue;
		if ((login && strlen(login) == len && !strncmp(line, login, len)) ||
		    (strlen(number) == len && !strncmp(line, number, len))) {
			*base = first;
			*count = n;
		}
	}
	if (*count > SUBID_USEFUL)
		*count = SUBID_USEFUL;
	return *count >= SUBID_MINIMUM ? 0 : -ENOENT;
}

static int range_of_user(const struct compartment *c, struct id_range *out, struct err e)
{
	struct passwd *pw = getpwuid(out->uid);
	const char *login = pw ? pw->pw_name : NULL;

	if (subid_read("/etc/subuid", login, out->uid, &out->base_uid, &out->nuids) < 0 ||
	    subid_read("/etc/subgid", login, out->uid, &out->base_gid, &out->ngids) < 0)
		return fail(
			e, -ENOENT,
			"%s: no range of ids in /etc/subuid and /etc/subgid; root can give one: "
			"usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s",
			c->name, login ? login : "USER");
	return 0;
}

int compartment_range(const struct compartment *c, struct id_range *out, char *err, size_t errlen)
{
	struct err e = { err, errlen };

	*out = (struct id_range){ .uid = c->host_uid, .gid = c->host_gid };
	return geteuid() == 0 ? range_of_root(c, out, e) : range_of_user(c, out, e);
}

void compartment_range_forget(const struct compartment *c)
{
	autofree char *file = range_file(c);

	if (file && geteuid() == 0)
		unlinkat(c->statefd, file, 0);
}
