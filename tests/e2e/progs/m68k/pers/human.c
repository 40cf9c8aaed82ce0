/* Human68k: console, arguments, files, search, memory, EXEC, SUPER, IOCS, exit status. */
typedef unsigned char u8;
#define W(x) "move.w " x ",-(%%sp)\n\t"
#define L(x) "move.l " x ",-(%%sp)\n\t"
/* Operands are in registers: the pushes move what is addressed by sp. */
#define DOS(nr, bytes, push, ...)                                                       \
	({                                                                              \
		register long r __asm__("d0");                                          \
		__asm__ volatile(push ".short 0xff" #nr "\n\tlea " #bytes "(%%sp),%%sp" \
				 : "=r"(r)                                              \
				 : __VA_ARGS__                                          \
				 : "d1", "d2", "a0", "a1", "a2", "memory", "cc");       \
		r;                                                                      \
	})
#define I(x) "r"((long)(x))
#define S(x) "r"((short)(x))
static long print(const char *s)
{
	return DOS(09, 4, L("%1"), I(s));
}
static long gets(u8 *b)
{
	return DOS(0a, 4, L("%1"), I(b));
}
static long getc_(void)
{
	return DOS(08, 0, "");
}
static long create(const char *n)
{
	return DOS(3c, 6, W("%2") L("%1"), I(n), S(0x20));
}
static long newfile(const char *n)
{
	return DOS(5b, 6, W("%2") L("%1"), I(n), S(0x20));
}
static long open(const char *n, short m)
{
	return DOS(3d, 6, W("%2") L("%1"), I(n), S(m));
}
static long close(short h)
{
	return DOS(3e, 2, W("%1"), S(h));
}
static long read(short h, void *b, long n)
{
	return DOS(3f, 10, L("%3") L("%2") W("%1"), S(h), I(b), I(n));
}
static long write(short h, const void *b, long n)
{
	return DOS(40, 10, L("%3") L("%2") W("%1"), S(h), I(b), I(n));
}
static long seek(short h, long o, short m)
{
	return DOS(42, 8, W("%3") L("%2") W("%1"), S(h), I(o), S(m));
}
static long del(const char *n)
{
	return DOS(41, 4, L("%1"), I(n));
}
static long ren(const char *a, const char *b)
{
	return DOS(86, 8, L("%2") L("%1"), I(a), I(b));
}
static long mkdir(const char *n)
{
	return DOS(39, 4, L("%1"), I(n));
}
static long rmdir(const char *n)
{
	return DOS(3a, 4, L("%1"), I(n));
}
static long files(void *b, const char *n, short at)
{
	return DOS(4e, 10, W("%3") L("%2") L("%1"), I(b), I(n), S(at));
}
static long nfiles(void *b)
{
	return DOS(4f, 4, L("%1"), I(b));
}
static long alloc(long n)
{
	return DOS(48, 4, L("%1"), I(n));
}
static long mfree(long p)
{
	return DOS(49, 4, L("%1"), I(p));
}
static long setblock(long p, long n)
{
	return DOS(4a, 8, L("%2") L("%1"), I(p), I(n));
}
static long exec(short m, const void *n, const void *c, const void *e)
{
	return DOS(4b, 14, L("%4") L("%3") L("%2") W("%1"), S(m), I(n), I(c), I(e));
}
static long exit2(short n)
{
	return DOS(4c, 2, W("%1"), S(n));
}
static long super(long p)
{
	return DOS(20, 4, L("%1"), I(p));
}
static long vernum(void)
{
	return DOS(30, 0, "");
}
static long dup2(short a, short b)
{
	return DOS(46, 4, W("%2") W("%1"), S(a), S(b));
}
static long dup(short a)
{
	return DOS(45, 2, W("%1"), S(a));
}
static long none(void)
{
	return DOS(7e, 0, "");
}
static void b_print(const char *s)
{
	register const char *a1 __asm__("a1") = s;
	__asm__ volatile("moveq #0x21,%%d0\n\ttrap #15" : "+a"(a1) : : "d0", "d1", "a0", "memory");
}
static void crtmod(void)
{
	__asm__ volatile("moveq #0x10,%%d0\n\ttrap #15" : : : "d0");
}

static char buf[300];
static u8 fb[53], line[70] = { 40 };
static const char *words[] = { "zero", "one", "two" };

static void hex(const char *what, long v)
{
	char out[12];
	int i;

	for (i = 7; i >= 0; i--, v >>= 4)
		out[i] = "0123456789abcdef"[v & 15];
	out[8] = '\n';
	out[9] = 0;
	print(what);
	print(" ");
	print(out);
}

__attribute__((used)) void start(long mcb, long end, u8 *command)
{
	long h, p, saved, sp, rc;

	hex("setblock", setblock(mcb + 16, end + 0x100 - mcb - 16));
	if (command[1] == 'c') {
		print("child here\n");
		exit2(42);
	}
	if (command[1] == 'g')
		crtmod();
	print("args [");
	print((char *)command + 1);
	print("]\n");
	print(words[1]);
	print(words[2]);
	print("\n");
	hex("gets", gets(line));
	print((char *)line + 2);
	hex("\ngetc", getc_());
	hex("create", h = create("Test.txt"));
	hex("write", write(h, "hello file\n", 11));
	hex("seek", seek(h, 6, 0));
	hex("read", read(h, buf, 4));
	print(buf);
	hex("\nclose", close(h));
	hex("close again", close(h));
	hex("newfile", newfile("TEST.TXT"));
	hex("rename", ren("TEST.TXT", "A long name.txt"));
	hex("open gone", open("test.txt", 0));
	hex("mkdir", mkdir("dir"));
	hex("mkdir again", mkdir("DIR"));
	for (rc = files(fb, "*.*", 0x30); rc == 0; rc = nfiles(fb)) {
		print((char *)fb + 30);
		print(fb[21] & 0x10 ? "/\n" : "\n");
	}
	hex("no more", rc);
	hex("no match", files(fb, "*.qqq", 0x30));
	hex("rmdir", rmdir("dir"));
	hex("delete", del("a long name.txt"));
	hex("delete again", del("a long name.txt"));
	p = alloc(1000);
	hex("alloc", p > 0);
	hex("free", mfree(p));
	hex("free again", mfree(p));
	hex("too much", (unsigned long)alloc(0xffffff) >> 24);
	hex("exec", exec(0, "SELF.X", "\1c", 0));
	for (rc = 0; rc < 12; rc++)
		buf[rc] = "self child"[rc < 10 ? rc : 9];
	buf[10] = 0;
	hex("split", exec(2, buf, buf + 100, 0));
	hex("exec", exec(0, buf, buf + 100, 0));
	hex("exec none", exec(0, "none.x", "\0", 0));
	h = create("out");
	saved = dup(1);
	dup2(h, 1);
	print("into the file");
	dup2(saved, 1);
	close(h);
	h = open("OUT", 0);
	hex("redirected", read(h, buf, 99));
	close(h);
	del("out");
	sp = super(0);
	hex("super twice", super(0));
	super(sp);
	hex("version", vernum());
	hex("none", none());
	b_print("iocs\n");
	exit2(7);
}

__asm__(".section .text.start,\"ax\"\n.globl _start\n_start:\n\tlea stack_end,%sp\n"
	"\tmove.l %a2,-(%sp)\n\tmove.l %a1,-(%sp)\n\tmove.l %a0,-(%sp)\n\tjsr start\n\t.short "
	"0xff00\n"
	".bss\n.skip 4096\nstack_end:\n.text\n");
