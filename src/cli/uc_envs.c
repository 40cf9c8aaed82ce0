// SPDX-License-Identifier: GPL-2.0-or-later
/* uc envs: the environments that files can run in, as a compartment without changes has them. */
#include "explain.h"
#include "registry.h"
#include "uc.h"

/* The directories of what comes with ucrun: next to us, or where it was built. */
static char *own_programs(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return NULL;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	return str_printf("%s:%s/../loaders/m68k:%s/../loaders:%s/../libexec/uc", self, self, self,
			  self);
}

int uc_envs(const struct uc_args *a)
{
	autofree char *own = own_programs();
	struct situation s;
	struct registry r;

	situation_now(&s, own);
	registry_init(&r, NULL);
	for (int o = 0; o < ORIGIN_COUNT; o++)
		registry_load(&r, o, NULL);
	registry_check(&r);
	(a->json ? environments_json : environments_text)(stdout, &r, &s);
	for (size_t i = 0; i < r.nmistakes && !a->json; i++) {
		autofree char *m = str_escape(r.mistakes[i]);

		log_warn("%s", m ? m : "out of memory");
	}
	registry_finish(&r);
	situation_finish(&s);
	return UC_OK;
}
