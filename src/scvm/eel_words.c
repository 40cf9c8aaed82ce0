// SPDX-License-Identifier: GPL-2.0-or-later
/* How eel is called, at both levels. */
#include "eel_words.h"

#include "util.h"

static size_t options_add(char **v, char *const *options)
{
	size_t n = 0;

	for (; options && options[n]; n++)
		v[n] = strdup(options[n]);
	return n;
}

static size_t options_count(char *const *options)
{
	size_t n = 0;

	while (options && options[n])
		n++;
	return n;
}

/* An exact path, but for one that eel itself looks for. */
size_t eel_words(const struct scvm_eel *eel, bool first, char **v)
{
	size_t n = 0;

	v[n++] = strdup("eel");
	n += options_add(v + n, eel->options);
	if (first)
		n += options_add(v + n, eel->first_options);
	if (!first || !eel->first)
		v[n++] = strdup("--run");
	v[n++] = strdup("--");
	return n;
}

size_t eel_words_max(const struct scvm_eel *eel)
{
	return eel ? options_count(eel->options) + options_count(eel->first_options) + 4 : 0;
}

bool eel_has_extension(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

	return dot && dot[1] && dot > (slash ? slash + 1 : path);
}
