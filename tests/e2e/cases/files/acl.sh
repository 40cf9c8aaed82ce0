#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# POSIX ACLs: what they say is told back, the mode follows them, and they follow the mode. cp -p uses them.
. "$LIB"

need setfacl getfacl
mkdir "$W/outside"
setfacl -m u:1234:r "$W/outside" 2>/dev/null || skip "the file system has no ACLs"
rmdir "$W/outside"
seed
cat >"$W/acl.sh" <<'S'
umask 022
show()
{
	stat -c '%n %a' "$@"
	getfacl -n "$@" 2>/dev/null | grep -v '^# owner\|^# group'
}
rm -rf d; mkdir d; cd d
for m in 640 444 4711 000 1600 2755; do echo x >f$m; chmod $m f$m; cp -p f$m g$m; done
show f* g*
echo x >a; setfacl -m u:1234:rw,g:12:--- a; show a
chmod 600 a; show a; chmod 664 a; cp -p a b; mv b c; show c
setfacl -m u::--- c; show c; setfacl -b a; show a
mkdir e; setfacl -d -m u:1234:rwx e; show e; setfacl -k e; show e
mkfifo p; chmod 640 p; cp -a p q; show q
ln -s a l; setfacl -m u:1234:r l; show a
setfacl -m u:nobody-there:r a; echo $?
python3 - <<'P'
import os, struct
head = struct.pack('<I', 2)
def entry(tag, perm, who=0xffffffff): return struct.pack('<HHI', tag, perm, who)
base = entry(1, 6) + entry(4, 4) + entry(32, 4)
for what in (head + base, head + entry(1, 6), head + base + entry(2, 4, 1), head + entry(1, 8) + entry(4, 4) + entry(32, 4),
             struct.pack('<I', 1) + base, head + base + b'x', b'', head,
             head + entry(1, 6) + entry(2, 7, 5) + entry(4, 4) + entry(32, 4)):
    for path in ('a', 'e', 'p', 'missing'):
        for name in ('system.posix_acl_access', 'system.posix_acl_default'):
            try:
                os.setxattr(path, name, what)
                print(path, name, oct(os.stat(path).st_mode), len(os.listxattr(path)))
            except OSError as e:
                print(path, name, e.strerror)
P
S
same bash acl.sh
