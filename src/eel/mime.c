// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shared-mime-info's mime.cache, versions 1.1 and 1.2: big-endian, offsets from the file's start.
 * The view's owner may have written anything there, so every offset and count is checked, and
 * counts are bounded by what fits into the file.
 */
#include <ctype.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "source.h"
#include "util.h"

#define CACHE_BYTES_MAX	  (4 << 20)
#define MATCH_DEPTH_MAX	  8 /* of matchlets inside matchlets */
#define MATCH_STEPS_MAX	  100000
#define NAME_BYTES_MAX	  256
#define CASE_SENSITIVE	  0x100
#define MATCH_BYTES	  16
#define MATCHLET_BYTES	  32
#define LITERAL_BYTES	  12
#define TREE_NODE_BYTES	  12
#define TREE_CHILDREN_MAX 4096

enum {
	AT_PARENTS = 8,
	AT_LITERALS = 12,
	AT_SUFFIXES = 16,
	AT_GLOBS = 20,
	AT_MAGIC = 24,
	HEADER_BYTES = 40
};

struct mime {
	size_t len;
	unsigned char data[];
};

static struct mime *mime_create(size_t len)
{
	struct mime *m;

	if (len < HEADER_BYTES || len > CACHE_BYTES_MAX)
		return NULL;
	m = malloc(sizeof(*m) + len + 1);
	if (!m)
		return NULL;
	m->len = len;
	m->data[len] = '\0'; /* every string ends at the latest here */
	return m;
}

struct mime *mime_from_memory(const void *data, size_t len)
{
	struct mime *m = mime_create(len);

	if (!m)
		return NULL;
	memcpy(m->data, data, len);
	if (be16(m->data) == 1)
		return m;
	mime_destroy(m);
	return NULL;
}

/* One read and no copy: each file that eel runs waits for this. */
struct mime *mime_open(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct mime *m;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	m = mime_create(st.st_size);
	if (!m)
		return NULL;
	if (pread(fd, m->data, m->len, 0) == (ssize_t)m->len && be16(m->data) == 1)
		return m;
	mime_destroy(m);
	return NULL;
}

void mime_destroy(struct mime *m)
{
	free(m);
}

static uint32_t word(const struct mime *m, uint64_t off)
{
	return off + 4 <= m->len ? be32(m->data + off) : 0;
}

/* A list of @n records of @bytes at @off: how many of them are in the file? */
static uint32_t fits(const struct mime *m, uint32_t off, uint32_t n, unsigned bytes)
{
	uint32_t room = off < m->len ? (m->len - off) / bytes : 0;

	return n < room ? n : room;
}

static const char *string(const struct mime *m, uint32_t off)
{
	return off && off < m->len ? (const char *)m->data + off : NULL;
}

static const char *type_string(const struct mime *m, uint32_t off)
{
	const char *s = string(m, off);

	return s && strlen(s) < TYPE_BYTES && strchr(s, '/') ? s : NULL;
}

/* ---- by magic ---- */

static bool value_at(const struct source *s, size_t at, const unsigned char *value,
		     const unsigned char *mask, uint32_t len)
{
	if (at + len > s->nhead)
		return false;
	if (!mask)
		return memcmp(s->head + at, value, len) == 0;
	for (uint32_t i = 0; i < len; i++)
		if ((s->head[at + i] & mask[i]) != (value[i] & mask[i]))
			return false;
	return true;
}

static bool matchlet_matches(const struct mime *m, uint32_t off, const struct source *s)
{
	uint32_t start = word(m, off), range = word(m, off + 4), len = word(m, off + 12);
	uint32_t value = word(m, off + 16), mask = word(m, off + 20);

	if (!len || len > HEAD_BYTES || (uint64_t)value + len > m->len ||
	    (uint64_t)mask + len > m->len)
		return false;
	if (range > HEAD_BYTES)
		range = HEAD_BYTES;
	for (uint32_t i = 0; i < (range ? range : 1) && (uint64_t)start + i < s->nhead; i++)
		if (value_at(s, (size_t)start + i, m->data + value, mask ? m->data + mask : NULL,
			     len))
			return true;
	return false;
}

/* Alternatives side by side, conditions below one another: a path down to a leaf is a match. */
static bool match_tree(const struct mime *m, uint32_t first, uint32_t n, const struct source *s,
		       unsigned *steps)
{
	struct {
		uint32_t at, left;
	} stack[MATCH_DEPTH_MAX];
	int depth = 0;

	stack[0].at = first;
	stack[0].left = fits(m, first, n, MATCHLET_BYTES);
	while (depth >= 0) {
		uint32_t at = stack[depth].at, children, child;

		if (!stack[depth].left || ++*steps > MATCH_STEPS_MAX) {
			depth--;
			continue;
		}
		stack[depth].left--;
		stack[depth].at += MATCHLET_BYTES;
		if (!matchlet_matches(m, at, s))
			continue;
		children = word(m, at + 24);
		child = word(m, at + 28);
		if (!children)
			return true;
		if (depth + 1 == MATCH_DEPTH_MAX)
			continue;
		depth++;
		stack[depth].at = child;
		stack[depth].left = fits(m, child, children, MATCHLET_BYTES);
	}
	return false;
}

const char *mime_by_magic(const struct mime *m, const struct source *s, unsigned *priority)
{
	uint32_t list = word(m, AT_MAGIC), first = word(m, (uint64_t)list + 8);
	uint32_t n = fits(m, first, word(m, list), MATCH_BYTES);
	unsigned steps = 0;

	/* They are in the order of their priorities. */
	for (uint32_t i = 0; i < n && steps <= MATCH_STEPS_MAX; i++) {
		uint32_t at = first + i * MATCH_BYTES;
		const char *type = type_string(m, word(m, at + 4));

		if (type && match_tree(m, word(m, at + 12), word(m, at + 8), s, &steps)) {
			*priority = word(m, at);
			return type;
		}
	}
	return NULL;
}

/* ---- by name ---- */

static const char *by_literal(const struct mime *m, const char *name)
{
	uint32_t list = word(m, AT_LITERALS), n = fits(m, list + 4, word(m, list), LITERAL_BYTES);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = list + 4 + i * LITERAL_BYTES;
		const char *lit = string(m, word(m, at));

		if (lit && (word(m, at + 8) & CASE_SENSITIVE ? strcmp(lit, name)
							     : strcasecmp(lit, name)) == 0)
			return type_string(m, word(m, at + 4));
	}
	return NULL;
}

/*
 * Walk the tree of reversed suffixes; the longest one with a leaf wins, by the leaf's weight among
 * equals. Suffixes are compared in lower case unless the leaf insists.
 */
static const char *by_suffix(const struct mime *m, const char *name, bool fold)
{
	uint32_t tree = word(m, AT_SUFFIXES), at = word(m, tree + 4);
	uint32_t n = fits(m, at, word(m, tree), TREE_NODE_BYTES);
	const char *best = NULL;

	for (size_t i = strlen(name); i-- > 0 && n && n <= TREE_CHILDREN_MAX;) {
		unsigned char c = fold ? tolower((unsigned char)name[i]) : name[i];
		uint32_t found = 0, weight = 0, count;

		if (c >= 0x80)
			break; /* the tree has code points; no suffix of a known type has these */
		for (uint32_t k = 0; k < n && !found; k++)
			if (word(m, at + k * TREE_NODE_BYTES) == c)
				found = at + k * TREE_NODE_BYTES;
		if (!found)
			break;
		count = word(m, found + 4);
		at = word(m, found + 8);
		n = fits(m, at, count, TREE_NODE_BYTES);
		for (uint32_t k = 0; k < n && k < TREE_CHILDREN_MAX; k++) {
			uint32_t leaf = at + k * TREE_NODE_BYTES;
			const char *type;

			if (word(m, leaf) != 0)
				break; /* leaves come first */
			type = type_string(m, word(m, leaf + 4));
			if (!type || (fold && word(m, leaf + 8) & CASE_SENSITIVE))
				continue;
			if ((word(m, leaf + 8) & 0xff) > weight) {
				weight = word(m, leaf + 8) & 0xff;
				best = type;
			}
		}
	}
	return best;
}

static const char *by_glob(const struct mime *m, const char *name)
{
	uint32_t list = word(m, AT_GLOBS), n = fits(m, list + 4, word(m, list), LITERAL_BYTES);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = list + 4 + i * LITERAL_BYTES;
		const char *glob = string(m, word(m, at));

		if (glob && strlen(glob) < NAME_BYTES_MAX && fnmatch(glob, name, 0) == 0)
			return type_string(m, word(m, at + 4));
	}
	return NULL;
}

const char *mime_by_name(const struct mime *m, const char *name)
{
	const char *type;

	if (strlen(name) >= NAME_BYTES_MAX)
		name += strlen(name) - (NAME_BYTES_MAX - 1);
	type = by_literal(m, name);
	if (!type)
		type = by_suffix(m, name, false);
	if (!type)
		type = by_suffix(m, name, true);
	return type ? type : by_glob(m, name);
}

/* ---- what is a kind of what ---- */

unsigned mime_parents(const struct mime *m, const char *type, const char **out, unsigned max)
{
	uint32_t list = word(m, AT_PARENTS), n = fits(m, list + 4, word(m, list), 8);
	unsigned found = 0;

	for (uint32_t i = 0; i < n; i++) {
		const char *s = string(m, word(m, list + 4 + i * 8));
		uint32_t parents = word(m, list + 8 + i * 8), count;

		if (!s || strcmp(s, type) != 0)
			continue;
		count = fits(m, parents + 4, word(m, parents), 4);
		for (uint32_t k = 0; k < count && found < max; k++) {
			const char *p = type_string(m, word(m, (uint64_t)parents + 4 + k * 4));

			if (p)
				out[found++] = p;
		}
		break;
	}
	return found;
}
