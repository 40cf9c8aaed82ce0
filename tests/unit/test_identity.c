// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "identity.h"
#include "suite.h"
#include "util.h"

#define KEEP	 ((uint32_t)-1)
#define BIT(cap) (UINT64_C(1) << (cap))

static struct cred root(void)
{
	struct cred c;

	cred_init_root(&c);
	return c;
}

static struct cred user(uid_t uid)
{
	struct cred c = root();

	ck_assert_int_eq(cred_setresgid(&c, uid, uid, uid), 0);
	ck_assert_int_eq(cred_setresuid(&c, uid, uid, uid), 0);
	return c;
}

/* ids of a user who has run a set-uid program of 2000's: three different ones to choose from */
static struct cred three(void)
{
	struct cred c = user(1000);

	c.euid = c.fsuid = 2000;
	c.suid = 3000;
	c.egid = c.fsgid = 2000;
	c.sgid = 3000;
	return c;
}

START_TEST(init_root_has_every_capability)
{
	struct cred c = root();

	ck_assert_uint_eq(c.ruid | c.euid | c.suid | c.fsuid | c.rgid | c.egid | c.sgid | c.fsgid,
			  0);
	ck_assert_uint_eq(c.ngroups, 0);
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		ck_assert(cred_has_cap(&c, cap));
	ck_assert(!cred_has_cap(&c, CAP_LAST_CAP + 1));
	ck_assert(!cred_has_cap(&c, 64));
	ck_assert(!cred_has_cap(&c, -1));
	ck_assert_uint_eq(c.cap_inheritable | c.cap_ambient, 0);
}
END_TEST

START_TEST(setuid_by_root_sets_all_and_drops_capabilities)
{
	struct cred c = root();

	ck_assert_int_eq(cred_setuid(&c, 1000), 0);
	ck_assert_uint_eq(c.ruid, 1000);
	ck_assert_uint_eq(c.euid, 1000);
	ck_assert_uint_eq(c.suid, 1000);
	ck_assert_uint_eq(c.fsuid, 1000);
	ck_assert_uint_eq(c.cap_permitted | c.cap_effective, 0);
	ck_assert_int_eq(cred_setuid(&c, 0), -EPERM);
	ck_assert_int_eq(cred_setuid(&c, KEEP), -EINVAL);
	ck_assert_int_eq(cred_setgid(&c, 7), -EPERM);
}
END_TEST

START_TEST(setresuid_unprivileged_takes_own_ids_only)
{
	static const struct {
		uid_t r, e, s;
		int ret;
		uid_t want_r, want_e, want_s;
	} cases[] = {
		{ KEEP, KEEP, KEEP, 0, 1000, 2000, 3000 },
		{ 3000, 1000, 2000, 0, 3000, 1000, 2000 },
		{ 0, KEEP, KEEP, -EPERM, 1000, 2000, 3000 },
		{ KEEP, 4000, KEEP, -EPERM, 1000, 2000, 3000 },
		{ KEEP, KEEP, 5, -EPERM, 1000, 2000, 3000 },
		{ 2000, 2000, 2000, 0, 2000, 2000, 2000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cred c = three();

		ck_assert_int_eq(cred_setresuid(&c, cases[i].r, cases[i].e, cases[i].s),
				 cases[i].ret);
		ck_assert_uint_eq(c.ruid, cases[i].want_r);
		ck_assert_uint_eq(c.euid, cases[i].want_e);
		ck_assert_uint_eq(c.suid, cases[i].want_s);
		ck_assert_uint_eq(c.fsuid, c.euid);
		c = three();
		ck_assert_int_eq(cred_setresgid(&c, cases[i].r, cases[i].e, cases[i].s),
				 cases[i].ret);
		ck_assert_uint_eq(c.rgid, cases[i].want_r);
		ck_assert_uint_eq(c.egid, cases[i].want_e);
		ck_assert_uint_eq(c.sgid, cases[i].want_s);
	}
}
END_TEST

START_TEST(setreuid_unprivileged_moves_the_saved_id)
{
	static const struct {
		uid_t r, e;
		int ret;
		uid_t want_r, want_e, want_s;
	} cases[] = {
		{ KEEP, KEEP, 0, 1000, 2000, 3000 },	  { 2000, 1000, 0, 2000, 1000, 1000 },
		{ KEEP, 1000, 0, 1000, 1000, 3000 },	  { KEEP, 3000, 0, 1000, 3000, 3000 },
		{ 1000, KEEP, 0, 1000, 2000, 2000 },	  { 3000, KEEP, -EPERM, 1000, 2000, 3000 },
		{ KEEP, 4000, -EPERM, 1000, 2000, 3000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cred c = three();

		ck_assert_int_eq(cred_setreuid(&c, cases[i].r, cases[i].e), cases[i].ret);
		ck_assert_uint_eq(c.ruid, cases[i].want_r);
		ck_assert_uint_eq(c.euid, cases[i].want_e);
		ck_assert_uint_eq(c.suid, cases[i].want_s);
		c = three();
		ck_assert_int_eq(cred_setregid(&c, cases[i].r, cases[i].e), cases[i].ret);
		ck_assert_uint_eq(c.rgid, cases[i].want_r);
		ck_assert_uint_eq(c.egid, cases[i].want_e);
		ck_assert_uint_eq(c.sgid, cases[i].want_s);
	}
}
END_TEST

START_TEST(setuid_unprivileged_sets_the_effective_id_only)
{
	struct cred c = three();

	ck_assert_int_eq(cred_setuid(&c, 3000), 0);
	ck_assert_uint_eq(c.ruid, 1000);
	ck_assert_uint_eq(c.euid, 3000);
	ck_assert_uint_eq(c.fsuid, 3000);
	ck_assert_int_eq(cred_setuid(&c, 2000), -EPERM);
	c = three();
	ck_assert_int_eq(cred_setgid(&c, 1000), 0);
	ck_assert_uint_eq(c.egid, 1000);
	ck_assert_uint_eq(c.sgid, 3000);
}
END_TEST

START_TEST(seteuid_away_and_back_keeps_permitted)
{
	struct cred c = root();
	uint64_t all = c.cap_permitted;

	ck_assert_int_eq(cred_setresuid(&c, KEEP, 1000, KEEP), 0);
	ck_assert_uint_eq(c.cap_effective, 0);
	ck_assert_uint_eq(c.cap_permitted, all);
	ck_assert_int_eq(cred_setresuid(&c, KEEP, 0, KEEP), 0);
	ck_assert_uint_eq(c.cap_effective, all);
}
END_TEST

START_TEST(setuid_with_keepcaps_keeps_permitted_not_ambient)
{
	struct cred c = root();
	uint64_t all = c.cap_permitted;

	ck_assert_int_eq(cred_capset(&c, all, all, BIT(CAP_CHOWN)), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_SET_KEEPCAPS, 1, 0), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_GET_KEEPCAPS, 0, 0), 1);
	ck_assert_int_eq(cred_setuid(&c, 1000), 0);
	ck_assert_uint_eq(c.cap_permitted, all);
	ck_assert_uint_eq(c.cap_effective, 0);
	ck_assert_uint_eq(c.cap_ambient, 0);
	ck_assert_int_eq(cred_capset(&c, BIT(CAP_CHOWN), all, 0), 0);
	ck_assert(cred_has_cap(&c, CAP_CHOWN));
}
END_TEST

START_TEST(setuid_without_fixup_keeps_everything)
{
	struct cred c = root();
	uint64_t all = c.cap_permitted;

	ck_assert_int_eq(
		cred_prctl(&c, PR_SET_SECUREBITS, issecure_mask(SECURE_NO_SETUID_FIXUP), 0), 0);
	ck_assert_int_eq(cred_setuid(&c, 1000), 0);
	ck_assert_uint_eq(c.cap_effective, all);
}
END_TEST

START_TEST(setfsuid_returns_the_previous_and_moves_fs_capabilities)
{
	struct cred c = root();

	ck_assert_uint_eq(cred_setfsuid(&c, 1000), 0);
	ck_assert_uint_eq(cred_setfsuid(&c, KEEP), 1000);
	ck_assert(!cred_has_cap(&c, CAP_DAC_OVERRIDE));
	ck_assert(cred_has_cap(&c, CAP_SETUID));
	ck_assert_uint_eq(cred_setfsuid(&c, 0), 1000);
	ck_assert(cred_has_cap(&c, CAP_DAC_OVERRIDE));
	c = user(1000);
	ck_assert_uint_eq(cred_setfsuid(&c, 5), 1000);
	ck_assert_uint_eq(c.fsuid, 1000);
	ck_assert_uint_eq(cred_setfsgid(&c, 5), 1000);
	ck_assert_uint_eq(c.fsgid, 1000);
}
END_TEST

START_TEST(setgroups_checks_right_number_and_values)
{
	gid_t some[] = { 30, 10, 20 }, bad[] = { 1, KEEP }, many[CRED_GROUPS_MAX + 1] = { 0 };
	struct cred c = root();

	ck_assert_int_eq(cred_setgroups(&c, some, 3), 0);
	ck_assert_uint_eq(c.ngroups, 3);
	ck_assert_uint_eq(c.groups[0], 10);
	ck_assert_uint_eq(c.groups[2], 30);
	ck_assert(cred_in_group(&c, 20));
	ck_assert(cred_in_group(&c, 0));
	ck_assert(!cred_in_group(&c, 40));
	ck_assert_int_eq(cred_setgroups(&c, bad, 2), -EINVAL);
	ck_assert_int_eq(cred_setgroups(&c, many, CRED_GROUPS_MAX + 1), -EINVAL);
	ck_assert_int_eq(cred_setgroups(&c, many, CRED_GROUPS_MAX), 0);
	ck_assert_int_eq(cred_setgroups(&c, NULL, 0), 0);
	ck_assert_uint_eq(c.ngroups, 0);
	c = user(1000);
	ck_assert_int_eq(cred_setgroups(&c, some, 3), -EPERM);
}
END_TEST

START_TEST(capset_never_raises_permitted)
{
	struct cred c = root();
	uint64_t two = BIT(CAP_CHOWN) | BIT(CAP_FOWNER);

	ck_assert_int_eq(cred_capset(&c, two, two, 0), 0);
	ck_assert_int_eq(cred_capset(&c, 0, two | BIT(CAP_KILL), 0), -EPERM);
	ck_assert_int_eq(cred_capset(&c, two, BIT(CAP_CHOWN), 0), -EPERM);
	ck_assert_int_eq(cred_capset(&c, 0, two, BIT(CAP_KILL)), -EPERM); /* no SETPCAP */
	ck_assert_int_eq(cred_capset(&c, 0, two, BIT(CAP_CHOWN)), 0);
	ck_assert_uint_eq(c.cap_effective, 0);
}
END_TEST

START_TEST(capbset_drop_limits_what_exec_gives)
{
	struct cred c = root();

	ck_assert_int_eq(cred_prctl(&c, PR_CAPBSET_READ, CAP_KILL, 0), 1);
	ck_assert_int_eq(cred_prctl(&c, PR_CAPBSET_DROP, CAP_KILL, 0), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAPBSET_READ, CAP_KILL, 0), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAPBSET_READ, 64, 0), -EINVAL);
	ck_assert_int_eq(cred_prctl(&c, PR_CAPBSET_DROP, 64, 0), -EINVAL);
	ck_assert(cred_has_cap(&c, CAP_KILL));
	cred_exec(&c, S_IFREG | 0755, 0, 0);
	ck_assert(!cred_has_cap(&c, CAP_KILL));
	ck_assert(cred_has_cap(&c, CAP_CHOWN));
	c = user(1);
	ck_assert_int_eq(cred_prctl(&c, PR_CAPBSET_DROP, CAP_KILL, 0), -EPERM);
}
END_TEST

START_TEST(securebits_locked_stay)
{
	struct cred c = root();
	unsigned long locked = issecure_mask(SECURE_NOROOT) | issecure_mask(SECURE_NOROOT_LOCKED);

	ck_assert_int_eq(cred_prctl(&c, PR_SET_SECUREBITS, locked, 0), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_GET_SECUREBITS, 0, 0), locked);
	ck_assert_int_eq(cred_prctl(&c, PR_SET_SECUREBITS, 0, 0), -EPERM);
	ck_assert_int_eq(cred_prctl(&c, PR_SET_SECUREBITS, locked | 1UL << 31, 0), -EPERM);
	cred_exec(&c, S_IFREG | 0755, 0, 0);
	ck_assert_uint_eq(c.cap_permitted, 0);
}
END_TEST

START_TEST(ambient_needs_permitted_and_inheritable)
{
	struct cred c = root();

	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL), -EPERM);
	ck_assert_int_eq(cred_capset(&c, c.cap_effective, c.cap_permitted, BIT(CAP_KILL)), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL), 1);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_KILL), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 64), -EINVAL);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1), -EINVAL);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, 99, 0), -EINVAL);
	ck_assert_int_eq(cred_prctl(&c, PR_SET_NAME, 0, 0), -EINVAL);
	ck_assert_int_eq(cred_prctl(&c, PR_SET_KEEPCAPS, 2, 0), -EINVAL);
}
END_TEST

START_TEST(exec_applies_set_id_bits)
{
	static const struct {
		mode_t mode;
		uid_t euid;
		gid_t egid;
		bool all_caps;
	} cases[] = {
		{ 0755, 1000, 1000, false },  { 04755, 0, 1000, true }, { 02755, 1000, 50, false },
		{ 02744, 1000, 1000, false }, { 06755, 0, 50, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cred c = user(1000);

		cred_exec(&c, S_IFREG | cases[i].mode, 0, 50);
		ck_assert_uint_eq(c.ruid, 1000);
		ck_assert_uint_eq(c.euid, cases[i].euid);
		ck_assert_uint_eq(c.suid, cases[i].euid);
		ck_assert_uint_eq(c.fsuid, cases[i].euid);
		ck_assert_uint_eq(c.egid, cases[i].egid);
		ck_assert_uint_eq(c.sgid, cases[i].egid);
		ck_assert_int_eq(c.cap_effective == c.cap_bounding, cases[i].all_caps);
	}
}
END_TEST

START_TEST(exec_keeps_ambient_and_drops_keepcaps)
{
	struct cred c = root();

	ck_assert_int_eq(cred_capset(&c, c.cap_effective, c.cap_permitted, BIT(CAP_KILL)), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_SET_KEEPCAPS, 1, 0), 0);
	ck_assert_int_eq(cred_setuid(&c, 1000), 0);
	ck_assert_int_eq(cred_prctl(&c, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL), 0);
	cred_exec(&c, S_IFREG | 0755, 0, 0);
	ck_assert_uint_eq(c.cap_permitted, BIT(CAP_KILL));
	ck_assert_uint_eq(c.cap_effective, BIT(CAP_KILL));
	ck_assert_int_eq(cred_prctl(&c, PR_GET_KEEPCAPS, 0, 0), 0);
	cred_exec(&c, S_IFREG | 02755, 0, 77);
	ck_assert_uint_eq(c.cap_permitted | c.cap_ambient, 0);
}
END_TEST

START_TEST(may_follows_mode_owner_and_capabilities)
{
	static const struct {
		mode_t mode;
		uid_t uid;
		gid_t gid;
		int want, as_user, as_root;
	} cases[] = {
		{ S_IFREG | 0400, 1000, 0, R_OK, 0, 0 },
		{ S_IFREG | 0044, 1000, 1000, R_OK, -EACCES, 0 }, /* the owner's bits alone count */
		{ S_IFREG | 0604, 5, 1000, R_OK, -EACCES, 0 },
		{ S_IFREG | 0040, 5, 42, R_OK, 0, 0 },
		{ S_IFREG | 0004, 5, 5, R_OK, 0, 0 },
		{ S_IFREG | 0000, 5, 5, R_OK | W_OK, -EACCES, 0 },
		{ S_IFREG | 0666, 5, 5, X_OK, -EACCES, -EACCES },
		{ S_IFREG | 0100, 5, 5, X_OK, -EACCES, 0 },
		{ S_IFDIR | 0000, 5, 5, X_OK, -EACCES, 0 },
		{ S_IFDIR | 0000, 5, 5, W_OK | X_OK, -EACCES, 0 },
		{ S_IFREG | 0000, 5, 5, F_OK, 0, 0 },
	};
	gid_t group = 42;
	struct cred u = root(), r = root();

	ck_assert_int_eq(cred_setgroups(&u, &group, 1), 0);
	ck_assert_int_eq(cred_setresgid(&u, 1000, 1000, 1000), 0);
	ck_assert_int_eq(cred_setuid(&u, 1000), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int got = cred_may(&u, cases[i].mode, cases[i].uid, cases[i].gid, cases[i].want);

		ck_assert_msg(got == cases[i].as_user, "user, case %zu: %d", i, got);
		got = cred_may(&r, cases[i].mode, cases[i].uid, cases[i].gid, cases[i].want);
		ck_assert_msg(got == cases[i].as_root, "root, case %zu: %d", i, got);
	}
}
END_TEST

START_TEST(may_with_read_search_only_reads)
{
	struct cred c = user(1000);

	c.cap_effective = c.cap_permitted = BIT(CAP_DAC_READ_SEARCH);
	ck_assert_int_eq(cred_may(&c, S_IFREG, 0, 0, R_OK), 0);
	ck_assert_int_eq(cred_may(&c, S_IFREG, 0, 0, R_OK | W_OK), -EACCES);
	ck_assert_int_eq(cred_may(&c, S_IFDIR, 0, 0, R_OK | X_OK), 0);
	ck_assert_int_eq(cred_may(&c, S_IFDIR, 0, 0, W_OK), -EACCES);
}
END_TEST

START_TEST(real_credentials_are_those_of_access)
{
	struct cred c = user(1000), real;

	cred_exec(&c, S_IFREG | 04755, 0, 0); /* a set-uid root program asks for its user */
	cred_real(&real, &c);
	ck_assert_uint_eq(real.fsuid, 1000);
	ck_assert_uint_eq(real.cap_effective, 0);
	c = root();
	ck_assert_int_eq(cred_setresuid(&c, KEEP, 1000, KEEP), 0);
	cred_real(&real, &c);
	ck_assert_uint_eq(real.fsuid, 0);
	ck_assert_uint_eq(real.cap_effective, c.cap_permitted);
}
END_TEST

static Suite *identity_suite(void)
{
	Suite *s = suite_create("identity");
	TCase *t = tcase_create("cred");

	tcase_add_test(t, init_root_has_every_capability);
	tcase_add_test(t, setuid_by_root_sets_all_and_drops_capabilities);
	tcase_add_test(t, setresuid_unprivileged_takes_own_ids_only);
	tcase_add_test(t, setreuid_unprivileged_moves_the_saved_id);
	tcase_add_test(t, setuid_unprivileged_sets_the_effective_id_only);
	tcase_add_test(t, seteuid_away_and_back_keeps_permitted);
	tcase_add_test(t, setuid_with_keepcaps_keeps_permitted_not_ambient);
	tcase_add_test(t, setuid_without_fixup_keeps_everything);
	tcase_add_test(t, setfsuid_returns_the_previous_and_moves_fs_capabilities);
	tcase_add_test(t, setgroups_checks_right_number_and_values);
	tcase_add_test(t, capset_never_raises_permitted);
	tcase_add_test(t, capbset_drop_limits_what_exec_gives);
	tcase_add_test(t, securebits_locked_stay);
	tcase_add_test(t, ambient_needs_permitted_and_inheritable);
	tcase_add_test(t, exec_applies_set_id_bits);
	tcase_add_test(t, exec_keeps_ambient_and_drops_keepcaps);
	tcase_add_test(t, may_follows_mode_owner_and_capabilities);
	tcase_add_test(t, may_with_read_search_only_reads);
	tcase_add_test(t, real_credentials_are_those_of_access);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_run(identity_suite());
}
