#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program is not told that it confines itself when it does not: at path level there is no Landlock for tasks.
. "$LIB"
need perl

cat >"$CASE_DIR/ll.pl" <<'EOF'
my $v = syscall(444, 0, 0, 1);
if ($v < 1) { print "none: $!\n"; exit }
# all rights of the first version, handled and not granted
my $rights = pack("Q", 8191);
my $fd = syscall(444, $rights, 8, 0);
syscall(157, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!";
syscall(446, $fd, 0) == 0 or die "restrict: $!";
print open(my $f, "<", "/etc/passwd") ? "not held\n" : "held: $!\n";
EOF
ok uc_run perl "$CASE_DIR/ll.pl"
if [ "$LEVEL" = path ]; then
	out_is 'none: Function not implemented'
else
	out_is "$(perl "$CASE_DIR/ll.pl")"
fi
