/* CP/M-68K: console, command line, FCBs, sequential and random records, search, load, chain. */
typedef unsigned char u8;
typedef unsigned long u32;

static long bdos(short nr, long arg)
{
	register long d0 __asm__("d0") = nr;
	register long d1 __asm__("d1") = arg;
	__asm__ volatile("trap #2" : "+d"(d0), "+d"(d1) : : "d2", "a0", "a1", "a2", "memory", "cc");
	return d0;
}

static void print(const char *s)
{
	bdos(9, (long)s);
}

static void hex(const char *what, long v)
{
	char out[12];
	int i;

	for (i = 7; i >= 0; i--, v >>= 4)
		out[i] = "0123456789abcdef"[v & 15];
	out[8] = '\n';
	out[9] = '$';
	print(what);
	print(" $");
	print(out);
}

static u8 fcb[36], record[128], line[70] = { 40 };
static const char *words[] = { "zero$", "one$", "two$" };

static void name(const char *n)
{
	int i;

	for (i = 0; i < 36; i++)
		fcb[i] = 0;
	for (i = 0; i < 11; i++)
		fcb[1 + i] = n[i];
}

static void list(const char *pattern)
{
	long rc;
	int i;

	name(pattern);
	for (rc = bdos(17, (long)fcb); rc < 4; rc = bdos(18, 0)) {
		for (i = 1; i < 12; i++)
			bdos(2, record[32 * rc + i]);
		bdos(2, '\n');
	}
	hex("no more$", rc);
}

static void files(void)
{
	int i, k;

	bdos(26, (long)record);
	name("TEST    TXT");
	hex("make$", bdos(22, (long)fcb));
	for (k = 0; k < 130; k++) { /* into the second extent */
		for (i = 0; i < 128; i++)
			record[i] = k;
		if (bdos(21, (long)fcb))
			hex("write$", k);
	}
	hex("extent$", fcb[12]);
	hex("current$", fcb[32]);
	hex("close$", bdos(16, (long)fcb));
	hex("size$", bdos(35, (long)fcb));
	hex("records$", fcb[33] << 16 | fcb[34] << 8 | fcb[35]);
	name("TEST    TXT");
	hex("open$", bdos(15, (long)fcb));
	fcb[35] = 129;
	hex("random$", bdos(33, (long)fcb));
	hex("byte$", record[5]);
	fcb[35] = 200;
	hex("beyond$", bdos(33, (long)fcb));
	for (i = 0; i < 128; i++)
		record[i] = 'x';
	fcb[35] = 2;
	hex("random write$", bdos(34, (long)fcb));
	fcb[12] = fcb[14] = fcb[32] = 0;
	for (k = 0; bdos(20, (long)fcb) == 0; k++)
		if (k == 2)
			hex("third$", record[0]);
	hex("read all$", k);
	bdos(16, (long)fcb);
	list("????????TXT");
	name("TEST    TXT");
	for (i = 0; i < 11; i++)
		fcb[17 + i] = "OTHER   TXT"[i];
	hex("rename$", bdos(23, (long)fcb));
	name("TEST    TXT");
	hex("open gone$", bdos(15, (long)fcb));
	name("OTHER   TXT");
	hex("delete$", bdos(19, (long)fcb));
	hex("delete again$", bdos(19, (long)fcb));
}

struct lpb {
	u8 *fcb;
	u32 low, high, basepage, stack;
	short flags;
};

static void load(u8 *bp)
{
	static u8 lf[36];
	struct lpb l;
	u32 low = (u32)bp + 0x40000;
	int i;

	for (i = 0; i < 11; i++)
		lf[1 + i] = "SELF    68K"[i];
	l.fcb = lf;
	l.low = low;
	l.high = low + 0x40000;
	l.flags = 0;
	hex("load$", bdos(59, (long)&l));
	hex("base page$", l.basepage == low);
	hex("code$", *(u32 *)(*(u32 *)(low + 8)) == *(u32 *)(*(u32 *)(bp + 8)));
}

__attribute__((used)) void start(u8 *bp)
{
	int i;

	for (i = 0; i < bp[128]; i++)
		bdos(2, bp[129 + i]);
	bdos(2, '\n');
	if (bp[128] && bp[129] == 'C') {
		print("chained$");
		return;
	}
	for (i = 0; i < 11; i++)
		bdos(2, bp[0x5d + i]);
	for (i = 0; i < 11; i++)
		bdos(2, bp[0x39 + i]);
	print(words[1]);
	print(words[2]);
	hex("\nversion$", bdos(12, 0));
	bdos(10, (long)line);
	hex("line$", line[1]);
	bdos(2, line[2]);
	hex("\nkey$", bdos(1, 0));
	hex("disk$", bdos(25, 0));
	hex("user$", bdos(32, 0xff));
	hex("none$", bdos(99, 0) & 0xffff);
	files();
	load(bp);
	bdos(26, (long)record);
	for (i = 0; i < 10; i++)
		record[i] = "SELF CHAIN"[i];
	record[10] = 0;
	bdos(47, 0);
}

__asm__(".section .text.start,\"ax\"\n.globl _start\n_start:\n\tmove.l 4(%sp),-(%sp)\n\tjsr start\n"
	"\taddq.l #4,%sp\n\trts\n");
