/* GEMDOS: console, arguments, files, directories, memory, Pexec, Supexec, exit status. */
typedef unsigned long u32;
typedef unsigned short u16;
typedef unsigned char u8;

struct basepage {
	u8 *low, *high, *text;
	u32 text_bytes;
	u8 *data;
	u32 data_bytes;
	u8 *bss;
	u32 bss_bytes;
	u8 *dta;
	struct basepage *parent;
	u32 reserved;
	char *env;
	u8 pad[80];
	u8 command[128];
};

int start(struct basepage *bp);

/* Words are passed as words: every call is written out in assembly. */
#define W(x) "move.w " x ",-(%%sp)\n\t"
/* Operands are in registers: the pushes move what is addressed by sp. */
#define L(x) "move.l " x ",-(%%sp)\n\t"
#define CALL(trap, bytes, push, ...)                                                 \
	({                                                                           \
		register long r __asm__("d0");                                       \
		__asm__ volatile(push "trap #" #trap "\n\tlea " #bytes "(%%sp),%%sp" \
				 : "=r"(r)                                           \
				 : __VA_ARGS__                                       \
				 : "d1", "d2", "a0", "a1", "a2", "memory", "cc");    \
		r;                                                                   \
	})
#define NR(n) "move.w #" #n ",-(%%sp)\n\t"
#define I(x)  "r"((long)(x))
#define S(x)  "r"((short)(x))

static long conws(const char *s)
{
	return CALL(1, 6, L("%1") NR(9), I(s));
}
static long conrs(u8 *b)
{
	return CALL(1, 6, L("%1") NR(10), I(b));
}
static long conin(void)
{
	return CALL(1, 2, NR(1));
}
static long create(const char *n)
{
	return CALL(1, 8, NR(0) L("%1") NR(0x3c), I(n));
}
static long open(const char *n, short m)
{
	return CALL(1, 8, W("%2") L("%1") NR(0x3d), I(n), S(m));
}
static long close(short h)
{
	return CALL(1, 4, W("%1") NR(0x3e), S(h));
}
static long rw(short h, long n, void *b, int w)
{
	return w ? CALL(1, 12, L("%3") L("%2") W("%1") NR(0x40), S(h), I(n), I(b))
		 : CALL(1, 12, L("%3") L("%2") W("%1") NR(0x3f), S(h), I(n), I(b));
}
static long seek(long o, short h, short m)
{
	return CALL(1, 10, W("%3") W("%2") L("%1") NR(0x42), I(o), S(h), S(m));
}
static long del(const char *n)
{
	return CALL(1, 6, L("%1") NR(0x41), I(n));
}
static long ren(const char *a, const char *b)
{
	return CALL(1, 12, L("%2") L("%1") NR(0) NR(0x56), I(a), I(b));
}
static long setdta(void *p)
{
	return CALL(1, 6, L("%1") NR(0x1a), I(p));
}
static long sfirst(const char *n, short at)
{
	return CALL(1, 8, W("%2") L("%1") NR(0x4e), I(n), S(at));
}
static long snext(void)
{
	return CALL(1, 2, NR(0x4f));
}
static long mkdir(const char *n)
{
	return CALL(1, 6, L("%1") NR(0x39), I(n));
}
static long rmdir(const char *n)
{
	return CALL(1, 6, L("%1") NR(0x3a), I(n));
}
static long chdir(const char *n)
{
	return CALL(1, 6, L("%1") NR(0x3b), I(n));
}
static long getpath(char *b, short d)
{
	return CALL(1, 8, W("%2") L("%1") NR(0x47), I(b), S(d));
}
static long mem(long n)
{
	return CALL(1, 6, L("%1") NR(0x48), I(n));
}
static long mfree(long p)
{
	return CALL(1, 6, L("%1") NR(0x49), I(p));
}
static long shrink(void *p, long n)
{
	return CALL(1, 12, L("%2") L("%1") NR(0) NR(0x4a), I(p), I(n));
}
static long pexec(short m, const char *n, const void *c, const void *e)
{
	return CALL(1, 16, L("%4") L("%3") L("%2") W("%1") NR(0x4b), S(m), I(n), I(c), I(e));
}
static long term(short n)
{
	return CALL(1, 4, W("%1") NR(0x4c), S(n));
}
static long dup(short h)
{
	return CALL(1, 4, W("%1") NR(0x45), S(h));
}
static long force(short s, short h)
{
	return CALL(1, 6, W("%2") W("%1") NR(0x46), S(s), S(h));
}
static long attrib(const char *n, short w, short v)
{
	return CALL(1, 10, W("%3") W("%2") L("%1") NR(0x43), I(n), S(w), S(v));
}
static long super(long p)
{
	return CALL(1, 6, L("%1") NR(0x20), I(p));
}
static long version(void)
{
	return CALL(1, 2, NR(0x30));
}
static long unknown(void)
{
	return CALL(1, 2, NR(0x7d));
}
static long drvmap(void)
{
	return CALL(13, 2, NR(10));
}
static long bconout(short c)
{
	return CALL(13, 6, W("%1") NR(2) NR(3), S(c));
}
static long supexec(void *f)
{
	return CALL(14, 6, L("%1") NR(38), I(f));
}
static long random(void)
{
	return CALL(14, 2, NR(17));
}
static long appl_init(void)
{
	return CALL(2, 0, "move.w #200,%%d0\n\t", I(0));
}

static char buf[300];
static const char *words[] = { "zero", "one", "two" }; /* relocated data */
static u8 dta[44];
static u8 line[40] = { 30 };

static void hex(const char *what, long v)
{
	char out[12];
	int i;

	for (i = 7; i >= 0; i--, v >>= 4)
		out[i] = "0123456789abcdef"[v & 15];
	out[8] = '\n';
	out[9] = 0;
	conws(what);
	conws(" ");
	conws(out);
}

static long peek(void)
{
	return *(volatile long *)0x432;
}

static void files(void)
{
	long h = create("TEST.TXT"), rc;

	hex("create", h);
	hex("write", rw(h, 11, "hello file\n", 1));
	hex("seek", seek(6, h, 0));
	buf[5] = 0;
	hex("read", rw(h, 4, buf, 0));
	buf[4] = 0;
	conws(buf);
	conws("\n");
	hex("beyond", seek(100, h, 0));
	hex("close", close(h));
	hex("close again", close(h));
	hex("rename", ren("test.txt", "Other.TXT"));
	hex("open gone", open("TEST.TXT", 0));
	hex("open", h = open("OTHER.TXT", 0));
	hex("write read-only", rw(h, 1, "x", 1) < 0);
	close(h);
	hex("attrib", attrib("other.txt", 1, 1));
	hex("attrib", attrib("other.txt", 0, 0));
	attrib("other.txt", 1, 0);
	hex("mkdir", mkdir("SUB"));
	hex("chdir", chdir("SUB"));
	hex("getpath", getpath(buf, 0));
	conws(buf);
	conws("\n");
	hex("chdir up", chdir(".."));
	setdta(dta);
	for (rc = sfirst("*.*", 0x10); rc == 0; rc = snext()) {
		conws((char *)dta + 30);
		conws(dta[21] & 0x10 ? "/\n" : "\n");
	}
	hex("no more", rc);
	hex("no match", sfirst("*.QQQ", 0));
	hex("rmdir", rmdir("sub"));
	hex("delete", del("OTHER.TXT"));
	hex("delete again", del("OTHER.TXT"));
	hex("drive q", open("Q:\\X", 0));
}

static void memory(struct basepage *bp)
{
	long p = mem(1000), q = mem(1000);

	hex("two blocks", p && q && q >= p + 1000);
	hex("free", mfree(p));
	hex("free again", mfree(p));
	hex("too much", mem(0x7fffffff));
	hex("largest", mem(-1) > 0x100000);
	hex("bss is clear", bp->bss_bytes && bp->bss[0] == 0);
}

static void children(struct basepage *bp)
{
	static const char command[] = "\5child";
	struct basepage *child;
	long h, saved;

	hex("pexec 0", pexec(0, "SELF.TTP", command, 0));
	hex("pexec 3", (long)(child = (void *)pexec(3, "self.ttp", command, 0)) > 0);
	hex("pexec 6", pexec(6, 0, child, 0));
	hex("pexec none", pexec(0, "NONE.TOS", command, 0));
	hex("pexec text", pexec(0, "text", command, 0));
	h = create("OUT.TXT");
	saved = dup(1);
	force(1, h);
	pexec(0, "SELF.TTP", command, 0);
	force(1, saved);
	close(h);
	h = open("OUT.TXT", 0);
	hex("redirected", rw(h, 99, buf, 0));
	close(h);
	del("OUT.TXT");
}

__attribute__((used)) int start(struct basepage *bp)
{
	long sp;

	hex("shrink", shrink(bp, bp->bss + bp->bss_bytes - (u8 *)bp + 0x4000));
	bp->command[1 + (bp->command[0] < 125 ? bp->command[0] : 0)] = 0;
	if (bp->command[1] == 'c' && bp->command[2] == 'h') {
		conws("child here\n");
		term(42);
	}
	if (bp->command[1] == 'g' && bp->command[2] == 'e') {
		appl_init();
		term(1);
	}
	conws("args [");
	conws((char *)bp->command + 1);
	conws("]\n");
	conws(words[1]);
	conws(words[2]);
	conws("\n");
	conrs(line);
	line[2 + line[1]] = 0;
	hex("line", line[1]);
	conws((char *)line + 2);
	hex("key", conin());
	files();
	memory(bp);
	children(bp);
	sp = super(0);
	hex("super", super(1));
	super(sp);
	hex("user", super(1));
	hex("supexec", supexec(peek));
	hex("version", version());
	hex("unknown", unknown());
	hex("drives", (drvmap() & 4) != 0);
	hex("random", random() != random());
	bconout('!');
	bconout('\n');
	term(7);
	return 0;
}

/* The basepage's stack is at the end of all memory, which is given back: use one of ours. */
__asm__(".section .text.start,\"ax\"\n.globl _start\n_start:\n\tmove.l 4(%sp),%a0\n\tlea "
	"stack_end,%sp\n"
	"\tmove.l %a0,-(%sp)\n\tjsr start\n\tclr.w -(%sp)\n\ttrap #1\n"
	".bss\n.skip 4096\nstack_end:\n.text\n");
