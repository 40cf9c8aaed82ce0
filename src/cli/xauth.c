// SPDX-License-Identifier: GPL-2.0-or-later
/* Xauthority files: which secrets a session gets. */
#include "xauth.h"

#include <sys/random.h>

#include "util.h"

#define FAMILY_LOCAL 256
#define FAMILY_WILD  65535
#define COOKIE_BYTES 16
#define METHOD	     "MIT-MAGIC-COOKIE-1"

enum { ADDRESS, NUMBER, NAME, SECRET, STRINGS };

struct string {
	const char *at;
	unsigned len;
};

struct auth {
	unsigned family;
	struct string s[STRINGS];
};

static unsigned two_bytes(const char *p)
{
	return (unsigned char)p[0] << 8 | (unsigned char)p[1];
}

/* Take one record off. Return: the bytes that it has; 0: there is no whole one. */
static size_t auth_next(const char *p, size_t len, struct auth *a)
{
	size_t at = 2;

	if (len < at)
		return 0;
	a->family = two_bytes(p);
	for (int i = 0; i < STRINGS; i++) {
		if (len - at < 2)
			return 0;
		a->s[i] = (struct string){ p + at + 2, two_bytes(p + at) };
		at += 2;
		if (len - at < a->s[i].len)
			return 0;
		at += a->s[i].len;
	}
	return at;
}

static bool is(const struct string *s, const char *text)
{
	return strlen(text) == s->len && memcmp(s->at, text, s->len) == 0;
}

static void put(FILE *f, unsigned n)
{
	fputc(n >> 8, f);
	fputc(n & 0xff, f);
}

static void auth_write(FILE *f, const struct auth *a)
{
	put(f, a->family);
	for (int i = 0; i < STRINGS; i++) {
		put(f, a->s[i].len);
		fwrite(a->s[i].at, 1, a->s[i].len, f);
	}
}

size_t xauth_pick(const char *data, size_t len, const char *host, const char *number, char **out)
{
	size_t size = 0, n;
	struct auth a;
	FILE *f;

	*out = NULL;
	f = open_memstream(out, &size);
	if (!f)
		return 0;
	for (; (n = auth_next(data, len, &a)) > 0; data += n, len -= n) {
		if (a.s[NUMBER].len && !is(&a.s[NUMBER], number))
			continue;
		if (a.family == FAMILY_LOCAL && !is(&a.s[ADDRESS], host))
			continue; /* another host's, in a home directory that they share */
		if (a.family == FAMILY_LOCAL) {
			a.family = FAMILY_WILD;
			a.s[ADDRESS].len = 0;
		}
		auth_write(f, &a);
	}
	if (fclose(f) != 0 || !size) {
		free(steal(out));
		return 0;
	}
	return size;
}

size_t xauth_make(char **out)
{
	char secret[COOKIE_BYTES];
	struct auth a = {
		.family = FAMILY_WILD,
		.s = { [NAME] = { METHOD, strlen(METHOD) }, [SECRET] = { secret, sizeof(secret) } }
	};
	size_t size = 0;
	FILE *f;

	*out = NULL;
	a.s[ADDRESS].at = a.s[NUMBER].at = "";
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return 0;
	f = open_memstream(out, &size);
	if (!f)
		return 0;
	auth_write(f, &a);
	if (fclose(f) != 0)
		free(steal(out));
	explicit_bzero(secret, sizeof(secret));
	return *out ? size : 0;
}
