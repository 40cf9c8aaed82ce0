// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types that we know ourselves: fixed magics, extensions, and what kind of thing a type is. A view
 * without shared-mime-info recognises by these alone.
 */
#include <fnmatch.h>
#include <strings.h>

#include "source.h"
#include "util.h"

#define TEXT_LOOK_BYTES 1024

#define DOC   KIND_DOCUMENT
#define CODE  KIND_CODE
#define GUEST KIND_GUEST

/* clang-format off */
static const struct {
	const char *type;
	enum content_kind kind;
	enum strength strength;
	unsigned offset, len;
	const char *bytes;
} magics[] = {
	{ "image/jpeg",		DOC, STRENGTH_STRONG, 0, 3, "\xff\xd8\xff" },
	{ "image/png",		DOC, STRENGTH_STRONG, 0, 8, "\x89PNG\r\n\x1a\n" },
	{ "image/gif",		DOC, STRENGTH_STRONG, 0, 4, "GIF8" },
	{ "image/webp",		DOC, STRENGTH_STRONG, 8, 4, "WEBP" },
	{ "image/tiff",		DOC, STRENGTH_STRONG, 0, 4, "II*\0" },
	{ "image/tiff",		DOC, STRENGTH_STRONG, 0, 4, "MM\0*" },
	{ "application/pdf",	DOC, STRENGTH_STRONG, 0, 5, "%PDF-" },
	{ "application/postscript", DOC, STRENGTH_STRONG, 0, 4, "%!PS" },
	{ "image/vnd.djvu",	DOC, STRENGTH_STRONG, 0, 8, "AT&TFORM" },
	{ "audio/flac",		DOC, STRENGTH_STRONG, 0, 4, "fLaC" },
	{ "audio/ogg",		DOC, STRENGTH_STRONG, 28, 7, "\1vorbis" },
	{ "audio/ogg",		DOC, STRENGTH_STRONG, 28, 8, "OpusHead" },
	{ "video/ogg",		DOC, STRENGTH_STRONG, 0, 4, "OggS" },
	{ "audio/mpeg",		DOC, STRENGTH_STRONG, 0, 3, "ID3" },
	{ "audio/midi",		DOC, STRENGTH_STRONG, 0, 4, "MThd" },
	{ "audio/x-wav",	DOC, STRENGTH_STRONG, 8, 4, "WAVE" },
	{ "video/x-msvideo",	DOC, STRENGTH_STRONG, 8, 4, "AVI " },
	{ "video/webm",		DOC, STRENGTH_STRONG, 31, 4, "webm" },
	{ "video/x-matroska",	DOC, STRENGTH_STRONG, 0, 4, "\x1a\x45\xdf\xa3" },
	{ "video/mp4",		DOC, STRENGTH_STRONG, 4, 4, "ftyp" },
	{ "application/rtf",	DOC, STRENGTH_STRONG, 0, 5, "{\\rtf" },
	{ "application/gzip",	DOC, STRENGTH_WEAK, 0, 3, "\x1f\x8b\x08" },
	{ "application/x-bzip2", DOC, STRENGTH_STRONG, 0, 3, "BZh" },
	{ "application/x-xz",	DOC, STRENGTH_STRONG, 0, 6, "\xfd" "7zXZ\0" },
	{ "application/zstd",	DOC, STRENGTH_STRONG, 0, 4, "\x28\xb5\x2f\xfd" },
	{ "application/x-7z-compressed", DOC, STRENGTH_STRONG, 0, 6, "7z\xbc\xaf\x27\x1c" },
	{ "application/vnd.rar", DOC, STRENGTH_STRONG, 0, 6, "Rar!\x1a\x07" },
	{ "application/vnd.debian.binary-package", DOC, STRENGTH_STRONG, 0, 14, "!<arch>\ndebian" },
	{ "application/vnd.sqlite3", DOC, STRENGTH_STRONG, 0, 15, "SQLite format 3" },
	{ "application/x-ole-storage", DOC, STRENGTH_STRONG, 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
	{ "application/x-ms-shortcut", CODE, STRENGTH_STRONG, 0, 8, "L\0\0\0\1\x14\2\0" },
	{ "application/x-python-bytecode", CODE, STRENGTH_STRONG, 0, 4, "\xa7\x0d\x0d\x0a" },
	{ "application/x-lua-bytecode", CODE, STRENGTH_STRONG, 0, 4, "\x1bLua" },
	{ "application/x-llvm-bitcode", CODE, STRENGTH_STRONG, 0, 4, "BC\xc0\xde" },
	{ "application/x-qemu-disk", GUEST, STRENGTH_STRONG, 0, 4, "QFI\xfb" },
	{ "application/x-vmdk-disk", GUEST, STRENGTH_STRONG, 0, 4, "KDMV" },
	{ "application/x-vhdx-disk", GUEST, STRENGTH_STRONG, 0, 8, "vhdxfile" },
	{ "application/x-vdi-disk", GUEST, STRENGTH_STRONG, 0x40, 4, "\x7f\x10\xda\xbe" },
	{ "application/vnd.squashfs", GUEST, STRENGTH_STRONG, 0, 4, "hsqs" },
	{ "application/x-apple-partitions", GUEST, STRENGTH_STRONG, 512, 4, "PM\0\0" },
	{ "application/x-ext-image", GUEST, STRENGTH_WEAK, 1080, 2, "\x53\xef" },
	{ "application/x-amiga-disk-format", GUEST, STRENGTH_WEAK, 0, 3, "DOS" },
	{ "application/x-msa-floppy", GUEST, STRENGTH_WEAK, 0, 3, "\x0e\x0f\0" },
	{ "image/bmp",		DOC, STRENGTH_WEAK, 0, 2, "BM" },
	{ "audio/mpeg",		DOC, STRENGTH_WEAK, 0, 2, "\xff\xfb" },
	{ "application/xml",	DOC, STRENGTH_WEAK, 0, 5, "<?xml" },
};

/* Text beginnings in any case, after white space. */
static const struct {
	const char *type, *begin;
} texts[] = {
	{ "text/html", "<!doctype html" }, { "text/html", "<html" }, { "image/svg+xml", "<svg" },
};

/*
 * Extensions. CODE are those that execute somewhere: what a double extension must not end in. DOC
 * are those that promise a document: what must not hold a program.
 */
static const struct {
	const char *ext;
	enum content_kind kind;
	const char *type;
} extensions[] = {
	{ "jpg", DOC, "image/jpeg" }, { "jpeg", DOC, "image/jpeg" }, { "jpe", DOC, "image/jpeg" },
	{ "png", DOC, "image/png" }, { "gif", DOC, "image/gif" }, { "bmp", DOC, "image/bmp" },
	{ "tif", DOC, "image/tiff" }, { "tiff", DOC, "image/tiff" }, { "webp", DOC, "image/webp" },
	{ "svg", DOC, "image/svg+xml" }, { "heic", DOC, "image/heif" }, { "avif", DOC, "image/avif" },
	{ "ico", DOC, "image/vnd.microsoft.icon" }, { "djvu", DOC, "image/vnd.djvu" },
	{ "pdf", DOC, "application/pdf" }, { "ps", DOC, "application/postscript" },
	{ "eps", DOC, "image/x-eps" }, { "epub", DOC, "application/epub+zip" },
	{ "txt", DOC, "text/plain" }, { "md", DOC, "text/markdown" }, { "rtf", DOC, "application/rtf" },
	{ "csv", DOC, "text/csv" }, { "log", DOC, "text/x-log" },
	{ "html", DOC, "text/html" }, { "htm", DOC, "text/html" }, { "xml", DOC, "application/xml" },
	{ "doc", DOC, "application/msword" }, { "xls", DOC, "application/vnd.ms-excel" },
	{ "ppt", DOC, "application/vnd.ms-powerpoint" },
	{ "docx", DOC, "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ "xlsx", DOC, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "pptx", DOC, "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
	{ "odt", DOC, "application/vnd.oasis.opendocument.text" },
	{ "ods", DOC, "application/vnd.oasis.opendocument.spreadsheet" },
	{ "odp", DOC, "application/vnd.oasis.opendocument.presentation" },
	{ "mp3", DOC, "audio/mpeg" }, { "ogg", DOC, "audio/ogg" }, { "opus", DOC, "audio/x-opus+ogg" },
	{ "flac", DOC, "audio/flac" }, { "wav", DOC, "audio/x-wav" }, { "m4a", DOC, "audio/mp4" },
	{ "mid", DOC, "audio/midi" }, { "midi", DOC, "audio/midi" },
	{ "mp4", DOC, "video/mp4" }, { "mkv", DOC, "video/x-matroska" }, { "webm", DOC, "video/webm" },
	{ "avi", DOC, "video/x-msvideo" }, { "mov", DOC, "video/quicktime" },
	{ "mpg", DOC, "video/mpeg" }, { "mpeg", DOC, "video/mpeg" }, { "wmv", DOC, "video/x-ms-wmv" },
	{ "zip", DOC, "application/zip" }, { "gz", DOC, "application/gzip" },
	{ "tgz", DOC, "application/x-compressed-tar" }, { "xz", DOC, "application/x-xz" },
	{ "bz2", DOC, "application/x-bzip2" }, { "zst", DOC, "application/zstd" },
	{ "7z", DOC, "application/x-7z-compressed" }, { "rar", DOC, "application/vnd.rar" },

	{ "exe", CODE, "application/x-ms-dos-executable" }, { "com", CODE, "application/x-dos-com" },
	{ "bat", CODE, "application/x-bat" }, { "cmd", CODE, "application/x-bat" },
	{ "scr", CODE, "application/vnd.microsoft.portable-executable" },
	{ "pif", CODE, "application/x-pif" }, { "cpl", CODE, "application/x-windows-library" },
	{ "dll", CODE, "application/x-windows-library" }, { "msi", CODE, "application/x-msi" },
	{ "msp", CODE, "application/x-msi" }, { "lnk", CODE, "application/x-ms-shortcut" },
	{ "vbs", CODE, "text/vbscript" }, { "vbe", CODE, "text/vbscript" },
	{ "js", CODE, "text/javascript" }, { "mjs", CODE, "text/javascript" },
	{ "jse", CODE, "text/javascript" }, { "wsf", CODE, "application/x-wsf" },
	{ "wsh", CODE, "application/x-wsf" }, { "hta", CODE, "application/hta" },
	{ "ps1", CODE, "text/x-powershell" }, { "reg", CODE, "text/x-ms-regedit" },
	{ "sh", CODE, "application/x-shellscript" }, { "bash", CODE, "application/x-shellscript" },
	{ "csh", CODE, "application/x-csh" }, { "py", CODE, "text/x-python" },
	{ "pyc", CODE, "application/x-python-bytecode" }, { "pl", CODE, "application/x-perl" },
	{ "rb", CODE, "application/x-ruby" }, { "lua", CODE, "text/x-lua" },
	{ "php", CODE, "application/x-php" }, { "desktop", CODE, "application/x-desktop" },
	{ "jar", CODE, "application/x-java-archive" }, { "class", CODE, "application/x-java" },
	{ "apk", CODE, "application/vnd.android.package-archive" }, { "wasm", CODE, "application/wasm" },
	{ "appimage", CODE, "application/vnd.appimage" }, { "elf", CODE, "application/x-executable" },
	{ "run", CODE, "application/x-executable" },
	{ "prg", CODE, "application/x-atari-prg" }, { "app", CODE, "application/x-atari-prg" },
	{ "tos", CODE, "application/x-atari-tos" }, { "ttp", CODE, "application/x-atari-tos" },
	{ "68k", CODE, "application/x-cpm68k" },
	{ "rel", CODE, "application/x-cpm68k" }, { "x", CODE, "application/x-human68k" },

	{ "iso", GUEST, "application/x-cd-image" }, { "qcow2", GUEST, "application/x-qemu-disk" },
	{ "img", GUEST, "application/x-raw-disk-image" }, { "vmdk", GUEST, "application/x-vmdk-disk" },
	{ "adf", GUEST, "application/x-amiga-disk-format" }, { "msa", GUEST, "application/x-msa-floppy" },
	{ "st", GUEST, "application/x-atari-floppy" }, { "dsk", GUEST, "application/x-hfs" },
};

/* What a type is when only its name is known: the first pattern that fits. */
static const struct {
	const char *pattern;
	enum content_kind kind;
} kinds[] = {
	{ "image/*", DOC }, { "audio/*", DOC }, { "video/*", DOC }, { "font/*", DOC },
	{ "text/x-script*", CODE }, { "text/vbscript*", CODE }, { "text/javascript", CODE },
	{ "application/javascript", CODE }, { "text/x-python*", CODE }, { "application/x-perl", CODE },
	{ "application/x-shellscript", CODE }, { "application/x-csh", CODE },
	{ "application/x-ruby", CODE }, { "text/x-lua", CODE }, { "application/x-php", CODE },
	{ "application/x-elf-*", CODE }, { "application/*executable*", CODE },
	{ "application/x-dosexec", CODE }, { "application/x-dos-com", CODE },
	{ "application/x-bat", CODE }, { "application/x-dotnet*", CODE },
	{ "application/x-windows-library", CODE }, { "application/x-java*", CODE },
	{ "application/java*", CODE }, { "application/wasm", CODE }, { "application/*appimage", CODE },
	{ "application/vnd.android.package-archive", CODE }, { "application/x-msi", CODE },
	{ "application/x-pif", CODE }, { "application/x-wsf", CODE }, { "application/hta", CODE },
	{ "application/x-ms-shortcut", CODE }, { "application/x-desktop", CODE },
	{ "text/x-powershell", CODE }, { "text/x-ms-regedit", CODE }, { "application/x-*bytecode", CODE },
	{ "application/x-mach-binary", CODE }, { "application/x-atari-prg", CODE },
	{ "application/x-atari-tos", CODE }, { "application/x-mac-ppc", CODE },
	{ "application/x-cpm68k", CODE }, { "application/x-human68k", CODE },
	{ "application/x-mac-68k", CODE }, { "text/*", DOC },
	{ "application/*disk*", GUEST }, { "application/x-cd-image", GUEST },
	{ "application/x-*floppy*", GUEST }, { "application/x-linux-kernel", GUEST },
	{ "application/pdf", DOC }, { "application/postscript", DOC }, { "application/msword", DOC },
	{ "application/vnd.*", DOC }, { "application/epub+zip", DOC }, { "application/rtf", DOC },
	{ "application/*zip*", DOC }, { "application/*tar*", DOC }, { "application/x-xz", DOC },
	{ "application/xml", DOC }, { "application/json", DOC },
};

/* They say how something is packed, not what it is. */
static const char *const containers[] = {
	"application/zip", "application/x-ole-storage", "application/xml", "text/plain",
	"application/gzip", "application/x-java-archive", "application/json", "video/ogg",
};
/* clang-format on */

static bool strong_or(const struct source *s, size_t i)
{
	return magics[i].offset + magics[i].len <= s->nhead &&
	       memcmp(s->head + magics[i].offset, magics[i].bytes, magics[i].len) == 0;
}

/* WEBP, WAVE and AVI are inside of RIFF, and webm's doctype inside of Matroska. */
static bool outer_fits(const struct source *s, size_t i)
{
	if (magics[i].offset == 8)
		return memcmp(s->head, "RIFF", 4) == 0;
	if (magics[i].offset == 28)
		return memcmp(s->head, "OggS", 4) == 0;
	return magics[i].offset != 31 || memcmp(s->head, "\x1a\x45\xdf\xa3", 4) == 0;
}

bool table_magic(const struct source *s, struct content *c)
{
	size_t skip = 0;

	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (strong_or(s, i) && outer_fits(s, i))
			return content_set(c, magics[i].type, magics[i].kind, magics[i].strength,
					   "%s", "");
	while (skip < s->nhead && strchr(" \t\r\n", s->head[skip]) && s->head[skip])
		skip++;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strncasecmp((const char *)s->head + skip, texts[i].begin,
				s->nhead - skip < strlen(texts[i].begin)
					? s->nhead - skip
					: strlen(texts[i].begin)) == 0 &&
		    s->nhead - skip >= strlen(texts[i].begin))
			return content_set(c, texts[i].type, KIND_DOCUMENT, STRENGTH_STRONG, "%s",
					   "");
	return false;
}

bool table_text(const struct source *s, struct content *c)
{
	size_t n = s->nhead < TEXT_LOOK_BYTES ? s->nhead : TEXT_LOOK_BYTES;

	for (size_t i = 0; i < n; i++) {
		unsigned char ch = s->head[i];

		if (ch == 0x7f || (ch < 0x20 && !strchr("\t\n\r\f\v\b\x1b", ch)) || !ch)
			return false;
	}
	return content_set(c, "text/plain", KIND_DOCUMENT, STRENGTH_WEAK, "text");
}

const char *table_extension(const char *ext, size_t len, enum content_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (strlen(extensions[i].ext) == len &&
		    strncasecmp(extensions[i].ext, ext, len) == 0) {
			if (kind)
				*kind = extensions[i].kind;
			return extensions[i].type;
		}
	return NULL;
}

enum content_kind table_kind(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (fnmatch(kinds[i].pattern, type, 0) == 0)
			return kinds[i].kind;
	return KIND_UNKNOWN;
}

bool table_is_container(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(containers); i++)
		if (strcmp(containers[i], type) == 0)
			return true;
	return false;
}
