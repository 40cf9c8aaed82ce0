/* AmigaDOS: libraries, memory, files, locks, ReadArgs, formatted text, LoadSeg, result. */
typedef unsigned char u8;
static void *dos;
static long call(void *base, short off, long d1, long d2, long d3)
{
	register void *a6 __asm__("a6") = (u8 *)base - off;
	register long d0 __asm__("d0");
	register long r1 __asm__("d1") = d1;
	register long r2 __asm__("d2") = d2;
	register long r3 __asm__("d3") = d3;
	__asm__ volatile("jsr (%1)"
			 : "=r"(d0)
			 : "a"(a6), "r"(r1), "r"(r2), "r"(r3)
			 : "a0", "a1", "memory", "cc");
	return d0;
}
static long exec(short off, long d0, long d1, long a0, long a1)
{
	register void *a6 __asm__("a6") = *(u8 **)4 - off;
	register long r0 __asm__("d0") = d0;
	register long r1 __asm__("d1") = d1;
	register long p0 __asm__("a0") = a0;
	register long p1 __asm__("a1") = a1;
	__asm__ volatile("jsr (%1)"
			 : "+r"(r0)
			 : "a"(a6), "r"(r1), "r"(p0), "r"(p1)
			 : "memory", "cc");
	return r0;
}
#define D(off, ...)	      D_(off, ##__VA_ARGS__, 0, 0, 0)
#define D_(off, a, b, c, ...) call(dos, off, (long)(a), (long)(b), (long)(c))
static long io_err(void)
{
	return D(132);
}
static long args[4];
static void say(const char *f, long v)
{
	args[0] = v;
	D(954, f, args);
}
static u8 fib[260] __attribute__((aligned(4)));
static char buf[100];
static const char *words[] = { "zero", "one", "two" };

__attribute__((used)) long start(long len, char *line)
{
	long h, lock, old, array[3] = { 0, 0, 0 }, ra;

	dos = (void *)exec(552, 36, 0, 0, (long)"dos.library");
	if (!dos)
		return 99;
	if (line[0] == 'c') {
		D(948, "child here\n");
		D(144, 5);
	}
	D(948, words[1]);
	say("%s\n", (long)words[2]);
	say("none %ld\n", exec(552, 0, 0, 0, (long)"no.library"));
	ra = D(798, "FILE/A,NUM/N/K,ALL/S", array, 0);
	say("ReadArgs %ld\n", ra != 0);
	if (!ra) {
		D(474, io_err(), "args");
		return 20;
	}
	say("file %s\n", array[0]);
	say("num %ld\n", array[1] ? *(long *)array[1] : -1);
	say("all %ld\n", array[2]);
	D(858, ra);
	h = D(30, "Test.txt", 1006);
	say("write %ld\n", D(48, h, "hello file\n", 11));
	say("seek %ld\n", D(66, h, 6, -1));
	say("read %ld\n", D(42, h, buf, 4));
	D(948, buf);
	say("\nclose %ld\n", D(36, h));
	say("rename %ld\n", D(78, "test.txt", "Other.txt"));
	say("open %ld\n", D(30, "test.txt", 1005));
	D(474, io_err(), "gone");
	lock = D(120, "dir");
	say("dir %ld\n", lock != 0);
	old = D(126, lock);
	h = D(30, "/Other.txt", 1005);
	say("parent %ld\n", h != 0);
	say("gets %ld\n", D(336, h, buf, 99) != 0);
	D(948, buf);
	D(36, h);
	D(126, old);
	D(90, lock);
	lock = D(84, "", -2);
	D(102, lock, fib);
	while (D(108, lock, fib))
		say(*(long *)(fib + 4) > 0 ? "%s/\n" : "%s\n", (long)(fib + 8));
	say("no more %ld\n", io_err());
	D(90, lock);
	say("delete %ld\n", D(72, "dir"));
	say("delete %ld\n", D(72, "OTHER.TXT"));
	say("delete %ld\n", D(72, "OTHER.TXT"));
	h = exec(198, 1000, 0x10000, 0, 0);
	say("mem %ld\n", h && *(long *)(h + 500) == 0);
	exec(210, 1000, 0, 0, h);
	exec(210, 1000, 0, 0, h);
	args[0] = -5;
	args[1] = 0xbeef;
	args[2] = (long)"right";
	D(954, "%5ld|%-6lx|%8s|%%\n", args);
	say("system %ld\n", D(606, "self child", 0));
	say("system %ld\n", D(606, "nothing", 0));
	say("nil %ld\n", D(30, "NIL:", 1006) != 0);
	say("mount %ld\n", D(30, "NOVOL:x", 1005));
	D(474, io_err(), 0);
	D(936, 0);
	return 7;
}

/* Names of registers as the system gives them: d0 and a0. */
__asm__(".section .text.start,\"ax\"\n.globl _start\n_start:\n\tmove.l %a0,-(%sp)\n\tmove.l "
	"%d0,-(%sp)\n"
	"\tjsr start\n\taddq.l #8,%sp\n\trts\n.text\n");
