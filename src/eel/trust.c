// SPDX-License-Identifier: GPL-2.0-or-later
#include "trust.h"

#include <stdint.h>

#include "ini_lines.h"
#include "registry_priv.h"
#include "source.h"
#include "util.h"

#define SPACES_MIN 3 /* in a row before the extension: more than a slip of the thumb */
#define EXT_MAX	   12

/* clang-format off */
static const struct {
	const char *name;
	enum trust level; /* when nobody says otherwise */
	const char *why;
} rules[] = {
	[RULE_NAME_MISMATCH]	= { "name-mismatch", TRUST_DENY,
		"the name is a document's, the content is executable" },
	[RULE_DOUBLE_EXTENSION]	= { "double-extension", TRUST_DENY,
		"a document's extension is followed by a program's" },
	[RULE_SPACES]		= { "spaces", TRUST_DENY,
		"a run of spaces hides the extension" },
	[RULE_BIDI]		= { "bidi", TRUST_DENY,
		"the name has characters that turn the direction of writing" },
	[RULE_ZERO_WIDTH]	= { "zero-width", TRUST_DENY,
		"the name has characters that cannot be seen" },
	[RULE_ORIGIN]		= { "origin", TRUST_ASK, "it was downloaded" },
	[RULE_NATIVE]		= { "native", TRUST_TRANSPARENT, "the class native is set so" },
	[RULE_CODE]		= { "code", TRUST_TRANSPARENT, "the class code is set so" },
	[RULE_DOCUMENT]		= { "document", TRUST_TRANSPARENT, "the class document is set so" },
	[RULE_GUEST]		= { "guest", TRUST_TRANSPARENT, "the class guest is set so" },
	[RULE_ENVIRONMENT]	= { "environment", TRUST_TRANSPARENT, "the environment's record says so" },
};
_Static_assert(ARRAY_SIZE(rules) == RULE_COUNT, "a row per rule");

static const char *const policies[] = {
	[POLICY_NORMAL] = "normal", [POLICY_ALLOW] = "allow", [POLICY_ASK] = "ask",
	[POLICY_DENY] = "deny",
};
_Static_assert(ARRAY_SIZE(policies) == POLICY_COUNT, "a name per policy");

/* Inclusive ranges of code points. */
static const struct range { uint32_t from, to; } bidi[] = {
	{ 0x061c, 0x061c }, { 0x200e, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x2069 },
}, invisible[] = {
	{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180e }, { 0x200b, 0x200d }, { 0x2060, 0x2064 }, { 0x206a, 0x206f },
	{ 0xfe00, 0xfe0e }, { 0xfeff, 0xfeff }, { 0xe0000, 0xe007f },
}, spaces[] = {
	{ 0x09, 0x0d }, { 0x20, 0x20 }, { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 },
	{ 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x2800, 0x2800 }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xffa0, 0xffa0 },
};
/* clang-format on */

const char *trust_rule_name(enum trust_rule rule)
{
	return (unsigned)rule < RULE_COUNT ? rules[rule].name : "none";
}

int policy_parse(const char *word)
{
	for (int i = POLICY_ALLOW; i < POLICY_COUNT; i++)
		if (strcmp(policies[i], word) == 0)
			return i;
	return -EINVAL;
}

/* ---- configuration ---- */

void trust_init(struct trust_policy *p)
{
	memset(p, 0, sizeof(*p));
	for (int i = 0; i < RULE_COUNT; i++)
		p->level[i] = rules[i].level;
}

struct trust_parse {
	struct trust_policy *p;
	struct registry *r;
	const char *file;
	bool owner, ours;
};

static int rule_parse(const char *name)
{
	for (int i = 0; i < RULE_ENVIRONMENT; i++)
		if (strcmp(rules[i].name, name) == 0)
			return i;
	return -EINVAL;
}

static void on_section(void *arg, unsigned line, const char *name)
{
	((struct trust_parse *)arg)->ours = strcmp(name, "trust") == 0;
}

static void on_key(void *arg, unsigned line, const char *key, const char *value)
{
	struct trust_parse *t = arg;
	int rule, level;

	if (!t->ours)
		return;
	rule = rule_parse(key);
	level = trust_parse(value);
	if (rule < 0)
		registry_mistake(t->r, t->file, line, "[trust] has no rule '%s'", key);
	else if (level < 0)
		registry_mistake(t->r, t->file, line, "%s '%s': must be transparent, ask or deny",
				 key, value);
	else {
		t->p->level[rule] = level;
		if (t->owner && level > (int)t->p->floor[rule])
			t->p->floor[rule] = level;
	}
}

static void on_mistake(void *arg, unsigned line, const char *what)
{
	struct trust_parse *t = arg;

	if (t->ours)
		registry_mistake(t->r, t->file, line, "%s", what);
}

void trust_read(struct trust_policy *p, bool owner, struct registry *r, const char *file,
		const char *text, size_t len)
{
	static const struct ini_ops ops = { on_section, on_key, on_mistake };
	struct trust_parse t = { .p = p, .r = r, .file = file, .owner = owner };

	ini_lines(text, len, &ops, &t);
}

int trust_floors(struct trust_policy *p, const char *list)
{
	char **words = NULL;
	int ret = words_split(&words, list, ",");

	for (char **w = words; ret == 0 && w && *w; w++) {
		char *eq = strchr(*w, '=');
		int rule, level;

		if (!eq) {
			ret = -EINVAL;
			break;
		}
		*eq = '\0';
		rule = rule_parse(*w);
		level = trust_parse(eq + 1);
		if (rule < 0 || level < 0)
			ret = -EINVAL;
		else if (level > (int)p->floor[rule])
			p->floor[rule] = level;
	}
	words_free(words);
	return ret;
}

void trust_write_floors(const struct trust_policy *p, char *out, size_t len)
{
	size_t n = 0;

	out[0] = '\0';
	for (int i = 0; i < RULE_ENVIRONMENT && n < len; i++)
		if (p->floor[i] > TRUST_TRANSPARENT)
			n += snprintf(out + n, len - n, "%s%s=%s", n ? "," : "", rules[i].name,
				      trust_name(p->floor[i]));
}

/* ---- names ---- */

/* The next code point; a byte that is no UTF-8 stands for itself, out of Unicode's range. */
static uint32_t next_point(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	unsigned len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	uint32_t c = len == 1 ? p[0] : p[0] & (0x7f >> len);

	for (unsigned i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			len = 0;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if (!len) {
		*s += 1;
		return 0x110000 + p[0];
	}
	*s += len;
	return c;
}

static bool in_ranges(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return true;
	return false;
}

#define IN(ranges, c) in_ranges(ranges, ARRAY_SIZE(ranges), c)

/* The extension that ends at @end, without spaces around it. Return: where its dot is, or NULL */
static const char *extension_before(const char *base, const char *end, enum content_kind *kind)
{
	const char *from, *to = end;

	while (to > base && to[-1] == ' ')
		to--;
	for (from = to; from > base && from[-1] != '.' && to - from <= EXT_MAX; from--)
		;
	if (from <= base || from[-1] != '.')
		return NULL;
	*kind = KIND_UNKNOWN;
	for (const char *f = from; f < to; f++)
		if (*f != ' ') {
			table_extension(f, to - f, kind);
			break;
		}
	return from - 1;
}

static bool double_extension(const char *base)
{
	enum content_kind last, before;
	const char *dot = extension_before(base, base + strlen(base), &last);

	return dot && last == KIND_CODE && extension_before(base, dot, &before) &&
	       before == KIND_DOCUMENT;
}

unsigned trust_name_rules(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	unsigned mask = 0, run = 0;

	for (const char *s = base; *s;) {
		const char *at = s;
		uint32_t c = next_point(&s);

		if (IN(bidi, c))
			mask |= 1u << RULE_BIDI;
		if (IN(invisible, c))
			mask |= 1u << RULE_ZERO_WIDTH;
		run = IN(spaces, c) ? run + 1 : 0;
		if (run >= SPACES_MIN && dot && at < dot)
			mask |= 1u << RULE_SPACES;
	}
	if (double_extension(base))
		mask |= 1u << RULE_DOUBLE_EXTENSION;
	return mask;
}

/* ---- the decision ---- */

static enum trust level_of(const struct trust_policy *p, enum trust_rule rule, enum trust own,
			   bool fixed)
{
	enum trust level = rule == RULE_ENVIRONMENT ? own : p->level[rule];

	if (p->override == POLICY_ALLOW)
		level = TRUST_TRANSPARENT;
	if (fixed && own > level)
		level = own;
	return level > p->floor[rule] ? level : p->floor[rule];
}

static enum trust_rule class_rule(const struct record *env)
{
	if (!env)
		return RULE_NATIVE;
	return env->class == ENV_CODE	 ? RULE_CODE
	       : env->class == ENV_GUEST ? RULE_GUEST
					 : RULE_DOCUMENT;
}

/* Only extensions that promise a document: "prog.1" is no manual page because of its name. */
static bool names_document(const struct content *c, const char *path)
{
	enum content_kind kind;
	const char *dot;

	if (strncmp(c->by_name, "image/", 6) == 0 || strncmp(c->by_name, "audio/", 6) == 0 ||
	    strncmp(c->by_name, "video/", 6) == 0)
		return true;
	dot = extension_before(path, path + strlen(path), &kind);
	return dot && kind == KIND_DOCUMENT;
}

void trust_judge(const struct trust_policy *p, const struct content *c, const char *path,
		 const struct record *env, const char *origin, struct judgement *out)
{
	bool executes = !env ? c->code : env->class == ENV_CODE;
	unsigned mask = trust_name_rules(path) | 1u << class_rule(env);

	if (c->code && names_document(c, path))
		mask |= 1u << RULE_NAME_MISMATCH;
	if (origin && executes)
		mask |= 1u << RULE_ORIGIN;
	if (env)
		mask |= 1u << RULE_ENVIRONMENT;
	*out = (struct judgement){ .verdict = TRUST_TRANSPARENT, .rule = RULE_COUNT };
	for (int i = 0; i < RULE_COUNT; i++) {
		enum trust level;

		if (!(mask & 1u << i))
			continue;
		level = level_of(p, i,
				 env && i == RULE_ENVIRONMENT ? env->trust : TRUST_TRANSPARENT,
				 env && i == RULE_ENVIRONMENT && env->origin == ORIGIN_OWNER);
		if (level > out->verdict) {
			out->verdict = level;
			out->rule = i;
		}
	}
	if (p->override == POLICY_ASK && out->verdict == TRUST_TRANSPARENT)
		out->verdict = TRUST_ASK;
	if (p->override == POLICY_DENY && out->verdict == TRUST_ASK)
		out->verdict = TRUST_DENY;
	if (out->rule != RULE_COUNT) {
		autofree char *shown =
			origin && out->rule == RULE_ORIGIN ? str_escape(origin) : NULL;

		snprintf(out->why, sizeof(out->why), "%s%s%.150s (rule %s)", rules[out->rule].why,
			 shown ? " from " : "", shown ? shown : "", rules[out->rule].name);
	}
}
