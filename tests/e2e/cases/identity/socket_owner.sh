#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The file of a bound socket is its maker's, with the group of a set-group-id directory: PostgreSQL sets its mode.
. "$LIB"
need perl setpriv

as()
{
	printf 'setpriv --reuid %s --regid 60 --clear-groups perl -MSocket -e %s' "$1" "'$2'"
}

BIND='umask 027;
my $s;
socket($s, PF_UNIX, SOCK_STREAM, 0) and bind($s, sockaddr_un("s")) or die "bind: $!";
my @st = stat "s";
chmod 0600, "s" or die "chmod: $!";
printf "%o %d %d %o\n", $st[2], @st[4, 5], (stat "s")[2]'
CONNECT='my $s; socket($s, PF_UNIX, SOCK_STREAM, 0); exit(connect($s, sockaddr_un("s")) ? 0 : $!{EACCES} ? 3 : 4)'

ok uc_run sh -c "mkdir /tmp/so /tmp/so/g && cd /tmp/so && chmod 777 . && chgrp 77 g && chmod 2777 g && $(as 5 "$BIND") && cd g && $(as 6 "$BIND")"
out_is "$(printf '%s\n' '140750 5 60 140600' '140750 6 77 140600')"
# it lasts, and only the owner writes to it
ok uc_run sh -c 'cd /tmp/so/g && stat -c %u:%g:%a s'
out_is 6:77:600
expect 3 uc_run sh -c "cd /tmp/so/g && $(as 7 "$CONNECT")"
# bound over what was there on the host
mkdir -p "$W"
echo x >"$W/s"
ok inside sh -c "chmod 777 . && rm s && $(as 5 "$BIND")"
out_is '140750 5 60 140600'
