// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a file holds, recognising it and reading it as a configuration is safe. The first byte
 * chooses the parser. Built with clang -fsanitize=fuzzer,address,undefined; see tests/fuzz/run.
 */
#include "names.h"
#include "registry_priv.h"
#include "trust.h"
#include "util.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

static const char *const names[] = { "a",	 "a.jpg", "a.jpg.vbs", "Makefile",
				     "a.tar.gz", "a.68k", "a.docx",    "a.class" };

static void types(const unsigned char *data, size_t len, const struct mime *m, const char *name)
{
	struct content c;

	recognise_memory(data, len, name, m, &c);
	content_is(&c, "text/*");
}

/* The first 40 bytes of a database are its offsets. */
static void database(const unsigned char *data, size_t len)
{
	struct mime *m = mime_from_memory(data, len);

	types(data + len / 2, len / 2, m, "some.name.tar.gz");
	mime_destroy(m);
}

static void record(struct registry *r, const char *text, size_t len)
{
	struct trust_policy p;

	trust_init(&p);
	record_read(r, ORIGIN_OWNER, "f", text, len);
	trust_read(&p, true, r, "f", text, len);
	registry_check(r);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct registry_paths none = { 0 };
	struct registry r;
	autofree char *text = NULL;

	if (len < 2)
		return 0;
	text = strndup((const char *)data + 1, len - 1);
	registry_init(&r, &none);
	switch (data[0] % 7) {
	case 0:
		types(data + 1, len - 1, NULL, names[data[1] % ARRAY_SIZE(names)]);
		break;
	case 1:
		database(data + 1, len - 1);
		break;
	case 2:
		record(&r, text, strlen(text));
		break;
	case 3:
		binfmt_conf_read(&r, "f", text, strlen(text));
		binfmts_read(&r, "f", text, strlen(text));
		break;
	case 4:
		desktop_read(&r, "f.desktop", text, strlen(text), "image/png");
		break;
	case 5:
		mailcap_read(&r, "f", text, strlen(text), NULL);
		break;
	default:
		trust_name_rules(text);
		eel_name_suspect(text);
	}
	registry_finish(&r);
	return 0;
}
