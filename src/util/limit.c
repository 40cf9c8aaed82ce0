// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits as values: parsing, merging, cutting. */
#include "limit.h"

#include <inttypes.h>
#include <sys/sysinfo.h>

#include "util.h"

enum unit { UNIT_CPUS, UNIT_BYTES, UNIT_COUNT };

struct key {
	const char *name;
	enum unit unit;
	int64_t min, max;
	const char *range; /* as a person writes it */
};

#define KIB 1024LL
#define MIB (1024 * KIB)
#define TIB (1024 * 1024 * MIB)

static const struct key keys[] = {
	[BUDGET_CPUS] = { "cpus", UNIT_CPUS, 10, 8192000, "0.01 to 8192" },
	[BUDGET_CPU_WEIGHT] = { "cpu-weight", UNIT_COUNT, 1, 10000, "1 to 10000" },
	/* The supervisor is charged too: with less, nothing would start. */
	[BUDGET_MEMORY] = { "memory", UNIT_BYTES, 16 * MIB, 1024 * TIB, "16M to 1024T" },
	[BUDGET_SWAP] = { "swap", UNIT_BYTES, 0, 1024 * TIB, "0 to 1024T" },
	[BUDGET_PIDS] = { "pids", UNIT_COUNT, 1, 4194304, "1 to 4194304" },
	[BUDGET_IO_WEIGHT] = { "io-weight", UNIT_COUNT, 1, 10000, "1 to 10000" },
	[BUDGET_NOFILE] = { "nofile", UNIT_COUNT, 16, 1 << 30, "16 to 1073741824" },
};
_Static_assert(ARRAY_SIZE(keys) == BUDGET_KEY_COUNT, "every limit has a name");

void budget_init(struct budget *b)
{
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		b->value[i] = BUDGET_UNSET;
}

const char *budget_key_name(enum budget_key key)
{
	return key < BUDGET_KEY_COUNT ? keys[key].name : "?";
}

int budget_key_find(const char *name)
{
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (strcmp(keys[i].name, name) == 0)
			return i;
	return -1;
}

/* What follows the digits of a size: "", "K", "MiB", "gb". -1: something else. */
static int size_shift(const char *suffix)
{
	static const char letters[] = "KMGT";
	const char *at;
	char c = *suffix;

	if (!c)
		return 0;
	if (c >= 'a' && c <= 'z')
		c -= 'a' - 'A';
	at = strchr(letters, c);
	if (!at || !*at)
		return -1;
	suffix++;
	if (*suffix == 'i')
		suffix++;
	if (*suffix == 'B' || *suffix == 'b')
		suffix++;
	return *suffix ? -1 : 10 * (at - letters + 1);
}

/*
 * Digits with an optional fraction, times @scale, rounded down. Not strtod(3): it takes "inf",
 * "0x10", "1e9" and the locale's comma. Return: -ERANGE above any limit, -EINVAL no number.
 */
static int parse_decimal(const char *text, int64_t scale, const char **end, int64_t *value)
{
	__int128 n = 0, fraction = 0, div = 1;
	const char *p = text;
	bool huge = false;

	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		n = n * 10 + (*p - '0');
		huge |= n > INT64_MAX;
		if (huge)
			n = 0;
	}
	if (*p == '.' && p[1] >= '0' && p[1] <= '9') {
		for (p++; *p >= '0' && *p <= '9'; p++) {
			if (div < 1000000000) {
				div *= 10;
				fraction = fraction * 10 + (*p - '0');
			}
		}
	}
	*end = p;
	n = n * scale + fraction * scale / div;
	*value = n;
	return huge || n >= INT64_MAX ? -ERANGE : 0;
}

int budget_parse(enum budget_key key, const char *text, int64_t *value, char *why, size_t len)
{
	const struct key *k = &keys[key];
	const char *rest = "";
	int64_t scale = k->unit == UNIT_CPUS ? 1000 : 1;
	int ret;

	if (strcmp(text, "max") == 0 && key != BUDGET_CPU_WEIGHT && key != BUDGET_IO_WEIGHT) {
		*value = BUDGET_NOLIMIT;
		return 0;
	}
	ret = parse_decimal(text, scale, &rest, value);
	if (ret != -EINVAL && k->unit == UNIT_BYTES) {
		int shift = size_shift(rest);

		ret = shift < 0 ? -EINVAL : parse_decimal(text, scale << shift, &rest, value);
	} else if (ret != -EINVAL && (*rest || (k->unit == UNIT_COUNT && strchr(text, '.')))) {
		ret = -EINVAL;
	}
	if (ret == 0 && (*value < k->min || *value > k->max))
		ret = -ERANGE;
	if (ret == -EINVAL)
		snprintf(why, len, "%s",
			 k->unit == UNIT_BYTES	? "not a size (such as 512M or 2G)"
			 : k->unit == UNIT_CPUS ? "not a number (such as 2 or 0.5)"
						: "not a number");
	else if (ret == -ERANGE)
		snprintf(why, len, "must be %s", k->range);
	return ret;
}

int budget_parse_word(const char *word, struct budget *b, char *why, size_t len)
{
	const char *equals = strchr(word, '=');
	autofree char *name = equals ? strndup(word, equals - word) : NULL;
	int key = name ? budget_key_find(name) : -1, ret;
	char what[96];
	int64_t value;

	if (!equals || key < 0) {
		snprintf(why, len, equals ? "%s: no such limit" : "%s: not KEY=VALUE",
			 name ? name : word);
		return -EINVAL;
	}
	ret = budget_parse(key, equals + 1, &value, what, sizeof(what));
	if (ret == 0)
		b->value[key] = value;
	else
		snprintf(why, len, "%s: %s", word, what);
	return ret;
}

void budget_format(enum budget_key key, int64_t value, char *text, size_t len)
{
	static const char letters[] = "KMGT";
	int unit = -1;

	if (value == BUDGET_UNSET)
		snprintf(text, len, "%s", "");
	else if (value == BUDGET_NOLIMIT)
		snprintf(text, len, "max");
	else if (keys[key].unit == UNIT_CPUS && value % 1000 == 0)
		snprintf(text, len, "%" PRId64, value / 1000);
	else if (keys[key].unit == UNIT_CPUS)
		snprintf(text, len, "%" PRId64 ".%03" PRId64, value / 1000, value % 1000);
	else if (keys[key].unit == UNIT_BYTES && value) {
		for (; value % 1024 == 0 && unit < 3; unit++)
			value /= 1024;
		snprintf(text, len, "%" PRId64 "%.*s", value, unit >= 0,
			 letters + (unit >= 0 ? unit : 0));
	} else
		snprintf(text, len, "%" PRId64, value);
}

void budget_over(struct budget *b, const struct budget *from)
{
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (from->value[i] != BUDGET_UNSET)
			b->value[i] = from->value[i];
}

unsigned budget_cut(struct budget *b, const struct budget *ceiling)
{
	unsigned cut = 0;

	for (int i = 0; i < BUDGET_KEY_COUNT; i++) {
		int64_t most = ceiling->value[i];

		if (most == BUDGET_UNSET)
			continue;
		if (b->value[i] == BUDGET_UNSET || b->value[i] > most) {
			cut |= b->value[i] == BUDGET_UNSET ? 0 : 1U << i;
			b->value[i] = most;
		}
	}
	return cut;
}

void budget_defaults(struct budget *b)
{
	struct sysinfo si;

	if (b->value[BUDGET_PIDS] == BUDGET_UNSET)
		b->value[BUDGET_PIDS] = BUDGET_DEFAULT_PIDS;
	if (b->value[BUDGET_CPU_WEIGHT] == BUDGET_UNSET)
		b->value[BUDGET_CPU_WEIGHT] = 100;
	if (b->value[BUDGET_MEMORY] == BUDGET_UNSET && sysinfo(&si) == 0)
		b->value[BUDGET_MEMORY] = (int64_t)si.totalram * si.mem_unit / 100 *
					  BUDGET_DEFAULT_MEMORY_PERCENT / MIB * MIB;
}

unsigned budget_given(const struct budget *b)
{
	unsigned mask = 0;

	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		mask |= b->value[i] == BUDGET_UNSET ? 0 : 1U << i;
	return mask;
}

void budget_names(unsigned mask, char *text, size_t len)
{
	size_t at = 0;

	*text = '\0';
	for (int i = 0; i < BUDGET_KEY_COUNT && at < len; i++)
		if (mask & 1U << i)
			at += snprintf(text + at, len - at, "%s%s", at ? ", " : "",
				       budget_key_name(i));
}

void budget_words(const struct budget *b, char *text, size_t len)
{
	char value[32];
	size_t at = 0;

	*text = '\0';
	for (int i = 0; i < BUDGET_KEY_COUNT && at < len; i++) {
		budget_format(i, b->value[i], value, sizeof(value));
		if (*value)
			at += snprintf(text + at, len - at, "%s%s=%s", at ? " " : "", keys[i].name,
				       value);
	}
}
