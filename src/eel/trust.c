// SPDX-License-Identifier: GPL-2.0-or-later
#include "trust.h"

#include "ini_lines.h"
#include "names.h"
#include "registry_priv.h"
#include "util.h"

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

static void level_set(struct trust_policy *p, bool owner, int rule, int level)
{
	p->level[rule] = level;
	if (owner && level > (int)p->floor[rule])
		p->floor[rule] = level;
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
	else
		level_set(t->p, t->owner, rule, level);
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

int trust_list_read(struct trust_policy *p, bool owner, const char *list)
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
		else
			level_set(p, owner, rule, level);
	}
	words_free(words);
	return ret;
}

void trust_list_write(const struct trust_policy *p, bool owner, char *out, size_t len)
{
	size_t n = 0;

	out[0] = '\0';
	for (int i = 0; i < RULE_ENVIRONMENT && n < len; i++) {
		enum trust level = owner ? p->floor[i] : p->level[i];

		if (level != (owner ? TRUST_TRANSPARENT : rules[i].level))
			n += snprintf(out + n, len - n, "%s%s=%s", n ? "," : "", rules[i].name,
				      trust_name(level));
	}
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

static bool names_picture(const struct content *c)
{
	return strncmp(c->by_name, "image/", 6) == 0 || strncmp(c->by_name, "audio/", 6) == 0 ||
	       strncmp(c->by_name, "video/", 6) == 0;
}

void trust_judge(const struct trust_policy *p, const struct content *c, const char *path,
		 const struct record *env, const char *origin, struct judgement *out)
{
	bool executes = !env ? c->code : env->class == ENV_CODE;
	unsigned mask = trust_name_rules(path) | 1u << class_rule(env);

	if (c->code && (names_picture(c) || name_promises_document(path)))
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
			out->fixed = level == p->floor[i] ||
				     (i == RULE_ENVIRONMENT && env->origin == ORIGIN_OWNER);
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
