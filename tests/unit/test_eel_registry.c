// SPDX-License-Identifier: GPL-2.0-or-later
/* The registry: every mistake in a file, every import, who is chosen, chains and cycles. */
#include <fcntl.h>
#include <sys/stat.h>

#include "own_budget.h"
#include "registry_priv.h"
#include "suite.h"
#include "util.h"

static struct registry r;
static char dir[64];
static struct situation here;
static struct choice choice;
static struct chain chain;

static void setup(void)
{
	struct registry_paths none = { 0 };

	strcpy(dir, "/tmp/test_eel.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	registry_init(&r, &none);
	/* nobody else is there */
	r.loaded = (1u << ORIGIN_COUNT) - 1;
	here = (struct situation){ .search = dir };
	memset(&chain, 0, sizeof(chain));
}

static void teardown(void)
{
	chain_finish(&chain);
	registry_finish(&r);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(remove_tree(AT_FDCWD, dir), 0);
}

static void ee(const char *text)
{
	record_read(&r, ORIGIN_OWNER, "t.ee", text, strlen(text));
}

/* clang-format off */
static const struct {
	const char *text, *mistake;
} mistakes[] = {
	{ "[a]\nTypes = a/b\n", "t.ee:1: [a] has no Program" },
	{ "\n[a]\nProgram = x\n", "t.ee:2: [a] matches nothing" },
	{ "[a]\nProgram = x\nTypes = a/b\nColour = red\n", "t.ee:4: unknown key Colour" },
	{ "[a]\nProgram = x y\nTypes = a/b\n", "t.ee:2: Program 'x y'" },
	{ "[a]\nProgram = x\nTypes = picture\n", "t.ee:3: Types: 'picture' is no content type" },
	{ "[a]\nProgram = x\nTypes = a/[b\n", "t.ee:3: Types: 'a/[b' is no content type" },
	{ "[a]\nProgram = x\nGlobs = *.[ab\n", "t.ee:3: Globs: '*.[ab' is no pattern" },
	{ "[a]\nProgram = x\nGlobs = a/b\n", "t.ee:3: Globs: 'a/b' is no pattern" },
	{ "[a]\nProgram = x\nGlobs = a\\\n", "t.ee:3: Globs: 'a\\' is no pattern" },
	{ "[a]\nProgram = x\nMagic = zz\n", "t.ee:1: [a]: Magic: must begin with an offset" },
	{ "[a]\nProgram = x\nMagic = 0 xy\n", "t.ee:1: [a]: Magic: has no bytes" },
	{ "[a]\nProgram = x\nMagic = 0 4d5a/ff\n", "t.ee:1: [a]: Magic: the mask is not as long" },
	{ "[a]\nProgram = x\nMagic = 0 4d5\n", "t.ee:1: [a]: Magic: is not an offset" },
	{ "[a]\nProgram = x\nMagic = 9999 4d5a\n", "t.ee:1: [a]: Magic: must begin with an offset" },
	{ "[a]\nProgram = x\nTypes = a/b\nClass = good\n", "t.ee:4: Class 'good'" },
	{ "[a]\nProgram = x\nTypes = a/b\nTrust = maybe\n", "t.ee:4: Trust 'maybe'" },
	{ "[a]\nProgram = x\nTypes = a/b\nTerminal = 1\n", "t.ee:4: Terminal '1'" },
	{ "[a]\nProgram = x\nTypes = a/b\nDisplay = big\n", "t.ee:4: Display 'big'" },
	{ "[a]\nProgram = x\nTypes = a/b\nArgs = %q\n", "t.ee:4: Args: '%q' has an unknown code" },
	{ "[a]\nProgram = x\nTypes = a/b\nArgs = %f 5%\n", "t.ee:4: Args: '5%' has an unknown code" },
	{ "[a]\nProgram = x\nTypes = a/b\nArgs = -x\n", "t.ee:1: [a]: Args name the file nowhere" },
	{ "[a]\nProgram = x\nTypes = a/b\nNeeds = luck\n", "t.ee:4: Needs 'luck'" },
	{ "[a]\nProgram = x\nTypes = a/b\nNeeds = file:rom\n", "t.ee:4: Needs 'file:rom'" },
	{ "[a]\nProgram = x\nTypes = a/b\nBudget = memory\n", "t.ee:4: Budget: memory: not KEY=VALUE" },
	{ "[a]\nProgram = x\nTypes = a/b\nBudget = mem=1G\n", "t.ee:4: Budget: mem: no such limit" },
	{ "[a]\nProgram = x\nTypes = a/b\nBudget = pids=1 cpus=0\n", "t.ee:4: Budget: cpus=0: must be" },
	{ "[a]\nProgram = x\nTypes = a/b\nBudget = memory=1e9\n", "t.ee:4: Budget: memory=1e9: not a size" },
	{ "[a b]\nProgram = x\nTypes = a/b\n", "t.ee:1: [a b]: a name has letters" },
	{ "[a]\nProgram = x\nTypes = a/b\n[a]\nProgram = x\nTypes = a/b\n", "t.ee:4: [a] is there already: t.ee:1" },
	{ "Program = x\n", "t.ee:1: Program stands before the first [name]" },
	{ "[a]\nProgram = x\nTypes = a/b\nwhat is this\n", "t.ee:4: neither [name] nor Key = value" },
	{ "[a\nProgram = x\n", "t.ee:2: Program stands before the first [name]" },
	{ "[a]\nProgram = x\nTypes = "
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b\n",
	  "t.ee:3: the line is too long" },
};
/* clang-format on */

START_TEST(a_mistake_is_one_line_and_costs_its_record)
{
	ee(mistakes[_i].text);
	ck_assert_uint_ge(r.nmistakes, 1);
	ck_assert_msg(strncmp(r.mistakes[0], mistakes[_i].mistake, strlen(mistakes[_i].mistake)) ==
			      0,
		      "%s", r.mistakes[0]);
	ck_assert_ptr_null(strchr(r.mistakes[0], '\n'));
	ck_assert_uint_le(r.n, 1); /* one of the two of the same name stays */
	ee("[good]\nProgram = x\nTypes = a/b\n");
	ck_assert_ptr_nonnull(registry_by_id(&r, "good"));
}
END_TEST

START_TEST(whole_record)
{
	ee("# comment\n[a]\nName = An A\nTypes = a/b, c/*\n\td/e\nGlobs = *.a *.[bc]\nMagic = 4 "
	   "4d5a/ff0f\n"
	   "Class = code\nProgram = /bin/x\nArgs = -o %f\n\t-- %a\nNeeds = file:/etc/passwd "
	   "package:x\n"
	   "Needs = environment:b\nTerminal = yes\nDisplay = x11\nTrust = ask\n");
	ck_assert_uint_eq(r.nmistakes, 0);
	ck_assert_uint_eq(r.n, 1);
	ck_assert_str_eq(r.v[0].name, "An A");
	ck_assert_str_eq(r.v[0].types[2], "d/e");
	ck_assert_str_eq(r.v[0].args[3], "%a");
	ck_assert_str_eq(r.v[0].package, "x");
	ck_assert_str_eq(r.v[0].needs_env, "b");
	ck_assert_str_eq(r.v[0].needs_files[0], "/etc/passwd");
	ck_assert_uint_eq(r.v[0].magic->offset, 4);
	ck_assert_uint_eq(r.v[0].magic->mask[1], 0x0f);
	ck_assert_str_eq(r.v[0].where, "t.ee:2");
	ck_assert(r.v[0].terminal && r.v[0].display == DISPLAY_X11 && r.v[0].trust == TRUST_ASK);
}
END_TEST

START_TEST(budget_of_a_chain_is_the_least_of_each)
{
	struct budget b;
	char text[128];

	ee("[none]\nProgram = x\nTypes = a/b\n"
	   "[one]\nProgram = x\nTypes = a/b\nBudget = memory=64M\n"
	   "[two]\nProgram = x\nTypes = a/b\nBudget = memory=1G pids=9 cpus=0.5\n");
	ck_assert_uint_eq(r.n, 3);
	chain.n = 1;
	ck_assert_ptr_null(own_budget_of(&r, &chain, &b));
	chain.n = 3;
	for (size_t i = 0; i < 3; i++)
		chain.v[i].record = i;
	ck_assert_str_eq(own_budget_of(&r, &chain, &b), "one");
	budget_words(&b, text, sizeof(text));
	ck_assert_str_eq(text, "cpus=0.500 memory=64M pids=9");
}
END_TEST

START_TEST(needs_are_checked)
{
	ee("[a]\nProgram = x\nTypes = a/b\nNeeds = environment:b\n"
	   "[b]\nProgram = x\nTypes = a/b\nNeeds = environment:a\n"
	   "[c]\nProgram = x\nTypes = a/b\nNeeds = environment:nobody\n");
	registry_check(&r);
	ck_assert_uint_eq(r.nmistakes, 3);
	ck_assert_ptr_nonnull(strstr(r.mistakes[0], "t.ee:1: [a] needs itself, by way of b"));
	ck_assert_ptr_nonnull(strstr(r.mistakes[2], "t.ee:9: [c] needs environment nobody"));
}
END_TEST

START_TEST(unreadable_directory_entry_is_a_mistake)
{
	struct registry_paths paths = { .owner = dir };

	registry_finish(&r);
	registry_init(&r, &paths);
	ck_assert_int_eq(symlink("nowhere", "a.ee"), 0);
	ck_assert_int_eq(mkdir("b.ee", 0700), 0);
	registry_load(&r, ORIGIN_OWNER, NULL);
	ck_assert_uint_eq(r.nmistakes, 1);
	ck_assert_ptr_nonnull(strstr(r.mistakes[0], "/a.ee: No such file"));
}
END_TEST

START_TEST(builtin_records_have_no_mistakes)
{
	for (size_t i = 0; i < builtin_records_count; i++)
		record_read(&r, ORIGIN_BUILTIN, builtin_records[i].file, builtin_records[i].text,
			    strlen(builtin_records[i].text));
	registry_check(&r);
	ck_assert_msg(r.nmistakes == 0, "%s", r.nmistakes ? r.mistakes[0] : "");
	ck_assert_uint_gt(r.n, 60);
	for (size_t i = 0; i < r.n; i++)
		ck_assert_msg(r.v[i].package != NULL, "%s: no package", r.v[i].id);
}
END_TEST

/* ---- imports ---- */

#define TEXT(s) s, strlen(s)

START_TEST(binfmt_d)
{
	binfmt_conf_read(
		&r, "q.conf",
		TEXT("# c\n:q:M::\\x7fELF\\x02:\\xff\\xff\\xff\\xff\\xff:/bin/q:OC\n"
		     ",e,E,,foo,,/bin/e,\n:bad\n:m:M:0:\\xzz::/bin/m:\n:k:M:0:ab:\\xff:/bin/m:\n"));
	ck_assert_uint_eq(r.n, 2);
	ck_assert_str_eq(r.v[0].id, "binfmt-q");
	ck_assert_uint_eq(r.v[0].magic->len, 5);
	ck_assert_uint_eq(r.v[0].magic->bytes[4], 2);
	ck_assert_str_eq(r.v[1].globs[0], "*.foo");
	ck_assert_uint_eq(r.nmistakes, 3);
	ck_assert_ptr_nonnull(strstr(r.mistakes[0], "q.conf:4: "));
}
END_TEST

START_TEST(debian_binfmts)
{
	binfmts_read(&r, "/usr/share/binfmts/jar",
		     TEXT("package openjdk-17\ninterpreter /usr/bin/jexec\nmagic PK\\x03\\x04\n"));
	binfmts_read(
		&r, "/usr/share/binfmts/cli",
		TEXT("package mono\ninterpreter /usr/bin/cli\ndetector /usr/lib/d\nmagic MZ\n"));
	binfmts_read(&r, "broken", TEXT("package x\n"));
	ck_assert_uint_eq(r.n, 2);
	ck_assert_str_eq(r.v[0].id, "binfmt-jar");
	ck_assert_str_eq(r.v[0].package, "openjdk-17");
	ck_assert_ptr_nonnull(r.v[1].not_now);
	ck_assert_uint_eq(r.nmistakes, 1);
}
END_TEST

/* clang-format off */
static const struct {
	const char *exec, *args[5];
} execs[] = {
	{ "feh %F", { "%f" } },
	{ "gimp-2.10 %U", { "%f" } },
	{ "prog", { "%f" } },
	{ "prog --icon %i --name %c x%% %f", { "--icon", "--name", "x%%", "%f" } },
	{ "prog \"two words\" %f", { "two words", "%f" } },
	{ "prog \"a\\\\\"b\" %f", { "a\"b", "%f" } },
	{ "prog \"a\\\\\\\\b\" %f", { "a\\b", "%f" } },
};
static const char *const bad_execs[] = { "", "prog %y", "prog \"open", "prog %" };
/* clang-format on */

static void entry(const char *exec)
{
	autofree char *text = str_printf(
		"[Desktop Entry]\nType=Application\nName=P\nExec=%s\nTerminal=true\n[Desktop "
		"Action x]\n"
		"Exec=other\n",
		exec);

	desktop_read(&r, "/x/p.desktop", text, strlen(text), "image/jpeg");
}

START_TEST(desktop_exec)
{
	entry(execs[_i].exec);
	ck_assert_uint_eq(r.nmistakes, 0);
	ck_assert_uint_eq(r.n, 1);
	for (int i = 0; i < 5; i++) {
		if (!execs[_i].args[i]) {
			ck_assert_ptr_null(r.v[0].args[i]);
			break;
		}
		ck_assert_str_eq(r.v[0].args[i], execs[_i].args[i]);
	}
	ck_assert(r.v[0].terminal);
}
END_TEST

START_TEST(desktop_exec_broken)
{
	entry(bad_execs[_i]);
	ck_assert_uint_eq(r.n, 0);
	ck_assert_uint_eq(r.nmistakes, 1);
}
END_TEST

static void put(const char *name, const char *text, mode_t mode)
{
	ck_assert_int_eq(write_file_at(AT_FDCWD, name, text, strlen(text), mode), 0);
}

START_TEST(desktop_associations)
{
	struct registry_paths paths = { .mimeapps = "mimeapps.list", .applications = dir };
	struct content c = { .type = "image/jpeg" };

	registry_finish(&r);
	registry_init(&r, &paths);
	put("mimeapps.list",
	    "[Default Applications]\nimage/jpeg=b.desktop;../evil.desktop\n[Removed Associations]\n"
	    "image/jpeg=c.desktop\n",
	    0600);
	put("mimeinfo.cache", "[MIME Cache]\nimage/jpeg=a.desktop;b.desktop;c.desktop;\n", 0600);
	put("a.desktop", "[Desktop Entry]\nType=Application\nExec=a %f\nTryExec=a\n", 0600);
	put("b.desktop", "[Desktop Entry]\nType=Application\nExec=b %f\n", 0600);
	put("c.desktop", "[Desktop Entry]\nType=Application\nExec=c %f\n", 0600);
	registry_load(&r, ORIGIN_DESKTOP, &c);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_str_eq(r.v[0].id, "b");
	ck_assert_str_eq(r.v[1].id, "a");
	ck_assert_str_eq(r.v[1].needs_files[0], "a");
}
END_TEST

START_TEST(mailcap)
{
	mailcap_read(&r, "mailcap",
		     TEXT("# c\nimage/*; feh '%s'; test=test -n \"$DISPLAY\"\n"
			  "text/html; w3m -T %t \\\n %s; needsterminal\n"
			  "text/x; cat; test=false\nbroken\na/b; x %{charset}\n"),
		     NULL);
	ck_assert_uint_eq(r.n, 3);
	ck_assert_str_eq(r.v[0].id, "mailcap-feh");
	ck_assert_str_eq(r.v[0].args[1], "feh \"$1\"");
	ck_assert_int_eq(r.v[0].display, DISPLAY_ANY);
	ck_assert_str_eq(r.v[1].args[1], "w3m -T text/html  \"$1\"");
	ck_assert(r.v[1].terminal);
	ck_assert_str_eq(r.v[2].args[1], "cat <\"$1\"");
	ck_assert_ptr_nonnull(r.v[2].not_now);
	ck_assert_uint_eq(r.nmistakes, 2);
	ck_assert_ptr_nonnull(strstr(r.mistakes[0], "mailcap:6: "));
}
END_TEST

/* ---- choosing ---- */

static void choose_for(const char *type, const char *path)
{
	struct content c = { .strength = STRENGTH_STRONG };

	snprintf(c.type, sizeof(c.type), "%s", type);
	choose(&r, &here, &c, path, (const unsigned char *)"MZ", 2, true, &choice);
}

START_TEST(order_and_reasons)
{
	put("here", "#!/bin/sh\n", 0755);
	ee("[no]\nProgram = here\nTypes = b/*\n[x]\nProgram = here\nTypes = a/*\nDisplay = x11\n"
	   "[t]\nProgram = here\nTypes = a/*\nTerminal = yes\n"
	   "[f]\nProgram = here\nTypes = a/*\nNeeds = file:/nonexistent/rom\n"
	   "[p]\nProgram = missing\nTypes = a/*\nNeeds = package:pkg\n"
	   "[w]\nProgram = here\nTypes = a/b\n[l]\nProgram = here\nMagic = 0 4d5a\n");
	choose_for("a/b", "f");
	ck_assert_uint_eq(choice.n, 6);
	ck_assert_str_eq(choice.v[0].why, "there is no display");
	ck_assert_str_eq(choice.v[1].why, "there is no terminal");
	ck_assert_str_eq(choice.v[2].why, "it needs /nonexistent/rom");
	ck_assert_str_eq(choice.v[3].why, "missing is not installed: package pkg");
	ck_assert_int_eq(choice.missing, 3);
	ck_assert_int_eq(choice.won, 4);
	ck_assert_ptr_nonnull(strstr(choice.v[5].why, "comes later"));
	here.ee = "l";
	choose_for("a/b", "f");
	ck_assert_str_eq(r.v[choice.v[choice.won].record].id, "l");
	here.ee = "nobody";
	choose_for("a/b", "f");
	ck_assert_int_eq(choice.won, -1);
}
END_TEST

static int build(const char *id, char why[WHY_BYTES])
{
	char *args[] = { "one", "two", NULL };

	return chain_build(&r, &here, NULL, registry_by_id(&r, id) - r.v, "dir/-f.x", args, &chain,
			   why);
}

START_TEST(chain_of_three)
{
	static const char *const want[] = { "/n",   "n",  "/p2", "-2", "/p1", "-1",  "dir/-f.x",
					    "-f.x", "-f", "dir", "%",  "one", "two", "end" };
	char why[WHY_BYTES] = "";

	put("n", "#!/bin/sh\n", 0755);
	put("p2", "PROG2", 0755);
	put("p1", "PROG1", 0755);
	ee("[a]\nProgram = p1\nTypes = x/x\nArgs = -1 %f %n %s %d %% %a end\n"
	   "[b]\nProgram = p2\nMagic = 0 50524f4731\nArgs = -2 %f %a\n"
	   "[c]\nProgram = n\nMagic = 0 50524f4732\nArgs = n %f %a\n");
	ck_assert_msg(build("a", why) == 0, "%s", why);
	ck_assert_uint_eq(chain.n, 3);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		if (want[i][0] == '/')
			ck_assert_str_eq(chain.argv[i] + strlen(dir), want[i]);
		else
			ck_assert_str_eq(chain.argv[i], want[i]);
	}
	ck_assert_ptr_null(chain.argv[ARRAY_SIZE(want)]);
}
END_TEST

START_TEST(chain_cycle_and_missing)
{
	char why[WHY_BYTES] = "";

	put("p1", "PROG1", 0755);
	ee("[a]\nProgram = p1\nTypes = x/x\n[b]\nProgram = p1\nMagic = 0 50524f4731\n"
	   "[n]\nProgram = p1\nTypes = y/y\nNeeds = environment:gone\n");
	ck_assert_int_eq(build("a", why), -ELOOP);
	ck_assert_ptr_nonnull(strstr(why, "a cycle of environments: b needs itself"));
	ck_assert_int_eq(build("n", why), -ENOENT);
	ck_assert_ptr_nonnull(strstr(why, "no environment for gone"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("eel registry");
	TCase *t = tcase_create("registry");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_mistake_is_one_line_and_costs_its_record, 0, ARRAY_SIZE(mistakes));
	tcase_add_test(t, whole_record);
	tcase_add_test(t, budget_of_a_chain_is_the_least_of_each);
	tcase_add_test(t, needs_are_checked);
	tcase_add_test(t, unreadable_directory_entry_is_a_mistake);
	tcase_add_test(t, builtin_records_have_no_mistakes);
	tcase_add_test(t, binfmt_d);
	tcase_add_test(t, debian_binfmts);
	tcase_add_loop_test(t, desktop_exec, 0, ARRAY_SIZE(execs));
	tcase_add_loop_test(t, desktop_exec_broken, 0, ARRAY_SIZE(bad_execs));
	tcase_add_test(t, desktop_associations);
	tcase_add_test(t, mailcap);
	tcase_add_test(t, order_and_reasons);
	tcase_add_test(t, chain_of_three);
	tcase_add_test(t, chain_cycle_and_missing);
	suite_add_tcase(s, t);
	return suite_run(s);
}
