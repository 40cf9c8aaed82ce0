// SPDX-License-Identifier: GPL-2.0-or-later
/* Asking the user, and remembering what was said by what the file holds. */
#include "ask.h"

#include <fcntl.h>
#include <limits.h>
#include <nettle/sha2.h>

#include "util.h"

#define READ_BYTES	65536
#define STORE_BYTES_MAX (1 << 20)
#define TERMINAL	"/dev/tty"

int hash_file(int fd, char out[HASH_TEXT])
{
	static unsigned char buf[READ_BYTES];
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;
	off_t at = 0;

	sha256_init(&ctx);
	for (;;) {
		ssize_t n = pread(fd, buf, sizeof(buf), at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		sha256_update(&ctx, n, buf);
		at += n;
	}
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

char *question_text(const char *path, const struct content *c, const struct record *env,
		    const struct judgement *j)
{
	autofree char *shown = str_escape(path), *detail = str_escape(c->detail);
	const char *uc = getenv("UC");
	autofree char *where = uc ? str_escape(uc) : NULL;

	if (!shown || !detail)
		return NULL;
	return str_printf("'%s' is %s%s%s%s.\n%s%s%s%s.\n%s would run it with %s%s%s.\n", shown,
			  c->detail[0] ? detail : c->type, c->detail[0] ? " (" : "",
			  c->detail[0] ? c->type : "", c->detail[0] ? ")" : "",
			  j->why[0] ? "Attention: " : "You want to be asked", j->why, "", "",
			  !env	      ? "This machine"
			  : env->name ? env->name
				      : env->id,
			  where ? "all rights in the compartment '"
				: "your rights, in no compartment",
			  where ? where : "", where ? "'" : "");
}

enum answer question_ask(const char *text)
{
	static const char prompt[] =
		"Run it? [y]es, [a]lways this content, [N]o, ne[v]er this content: ";
	autoclose int fd = open(TERMINAL, O_RDWR | O_CLOEXEC | O_NOCTTY);
	char line[64];
	ssize_t n;

	if (fd < 0 || write_all(fd, text, strlen(text)) < 0 ||
	    write_all(fd, prompt, strlen(prompt)) < 0)
		return ANSWER_NO;
	do
		n = read(fd, line, sizeof(line) - 1);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return ANSWER_NO;
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (strcmp(line, "y") == 0 || strcmp(line, "yes") == 0)
		return ANSWER_YES;
	if (strcmp(line, "a") == 0 || strcmp(line, "always") == 0)
		return ANSWER_ALWAYS;
	return strcmp(line, "v") == 0 || strcmp(line, "never") == 0 ? ANSWER_NEVER : ANSWER_NO;
}

const char *decision_store(void)
{
	static char path[PATH_MAX];
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/')
		snprintf(path, sizeof(path), "%s/uc/decisions", state);
	else if (home && home[0] == '/')
		snprintf(path, sizeof(path), "%s/.local/state/uc/decisions", home);
	else
		return "";
	return path;
}

static char *decision_line(const char *hash, enum trust_rule rule, const char *env)
{
	return str_printf("%s %s %s ", hash, trust_rule_name(rule), env ? env : "native");
}

int decision_find(const char *store, const char *hash, enum trust_rule rule, const char *env)
{
	autofree char *text = NULL, *want = decision_line(hash, rule, env);
	int found = -ENOENT;
	char *save = NULL;

	if (!*store || !want || read_file_at(AT_FDCWD, store, STORE_BYTES_MAX, &text) < 0)
		return -ENOENT;
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (strncmp(l, want, strlen(want)) != 0)
			continue;
		if (strcmp(l + strlen(want), "yes") == 0)
			found = ANSWER_YES;
		else if (strcmp(l + strlen(want), "no") == 0)
			found = ANSWER_NO;
	}
	return found;
}

int decision_add(const char *store, const char *hash, enum trust_rule rule, const char *env,
		 bool yes)
{
	autofree char *dir = strdup(store), *start = decision_line(hash, rule, env);
	autofree char *line = start ? str_printf("%s%s\n", start, yes ? "yes" : "no") : NULL;
	autoclose int fd = -1;
	int ret;

	if (!*store)
		return -ENOENT;
	if (!dir || !line)
		return -ENOMEM;
	*strrchr(dir, '/') = '\0';
	ret = mkdir_p(AT_FDCWD, dir, 0700);
	if (ret < 0)
		return ret;
	fd = open(store, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : write_all(fd, line, strlen(line));
}
