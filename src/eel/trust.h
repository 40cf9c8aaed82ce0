/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_TRUST_H
#define UCRUN_EEL_TRUST_H

#include "registry.h"

/*
 * May it run? Every rule that a file and its environment meet has a level: transparent (run), ask
 * or deny. The highest of them is the answer. A user's configuration sets levels; the owner's sets
 * levels below which nobody can go, --policy allow included.
 */

enum trust_rule {
	RULE_NAME_MISMATCH, /* a document's name on executable content */
	RULE_DOUBLE_EXTENSION, /* see-this.jpg.vbs */
	RULE_SPACES, /* "photo.jpg          .exe" */
	RULE_BIDI, /* characters that turn the direction of writing: gpj.exe reads exe.jpg */
	RULE_ZERO_WIDTH, /* characters that nobody sees */
	RULE_ORIGIN, /* downloaded (user.xdg.origin.url), and about to execute */
	RULE_NATIVE, /* classes of what runs it */
	RULE_CODE,
	RULE_DOCUMENT,
	RULE_GUEST,
	RULE_ENVIRONMENT, /* the record's own Trust */
	RULE_COUNT,
};

enum policy { POLICY_NORMAL, POLICY_ALLOW, POLICY_ASK, POLICY_DENY, POLICY_COUNT };

struct trust_policy {
	enum trust level[RULE_COUNT];
	enum trust floor[RULE_COUNT]; /* the owner's */
	enum policy override; /* --policy */
};

struct judgement {
	enum trust verdict;
	enum trust_rule rule; /* that decided; RULE_COUNT: none said anything */
	bool fixed; /* by the machine's owner: nothing overrides it */
	char why[256]; /* for a person; what a name holds is escaped */
};

/** trust_init() - the built-in levels, no floors */
void trust_init(struct trust_policy *p);

/**
 * trust_read() - the section [trust] of a uc.conf; other sections are others'
 * @owner: its levels are floors too
 * @r:     mistakes go there
 */
void trust_read(struct trust_policy *p, bool owner, struct registry *r, const char *file,
		const char *text, size_t len);

/**
 * trust_list_read() - levels as the supervisor hands them over: "code=ask,origin=deny"
 * @owner: they are floors too
 * Return: 0 or -EINVAL
 */
int trust_list_read(struct trust_policy *p, bool owner, const char *list);

/** trust_list_write() - such a list: @p's floors (@owner), or its levels that are not built in */
void trust_list_write(const struct trust_policy *p, bool owner, char *out, size_t len);

/** policy_parse() - "allow", "ask" or "deny". Return: enum policy or -EINVAL */
int policy_parse(const char *word);

/**
 * trust_name_rules() - what the last component of @path does to a reader
 * Return: a mask of 1 << enum trust_rule
 */
unsigned trust_name_rules(const char *path);

/**
 * trust_judge() - the decision
 * @env:    the environment that would run it; NULL: the kernel itself
 * @origin: where it was downloaded from; NULL: not known
 */
void trust_judge(const struct trust_policy *p, const struct content *c, const char *path,
		 const struct record *env, const char *origin, struct judgement *out);

const char *trust_rule_name(enum trust_rule rule);

#endif
