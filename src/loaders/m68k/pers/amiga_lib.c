// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Amiga's exec and utility libraries: tables and calls. A row's number is the distance of its
 * stub from the library's base. dos: amiga_dos.c.
 */
#include <strings.h>

#include "amiga.h"
#include "util.h"

#define SIG_FIRST 16

enum { MEMF_CLEAR = 1 << 16, MEMF_LARGEST = 1 << 17 };

static uint32_t nothing(struct machine *m, const uint32_t *a)
{
	return 0;
}

static uint32_t yes(struct machine *m, const uint32_t *a)
{
	return AMI_TRUE;
}

/* ---- exec: memory ---- */

static uint32_t AllocMem(struct machine *m, const uint32_t *a)
{
	uint32_t at = a[0] && a[0] < CORE_BYTES ? heap_alloc(&m->heap, a[0], 0) : 0;

	if (at && a[1] & MEMF_CLEAR)
		memset(m->core.mem + at, 0, a[0]);
	return at;
}

static uint32_t FreeMem(struct machine *m, const uint32_t *a)
{
	if (a[0] && heap_free(&m->heap, a[0] & CORE_MASK) < 0)
		log_debug("task: FreeMem of %#x, which is no block", a[0]);
	return 0;
}

static uint32_t AvailMem(struct machine *m, const uint32_t *a)
{
	return a[0] & MEMF_LARGEST ? heap_largest(&m->heap) : heap_unused(&m->heap);
}

static uint32_t AllocVec(struct machine *m, const uint32_t *a)
{
	return a[0] ? ami_alloc(m, a[0]) : 0;
}

static uint32_t FreeVec(struct machine *m, const uint32_t *a)
{
	ami_free(m, a[0]);
	return 0;
}

static uint32_t CopyMem(struct machine *m, const uint32_t *a)
{
	const void *from = machine_ptr(m, a[0], a[2]);
	void *to = machine_ptr(m, a[1], a[2]);

	if (from && to)
		memmove(to, from, a[2]);
	else
		machine_crash(m, VEC_BUS);
	return 0;
}

/* A pool is a list of its pieces: each begins with the next one. */
static uint32_t CreatePool(struct machine *m, const uint32_t *a)
{
	return ami_alloc(m, 4);
}

static uint32_t AllocPooled(struct machine *m, const uint32_t *a)
{
	uint8_t *pool = machine_ptr(m, a[0], 4);
	uint32_t at = pool && a[1] < CORE_BYTES ? ami_alloc(m, a[1] + 4) : 0;

	if (!at)
		return 0;
	put32(m->core.mem + at, get32(pool));
	put32(pool, at);
	return at + 4;
}

static uint32_t FreePooled(struct machine *m, const uint32_t *a)
{
	uint8_t *link = machine_ptr(m, a[0], 4);

	while (link && get32(link) && get32(link) != a[1] - 4)
		link = machine_ptr(m, get32(link), 4);
	if (link && get32(link)) {
		put32(link, get32(m->core.mem + (a[1] - 4)));
		ami_free(m, a[1] - 4);
	}
	return 0;
}

static uint32_t DeletePool(struct machine *m, const uint32_t *a)
{
	uint32_t at = a[0];

	while (at && machine_ptr(m, at, 4)) {
		uint32_t next = get32(machine_ptr(m, at, 4));

		ami_free(m, at);
		at = next;
	}
	return 0;
}

/* ---- exec: lists. Addresses that are nowhere end in a message, as a bus error would. ---- */

static uint32_t peek(struct machine *m, uint32_t at)
{
	const uint8_t *p = machine_ptr(m, at, 4);

	return p ? get32(p) : 0;
}

static void poke(struct machine *m, uint32_t at, uint32_t value)
{
	uint8_t *p = machine_ptr(m, at, 4);

	if (p)
		put32(p, value);
	else if (!m->done)
		machine_crash(m, VEC_BUS);
}

static void insert_after(struct machine *m, uint32_t node, uint32_t before)
{
	uint32_t next = peek(m, before);

	poke(m, node, next);
	poke(m, node + 4, before);
	poke(m, before, node);
	poke(m, next + 4, node);
}

static uint32_t AddHead(struct machine *m, const uint32_t *a)
{
	insert_after(m, a[1], a[0]);
	return 0;
}

static uint32_t AddTail(struct machine *m, const uint32_t *a)
{
	insert_after(m, a[1], peek(m, a[0] + 8));
	return 0;
}

static uint32_t Insert(struct machine *m, const uint32_t *a)
{
	insert_after(m, a[1], a[2] ? a[2] : a[0]);
	return 0;
}

static uint32_t take(struct machine *m, uint32_t node)
{
	poke(m, peek(m, node + 4), peek(m, node));
	poke(m, peek(m, node) + 4, peek(m, node + 4));
	return node;
}

static uint32_t Remove(struct machine *m, const uint32_t *a)
{
	take(m, a[0]);
	return 0;
}

static uint32_t RemHead(struct machine *m, const uint32_t *a)
{
	uint32_t node = peek(m, a[0]);

	return peek(m, node) ? take(m, node) : 0;
}

static uint32_t RemTail(struct machine *m, const uint32_t *a)
{
	uint32_t node = peek(m, a[0] + 8);

	return peek(m, node + 4) ? take(m, node) : 0;
}

static uint32_t Enqueue(struct machine *m, const uint32_t *a)
{
	uint32_t at = a[0], next;
	const int8_t *pri = machine_ptr(m, a[1] + 9, 1);

	while ((next = peek(m, at)) != 0 && peek(m, next)) {
		const int8_t *other = machine_ptr(m, next + 9, 1);

		if (!pri || !other || *other < *pri)
			break;
		at = next;
	}
	insert_after(m, a[1], at);
	return 0;
}

static uint32_t FindName(struct machine *m, const uint32_t *a)
{
	const char *want = machine_string(m, a[1]);
	uint32_t node = peek(m, a[0]);

	for (; want && node && peek(m, node); node = peek(m, node)) {
		const char *name = machine_string(m, peek(m, node + 10));

		if (name && strcmp(name, want) == 0)
			return node;
	}
	return 0;
}

/* ---- exec: tasks, signals, libraries ---- */

static uint32_t FindTask(struct machine *m, const uint32_t *a)
{
	return a[0] ? 0 : AMI_PROCESS;
}

static uint32_t AllocSignal(struct machine *m, const uint32_t *a)
{
	static unsigned next = SIG_FIRST;

	return (int32_t)a[0] >= 0 ? a[0] : next < 32 ? next++ : AMI_TRUE;
}

static uint32_t Wait(struct machine *m, const uint32_t *a)
{
	con_flush();
	log_err("%s: it waits for a signal, and there is nobody to send one", m->path);
	machine_exit(m, PERS_EXIT_OURS);
	return 0;
}

static uint32_t OpenLibrary(struct machine *m, const uint32_t *a)
{
	static const struct {
		const char *name;
		uint32_t base;
	} libraries[] = {
		{ "exec.library", AMI_EXEC },
		{ "dos.library", AMI_DOS },
		{ "utility.library", AMI_UTILITY },
	};
	static const char *const screens[] = { "intuition.library", "graphics.library",
					       "gadtools.library", "workbench.library",
					       "asl.library" };
	const char *name = machine_string(m, a[0]);

	if (!name)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		if (strcmp(name, libraries[i].name) == 0)
			return a[1] <= 40 ? libraries[i].base : 0;
	}
	/* Many programs ask, and do without; so it is only told. */
	for (size_t i = 0; i < ARRAY_SIZE(screens); i++) {
		if (strcmp(name, screens[i]) == 0) {
			con_flush();
			log_warn("task: it asks for %s, and there is no screen", name);
		}
	}
	return 0;
}

static uint32_t OldOpenLibrary(struct machine *m, const uint32_t *a)
{
	const uint32_t any_version[2] = { a[0], 0 };

	return OpenLibrary(m, any_version);
}

static uint32_t OpenDevice(struct machine *m, const uint32_t *a)
{
	return (uint32_t)-1; /* IOERR_OPENFAIL */
}

static uint32_t SetFunction(struct machine *m, const uint32_t *a)
{
	uint32_t at = a[0] + (uint32_t)(int16_t)a[1], old = peek(m, at + 2);
	uint8_t *p = machine_ptr(m, at, 6);

	/* A stub of ours has no address: the caller gets the stub's copy. */
	if (p && get16(p) == CORE_HOST_OP) {
		old = ami_alloc(m, 6);
		if (old)
			memcpy(m->core.mem + old, p, 6);
	}
	if (p) {
		put16(p, 0x4ef9); /* jmp */
		put32(p + 2, a[2]);
	}
	return old;
}

static uint32_t TypeOfMem(struct machine *m, const uint32_t *a)
{
	return machine_ptr(m, a[0], 1) ? 3 : 0;
}

static const struct pers_call exec_calls[] = {
	{ 120, "Disable", "", nothing, "" },
	{ 126, "Enable", "", nothing, "" },
	{ 132, "Forbid", "", nothing, "" },
	{ 138, "Permit", "", nothing, "" },
	{ 198, "AllocMem", "lx", AllocMem, "01" },
	{ 210, "FreeMem", "xl", FreeMem, "b0" },
	{ 216, "AvailMem", "x", AvailMem, "1" },
	{ 234, "Insert", "xxx", Insert, "abc" },
	{ 240, "AddHead", "xx", AddHead, "ab" },
	{ 246, "AddTail", "xx", AddTail, "ab" },
	{ 252, "Remove", "x", Remove, "b" },
	{ 258, "RemHead", "x", RemHead, "a" },
	{ 264, "RemTail", "x", RemTail, "a" },
	{ 270, "Enqueue", "xx", Enqueue, "ab" },
	{ 276, "FindName", "xs", FindName, "ab" },
	{ 294, "FindTask", "s", FindTask, "b" },
	{ 300, "SetTaskPri", "xl", nothing, "b0" },
	{ 306, "SetSignal", "xx", nothing, "01" },
	{ 318, "Wait", "x", Wait, "0" },
	{ 324, "Signal", "xx", nothing, "b0" },
	{ 330, "AllocSignal", "l", AllocSignal, "0" },
	{ 336, "FreeSignal", "l", nothing, "0" },
	{ 354, "AddPort", "x", nothing, "b" },
	{ 360, "RemPort", "x", nothing, "b" },
	{ 366, "PutMsg", "xx", NULL, "ab" },
	{ 372, "GetMsg", "x", nothing, "a" },
	{ 378, "ReplyMsg", "x", nothing, "b" },
	{ 384, "WaitPort", "x", Wait, "a" },
	{ 390, "FindPort", "s", nothing, "b" },
	{ 408, "OldOpenLibrary", "s", OldOpenLibrary, "b" },
	{ 414, "CloseLibrary", "x", nothing, "b" },
	{ 420, "SetFunction", "xwx", SetFunction, "ba0" },
	{ 444, "OpenDevice", "slxl", OpenDevice, "a0b1" },
	{ 450, "CloseDevice", "x", nothing, "b" },
	{ 498, "OpenResource", "s", nothing, "b" },
	{ 522, "RawDoFmt", "sxxx", ami_RawDoFmt, "abcd" },
	{ 534, "TypeOfMem", "x", TypeOfMem, "b" },
	{ 552, "OpenLibrary", "sl", OpenLibrary, "b0" },
	{ 558, "InitSemaphore", "x", nothing, "a" },
	{ 564, "ObtainSemaphore", "x", nothing, "a" },
	{ 570, "ReleaseSemaphore", "x", nothing, "a" },
	{ 576, "AttemptSemaphore", "x", yes, "a" },
	{ 624, "CopyMem", "xxl", CopyMem, "ab0" },
	{ 630, "CopyMemQuick", "xxl", CopyMem, "ab0" },
	{ 636, "CacheClearU", "", nothing, "" },
	{ 642, "CacheClearE", "xlx", nothing, "a01" },
	{ 678, "ObtainSemaphoreShared", "x", nothing, "a" },
	{ 684, "AllocVec", "lx", AllocVec, "01" },
	{ 690, "FreeVec", "x", FreeVec, "b" },
	{ 696, "CreatePool", "xll", CreatePool, "012" },
	{ 702, "DeletePool", "x", DeletePool, "a" },
	{ 708, "AllocPooled", "xl", AllocPooled, "a0" },
	{ 714, "FreePooled", "xxl", FreePooled, "ab0" },
};
const struct pers_table ami_exec = {
	.name = "exec.library",
	.calls = exec_calls,
	.count = ARRAY_SIZE(exec_calls),
};

/* ---- utility ---- */

static uint32_t multiply(struct machine *m, const uint32_t *a)
{
	return a[0] * a[1];
}

static uint32_t SDivMod32(struct machine *m, const uint32_t *a)
{
	int64_t n = (int32_t)a[0], d = (int32_t)a[1];

	if (!d) {
		machine_crash(m, VEC_DIVIDE);
		return 0;
	}
	m->core.d[1] = (uint32_t)(n % d);
	return (uint32_t)(n / d);
}

static uint32_t UDivMod32(struct machine *m, const uint32_t *a)
{
	if (!a[1]) {
		machine_crash(m, VEC_DIVIDE);
		return 0;
	}
	m->core.d[1] = a[0] % a[1];
	return a[0] / a[1];
}

static uint32_t Stricmp(struct machine *m, const uint32_t *a)
{
	const char *one = machine_string(m, a[0]), *other = machine_string(m, a[1]);

	return one && other ? (uint32_t)strcasecmp(one, other) : AMI_TRUE;
}

static uint32_t Strnicmp(struct machine *m, const uint32_t *a)
{
	const char *one = machine_string(m, a[0]), *other = machine_string(m, a[1]);

	return one && other ? (uint32_t)strncasecmp(one, other, a[2]) : AMI_TRUE;
}

static uint32_t ToUpper(struct machine *m, const uint32_t *a)
{
	return (a[0] & 0xff) >= 'a' && (a[0] & 0xff) <= 'z' ? a[0] - 32 : a[0];
}

static uint32_t ToLower(struct machine *m, const uint32_t *a)
{
	return (a[0] & 0xff) >= 'A' && (a[0] & 0xff) <= 'Z' ? a[0] + 32 : a[0];
}

/* Tags: 0 ends, 1 is skipped, 2 goes on elsewhere, 3 skips as many as it says. */
static uint32_t FindTagItem(struct machine *m, const uint32_t *a)
{
	uint32_t at = a[1];

	for (unsigned i = 0; at && i < 10000; i++) {
		uint32_t tag = peek(m, at), data = peek(m, at + 4);

		if (tag == a[0])
			return at;
		if (tag == 0)
			return 0;
		at = tag == 2 ? data : tag == 3 ? at + 8 * (data + 1) : at + 8;
	}
	return 0;
}

static uint32_t GetTagData(struct machine *m, const uint32_t *a)
{
	const uint32_t find[2] = { a[0], a[2] };
	uint32_t at = FindTagItem(m, find);

	return at ? peek(m, at + 4) : a[1];
}

static const struct pers_call utility_calls[] = {
	{ 30, "FindTagItem", "xx", FindTagItem, "0a" },
	{ 36, "GetTagData", "xxx", GetTagData, "01a" },
	{ 138, "SMult32", "ll", multiply, "01" },
	{ 144, "UMult32", "ll", multiply, "01" },
	{ 150, "SDivMod32", "ll", SDivMod32, "01" },
	{ 156, "UDivMod32", "ll", UDivMod32, "01" },
	{ 162, "Stricmp", "ss", Stricmp, "ab" },
	{ 168, "Strnicmp", "ssl", Strnicmp, "ab0" },
	{ 174, "ToUpper", "l", ToUpper, "0" },
	{ 180, "ToLower", "l", ToLower, "0" },
};
const struct pers_table ami_utility = {
	.name = "utility.library",
	.calls = utility_calls,
	.count = ARRAY_SIZE(utility_calls),
};
