// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever comes from the connection to gdb: packets are cut out of it, served against a program of
 * two threads and a little memory, and answered. The engine is a few variables. See tests/fuzz/run.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "debug_packets.h"
#include "mem.h"
#include "procfs.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

static struct m68k_thread two[2] = { { .next = &two[1], .tid = 100 }, { .tid = 0xabc } };
static struct cpu_regs engine;
static uint8_t engine_fp[CPU_FP_BYTES];

void cpu_read(struct cpu_regs *regs)
{
	*regs = engine;
}

void cpu_write(const struct cpu_regs *regs)
{
	engine = *regs;
}

unsigned cpu_ccr(void)
{
	return 0x1f;
}

void cpu_set_ccr(unsigned ccr)
{
}

void cpu_read_fp(uint8_t fp[CPU_FP_BYTES])
{
	memcpy(fp, engine_fp, CPU_FP_BYTES);
}

void cpu_write_fp(const uint8_t fp[CPU_FP_BYTES])
{
	memcpy(engine_fp, fp, CPU_FP_BYTES);
}

void cpu_set(int reg, uint32_t value)
{
	engine.pc = value;
}

void cpu_set_breaks(const uint32_t *addrs, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		engine.pc ^= addrs[i];
}

struct m68k_thread *thread_first(void)
{
	return two;
}

void thread_load(struct m68k_thread *t)
{
	if (t != &two[0] && t != &two[1])
		abort();
}

const char *proc_exe(void)
{
	return "/bin/prog";
}

const void *proc_auxv(size_t *bytes)
{
	static const uint8_t auxv[16];

	*bytes = sizeof(auxv);
	return auxv;
}

static void prepare(void)
{
	static bool done;

	if (!done && (mem_init() < 0 ||
		      mem_map(0x80000000, 0x3000, MEM_R | MEM_W,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) < 0 ||
		      mem_map(0x80003000, 0x1000, MEM_R, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			      -1, 0) < 0))
		abort();
	/* debug_packets.c looks at the page where handlers return to. */
	if (!done && mmap(mem_host(GUEST_STUB), GUEST_PAGE, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		abort();
	done = true;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	static char frame[2 * RSP_PACKET_MAX + 8];
	static struct rsp_in in;
	struct debug_resume resume = { 0 };
	struct packet_state state = { .current = two, .stop = "", .resume = &resume };
	char *out = malloc(RSP_PACKET_MAX);
	size_t answer;

	prepare();
	memset(&in, 0, sizeof(in));
	for (size_t i = 0; i < len && out; i++) {
		enum rsp_event e = rsp_byte(&in, data[i]);

		/* A wrong sum is for rsp_byte() alone: behind it, the fuzzer would find nothing. */
		if (e != RSP_PACKET && (e != RSP_BAD || in.bytes > RSP_PACKET_MAX))
			continue;
		packet_serve(&state, in.content, in.bytes, out, &answer);
		if (answer > RSP_PACKET_MAX)
			abort();
		rsp_frame(frame, out, answer);
		if ((resume.step && resume.step != &two[0] && resume.step != &two[1]) ||
		    resume.signal < 0 || resume.signal > 64)
			abort();
	}
	packets_clear();
	free(out);
	return 0;
}
