// SPDX-License-Identifier: GPL-2.0-or-later
/* uc envs: the environments that files can run in, as a compartment without changes has them. */
#include "explain.h"
#include "registry.h"
#include "uc.h"

int uc_envs(const struct uc_args *a)
{
	struct situation s;
	struct registry r;

	situation_now(&s);
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
	return UC_OK;
}
