#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file that only eel runs, by every way of exec, in a root that has next to nothing.
. "$LIB"

need_level native "the path level's ways are those of eel/"
need_prog execs
[ -x /bin/busybox ] || skip "busybox is not installed"
[ "$(id -u)" -eq 0 ] || grep -qE "^($(id -un)|$(id -u)):" /etc/subuid || skip "no range in /etc/subuid"
R=$CASE_DIR/r
mkdir -p "$R"/{bin,proc,d,jail/bin,.config/uc/eel.d}
cp "$PROGS/execs" /bin/busybox "$R/bin/"
cp /bin/busybox "$R/jail/bin/"
ln -s busybox "$R/bin/sh"
for f in "$R/file" "$R/d/file" "$R/jail/file"; do
	printf 'KIND\1' >"$f"
	chmod 755 "$f"
done
printf 'KIND\1' >"$R/closed"
chmod 644 "$R/closed"
printf '#!/file arg\n' >"$R/script"
printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0>\0' >"$R/broken"
head -c 100 /dev/zero >>"$R/broken"
printf 'text of no kind\n' >"$R/text"
chmod 755 "$R/script" "$R/broken" "$R/text"
record='[k]\nProgram = /bin/busybox\nMagic = 0 4b494e4401\nArgs = echo ran %%f %%a\n'
printf "$record" >"$R/.config/uc/eel.d/k.ee"
mkdir -p "$R/jail/.config/uc/eel.d"
cp "$R/.config/uc/eel.d/k.ee" "$R/jail/.config/uc/eel.d/"
run()
{
	"$UCRUN" --trap native -u test -r "$R" -C / -E HOME=/ -E PATH=/bin "$@"
}
way()
{
	local want=$1

	shift
	expect "$want" run /bin/execs "$@"
}
way 0 plain /file 'two words'
out_is 'ran /file two words'
way 0 plain file
out_is 'ran file'
way 0 thread /file x
out_is 'ran /file x'
way 0 vfork /file x
out_is 'ran /file x'
way 0 fd /file x
out_is 'ran /dev/fd/3 x'
way 0 dirfd file x
out_is 'ran /dev/fd/3/file x'
way 0 noargs /file
out_is 'ran /file'
way 0 chroot /file x
out_is 'ran /file x'
way 0 setuid /file x
out_is 'ran /file x'
way 0 plain /script x
out_is 'ran /file arg /script x'
# what is no business of eel's fails as ever: EACCES, ENOENT, ENOEXEC, EACCES of a directory
way 13 plain /closed
way 2 plain /nothing
way 8 plain /broken
way 8 plain /text
way 13 plain /d
# one supervisor listens in a tree
way 16 listener /file
# many at once, and while one is killed
ok run /bin/sh -c 'i=0; while [ $i -lt 50 ]; do /file $i >/dev/null & i=$((i + 1)); done; wait; /file end'
out_is 'ran /file end'
