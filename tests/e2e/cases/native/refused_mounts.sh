#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the kernel refuses a piece: one line with the way out for --trap native, the path level for
# auto, and nothing half-mounted in either case.
. "$LIB"

need_level native "it is about the native level"
need_root
need busybox unshare
unshare -m true 2>/dev/null || skip "no mount namespace here"

R=$CASE_DIR/root M=$CASE_DIR/m
mkdir -p "$R"/{bin,tmp,mnt} "$M"
chmod 711 "$CASE_DIR" "$M"
cp "$(command -v busybox)" "$R/bin/sh"
export R M

# in_ns SCRIPT - with mounts of its own; the number of mounts must be the same at its end
in_ns()
{
	unshare -m bash -c '. "$LIB"; set -e; '"$1"'
	set +e
	before=$(wc -l </proc/self/mountinfo)
	'"$2"'
	is "$(wc -l </proc/self/mountinfo)" "$before" mounts' || fail "$1"
}

# the upper directory is on an overlay itself: overlayfs refuses that. A tmpfs has user xattrs from Linux 6.6 on.
in_ns 'mount -t tmpfs t "$M"; setfattr -n user.x -v 1 "$M" 2>/dev/null || umount "$M"; mkdir "$M"/{l,u,w,m}; chmod 711 "$M"
	mount -t overlay o -o "lowerdir=$M/l,upperdir=$M/u,workdir=$M/w" "$M/m"; chmod 711 "$M/m"' '
	export UC_HOME=$M/m/uc
	one_error 125 "overlayfs refuses it.*UC_HOME" uc_run -r "$R" /bin/sh -c true
	ok "$UCRUN" -u auto -r "$R" /bin/sh -c "echo ran"
	out_is ran
	expect 0 "$UCRUN" -v -u auto -r "$R" /bin/sh -c true
	err_has "path level: .*overlayfs refuses it"
	"$UC" check >"$CASE_DIR/out" || true
	grep -A1 "^no *overlayfs" "$CASE_DIR/out" | grep -q "to get it: .*UC_HOME"'
# a file system without user xattrs holds no compartment at all
in_ns 'mount -t ramfs t "$M"; chmod 711 "$M"' '
	export UC_HOME=$M/uc
	one_error 125 "extended attributes.*UC_HOME" uc_run -r "$R" /bin/sh -c true
	one_error 125 "extended attributes.*UC_HOME" "$UCRUN" -r "$R" /bin/sh -c true'
# a mount that cannot be cloned
in_ns 'mount -t tmpfs t "$R/mnt"; mount --make-unbindable "$R/mnt"; cp "$R/bin/sh" "$R/mnt/"' '
	one_error 125 "mnt: the mount cannot be cloned: .*--trap path" uc_run -r "$R" /bin/sh -c true
	one_error 125 "mnt: cannot be taken over: .*--trap path" uc_run -r "$R/mnt" /sh -c true
	ok "$UCRUN" -u auto -r "$R" /bin/sh -c "echo ran"
	out_is ran'
ok uc_run -r "$R" /bin/sh -c 'echo fine'
out_is fine
