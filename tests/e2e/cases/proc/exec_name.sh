#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program finds the name that it was executed by: AT_EXECFN and comm, of links, copies and scripts too.
. "$LIB"

own_seed()
{
	cp /bin/cat prog
	ln -s prog other
	ln -s prog a-name-of-more-than-fifteen
	printf '#!/bin/sh\ncat /proc/$$/comm\n. /proc/self/fd/8 8<<E\nread -r a </proc/self/comm; echo $a\nE\n' >script.sh
	printf '#!%s/script.sh x\n' "$PWD" >twice
	mkdir -p a/long/way/to/go/until/there/is/room/for/no/host/path/at/all
	ln -s "$PWD/prog" a/long/way/to/go/until/there/is/room/for/no/host/path/at/all/far
	chmod 755 script.sh twice
}
same_sh '
	tell()
	{
		"$1" /proc/self/comm
		LD_SHOW_AUXV=1 "$1" /dev/null | grep EXECFN
	}
	for p in ./prog ./other ./d/../other "$PWD/other" ./a-name-of-more-than-fifteen \
		a/long/way/to/go/until/there/is/room/for/no/host/path/at/all/far; do
		tell "$p"
	done
	PATH=$PWD:$PATH
	tell other
	cp prog copied
	ln -s copied "linked copy"
	tell ./copied
	tell "./linked copy"
	cd d && tell ../copied && cd ..
	./script.sh; script.sh; ln -s script.sh s; ./s; ./twice
	sh -c "exec -a zero ./other /proc/self/comm" 2>/dev/null || bash -c "exec -a zero ./other /proc/self/comm"
	echo | xargs -I{} ./other /proc/self/comm'
# a filter of the program's own, which kills at prctl: the exec must not be its end
if command -v python3 >/dev/null; then
	same python3 -c '
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
code = b"".join(struct.pack("HBBI", *i) for i in ((0x20, 0, 0, 0), (0x15, 0, 1, 157), (6, 0, 0, 0x80000000), (6, 0, 0, 0x7fff0000)))
buf = ctypes.create_string_buffer(code)
prog = struct.pack("HxxxxxxQ", 4, ctypes.addressof(buf))
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, ctypes.c_char_p(prog), 0, 0) == 0
os.execv("./other", ["other", "a"])'
fi
