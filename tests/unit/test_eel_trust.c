// SPDX-License-Identifier: GPL-2.0-or-later
/* Trust: names and contents, levels that cannot be weakened, answers that are remembered. */
#include <fcntl.h>

#include "ask.h"
#include "names.h"
#include "suite.h"
#include "trust.h"
#include "util.h"

#define PE     "MZ\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define JPEG   "\xff\xd8\xff\xe0 picture"
#define TEXT   "some text\n"
#define SCRIPT "#!/bin/sh\necho hi\n"
#define ELF                                                                                       \
	"\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0\0\0\0\0\0"                                                                      \
	"\0\0\0\0\0\0\0\0\0\0\0\0"
#define RULE_NONE RULE_COUNT

/* clang-format off */
static const struct {
	const char *name, *content;
	size_t len;
	enum trust_rule rule; /* that refuses it; RULE_NONE: it runs */
} table[] = {
	{ "photo.jpg", JPEG, sizeof(JPEG), RULE_NONE },
	{ "photo.jpg", PE, sizeof(PE), RULE_NAME_MISMATCH },
	{ "photo.JPG", ELF, sizeof(ELF), RULE_NAME_MISMATCH },
	{ "report.pdf", SCRIPT, sizeof(SCRIPT), RULE_NAME_MISMATCH },
	{ "song.mp3", PE, sizeof(PE), RULE_NAME_MISMATCH },
	{ "letter.docx", "\0asm\1\0\0\0", 8, RULE_NAME_MISMATCH },
	{ "notes.txt", SCRIPT, sizeof(SCRIPT), RULE_NAME_MISMATCH },
	{ "table.csv", "\xca\xfe\xba\xbe\0\0\0\x34\0\1", 10, RULE_NAME_MISMATCH },
	{ "film.mp4", ELF, sizeof(ELF), RULE_NAME_MISMATCH },
	{ "page.html", TEXT, sizeof(TEXT), RULE_NONE },
	{ "photo.png", JPEG, sizeof(JPEG), RULE_NONE },
	{ "YOU-HAVE-TO-SEE-THIS.JPG.VBS", TEXT, sizeof(TEXT), RULE_DOUBLE_EXTENSION },
	{ "invoice.pdf.exe", PE, sizeof(PE), RULE_DOUBLE_EXTENSION },
	{ "love-letter.txt.vbs", TEXT, sizeof(TEXT), RULE_DOUBLE_EXTENSION },
	{ "a.doc.js", TEXT, sizeof(TEXT), RULE_DOUBLE_EXTENSION },
	{ "a.mp3 .scr", PE, sizeof(PE), RULE_DOUBLE_EXTENSION },
	{ "a.png.jar", TEXT, sizeof(TEXT), RULE_DOUBLE_EXTENSION },
	{ "photo.jpg.exe", JPEG, sizeof(JPEG), RULE_DOUBLE_EXTENSION },
	{ "backup.tar.gz", "\x1f\x8b\x08", 4, RULE_NONE },
	{ "setup.v2.exe", PE, sizeof(PE), RULE_NONE },
	{ "jquery.min.js", TEXT, sizeof(TEXT), RULE_NONE },
	{ "photo.jpg          .exe", PE, sizeof(PE), RULE_DOUBLE_EXTENSION },
	{ "photo          .exe", PE, sizeof(PE), RULE_SPACES },
	{ "photo\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0.exe", PE, sizeof(PE), RULE_SPACES },
	{ "my holiday  photo.jpg", JPEG, sizeof(JPEG), RULE_NONE },
	{ "photo\xe2\x80\xaegpj.exe", PE, sizeof(PE), RULE_BIDI },
	{ "photo\xe2\x81\xa6gpj.sh", SCRIPT, sizeof(SCRIPT), RULE_BIDI },
	{ "pho\xe2\x80\x8bto.jpg", JPEG, sizeof(JPEG), RULE_ZERO_WIDTH },
	{ "\xef\xbb\xbfprog", ELF, sizeof(ELF), RULE_ZERO_WIDTH },
	{ "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d.jpg", JPEG, sizeof(JPEG), RULE_NONE }, /* Hebrew */
	{ "\xe5\x86\x99\xe7\x9c\x9f.jpg", JPEG, sizeof(JPEG), RULE_NONE }, /* Japanese */
	{ "caf\xe9.jpg", JPEG, sizeof(JPEG), RULE_NONE }, /* Latin-1 */
	{ "prog.1", ELF, sizeof(ELF), RULE_NONE },
	{ ".profile", SCRIPT, sizeof(SCRIPT), RULE_NONE },
	{ "dir.jpg/prog", ELF, sizeof(ELF), RULE_NONE },
};
/* clang-format on */

static struct trust_policy p;
static struct judgement j;
static struct content c;
static struct registry r;

static void setup(void)
{
	struct registry_paths none = { 0 };

	trust_init(&p);
	registry_init(&r, &none);
}

static void teardown(void)
{
	registry_finish(&r);
}

static void judge(const char *name, const void *data, size_t len, const struct record *env,
		  const char *origin)
{
	ck_assert_int_eq(recognise_memory(data, len, name, NULL, &c), 0);
	trust_judge(&p, &c, name, env, origin, &j);
}

START_TEST(names_and_contents)
{
	struct record env = { .class = ENV_DOCUMENT };

	judge(table[_i].name, table[_i].content, table[_i].len, &env, NULL);
	ck_assert_msg(j.rule == table[_i].rule, "%s: rule %s", table[_i].name,
		      trust_rule_name(j.rule));
	ck_assert_int_eq(j.verdict, table[_i].rule == RULE_NONE ? TRUST_TRANSPARENT : TRUST_DENY);
	/* what is refused here, the supervisor must have asked eel about */
	if (table[_i].rule != RULE_NONE)
		ck_assert(eel_name_suspect(table[_i].name));
	p.override = POLICY_ALLOW;
	judge(table[_i].name, table[_i].content, table[_i].len, &env, NULL);
	ck_assert_int_eq(j.verdict, TRUST_TRANSPARENT);
}
END_TEST

START_TEST(downloaded_code_is_asked_for)
{
	struct record code = { .class = ENV_CODE }, doc = { .class = ENV_DOCUMENT };

	judge("a.jar", TEXT, 5, &code, "https://example.org/\x1b[2J");
	ck_assert_int_eq(j.verdict, TRUST_ASK);
	ck_assert_int_eq(j.rule, RULE_ORIGIN);
	ck_assert_ptr_null(strchr(j.why, 0x1b));
	judge("a.jpg", JPEG, sizeof(JPEG), &doc, "https://example.org/");
	ck_assert_int_eq(j.verdict, TRUST_TRANSPARENT);
	judge("a", SCRIPT, sizeof(SCRIPT), NULL, "https://example.org/");
	ck_assert_int_eq(j.verdict, TRUST_ASK);
	p.override = POLICY_DENY;
	judge("a", SCRIPT, sizeof(SCRIPT), NULL, "https://example.org/");
	ck_assert_int_eq(j.verdict, TRUST_DENY);
}
END_TEST

static void conf(bool owner, const char *text)
{
	trust_read(&p, owner, &r, "uc.conf", text, strlen(text));
}

START_TEST(owner_cannot_be_weakened)
{
	struct record env = { .class = ENV_CODE };

	conf(true, "[trust]\ncode = ask\norigin = deny\n");
	conf(false, "[trust]\ncode = transparent\norigin = transparent\nbidi = transparent\n");
	ck_assert_uint_eq(r.nmistakes, 0);
	p.override = POLICY_ALLOW;
	judge("a", TEXT, 5, &env, NULL);
	ck_assert_int_eq(j.verdict, TRUST_ASK);
	judge("a", TEXT, 5, &env, "https://x");
	ck_assert_int_eq(j.verdict, TRUST_DENY);
	ck_assert(j.fixed);
	env.class = ENV_DOCUMENT;
	judge("a", TEXT, 5, &env, NULL);
	ck_assert_int_eq(j.verdict, TRUST_TRANSPARENT);
}
END_TEST

START_TEST(record_of_the_owner_cannot_be_weakened)
{
	struct record env = { .class = ENV_CODE, .trust = TRUST_DENY, .origin = ORIGIN_OWNER };

	p.override = POLICY_ALLOW;
	judge("a", TEXT, 5, &env, NULL);
	ck_assert_int_eq(j.verdict, TRUST_DENY);
	env.origin = ORIGIN_COMPARTMENT;
	judge("a", TEXT, 5, &env, NULL);
	ck_assert_int_eq(j.verdict, TRUST_TRANSPARENT);
	p.override = POLICY_NORMAL;
	judge("a", TEXT, 5, &env, NULL);
	ck_assert_int_eq(j.rule, RULE_ENVIRONMENT);
}
END_TEST

START_TEST(lists_lead_back)
{
	struct trust_policy q;
	char text[512];

	conf(true, "[trust]\nguest = deny\nnative = ask\n[other]\nwhat = ever\n");
	trust_list_write(&p, true, text, sizeof(text));
	ck_assert_str_eq(text, "native=ask,guest=deny");
	trust_init(&q);
	ck_assert_int_eq(trust_list_read(&q, true, text), 0);
	ck_assert_mem_eq(&q, &p, sizeof(p));
	ck_assert_int_eq(trust_list_read(&q, true, "guest"), -EINVAL);
	ck_assert_int_eq(trust_list_read(&q, true, "what=ask"), -EINVAL);
	ck_assert_int_eq(trust_list_read(&q, true, "code=maybe"), -EINVAL);
	conf(false, "[trust]\nspaces = transparent\n");
	trust_list_write(&p, false, text, sizeof(text));
	ck_assert_str_eq(text, "spaces=transparent,native=ask,guest=deny");
}
END_TEST

START_TEST(mistakes_have_lines)
{
	conf(false, "[trust]\ncode = maybe\nwhat = ask\n\n[else]\nx = y\nbroken\n");
	ck_assert_uint_eq(r.nmistakes, 2);
	ck_assert_ptr_nonnull(strstr(r.mistakes[0], "uc.conf:2: code 'maybe'"));
	ck_assert_ptr_nonnull(strstr(r.mistakes[1], "uc.conf:3: [trust] has no rule 'what'"));
}
END_TEST

START_TEST(decisions_are_remembered_by_content)
{
	char dir[] = "/tmp/test_eel.XXXXXX", hash[HASH_TEXT], other[HASH_TEXT];
	autofree char *store = NULL, *file = NULL;
	autoclose int fd = -1;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	store = str_printf("%s/a/b/decisions", dir);
	file = str_printf("%s/file", dir);
	ck_assert_int_eq(write_file_at(AT_FDCWD, file, "abc", 3, 0600), 0);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(hash_file(fd, hash), 0);
	ck_assert_str_eq(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	memset(other, '0', HASH_TEXT - 1);
	other[HASH_TEXT - 1] = '\0';
	ck_assert_int_eq(decision_find(store, hash, RULE_ORIGIN, "wine"), -ENOENT);
	ck_assert_int_eq(decision_add(store, hash, RULE_ORIGIN, "wine", true), 0);
	ck_assert_int_eq(decision_find(store, hash, RULE_ORIGIN, "wine"), ANSWER_YES);
	ck_assert_int_eq(decision_find(store, hash, RULE_CODE, "wine"), -ENOENT);
	ck_assert_int_eq(decision_find(store, hash, RULE_ORIGIN, NULL), -ENOENT);
	ck_assert_int_eq(decision_find(store, other, RULE_ORIGIN, "wine"), -ENOENT);
	ck_assert_int_eq(decision_add(store, hash, RULE_ORIGIN, "wine", false), 0);
	ck_assert_int_eq(decision_find(store, hash, RULE_ORIGIN, "wine"), ANSWER_NO);
	ck_assert_int_eq(remove_tree(AT_FDCWD, dir), 0);
}
END_TEST

START_TEST(question_tells_what_it_is_about)
{
	struct record env = { .id = "wine", .name = "Wine", .class = ENV_CODE };
	autofree char *text = NULL;

	judge("bad\x1bname.exe", PE, sizeof(PE), &env, "https://example.org/a");
	text = question_text("bad\x1bname.exe", &c, &env, &j);
	ck_assert_ptr_nonnull(strstr(text, "'bad\\x1bname.exe' is DOS program"));
	ck_assert_ptr_nonnull(strstr(text, "https://example.org/a"));
	ck_assert_ptr_nonnull(strstr(text, "Wine would run it"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("eel trust");
	TCase *t = tcase_create("trust");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, names_and_contents, 0, ARRAY_SIZE(table));
	tcase_add_test(t, downloaded_code_is_asked_for);
	tcase_add_test(t, owner_cannot_be_weakened);
	tcase_add_test(t, record_of_the_owner_cannot_be_weakened);
	tcase_add_test(t, lists_lead_back);
	tcase_add_test(t, mistakes_have_lines);
	tcase_add_test(t, decisions_are_remembered_by_content);
	tcase_add_test(t, question_tells_what_it_is_about);
	suite_add_tcase(s, t);
	return suite_run(s);
}
