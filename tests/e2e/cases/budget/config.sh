#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Configuration files: where they are, what is wrong in them, which one wins.
. "$LIB"

ok uc_run true
conf=$UC_HOME/test/uc.conf
mistake()
{
	printf '%b' "$1" >"$conf"
	one_error 125 "^ucrun: .*/test/uc.conf:$2: $3" uc_run true
}
mistake '[budget]\npids = abc\n' 2 'pids = abc: not a number'
mistake '[budget]\n\n# comment\npids = 5\nnofile = 0\n' 5 'nofile = 0: must be'
mistake 'pids = 5\n' 1 'pids: stands before any'
mistake '[budget]\npids 5\n' 2 'neither .section. nor KEY = VALUE'
mistake '[budget]\nfoo = 5\n' 2 'foo: no such limit'
mistake '[bugdet]\npids = 5\n' 2 '.bugdet.: unknown section'
mistake '[ceiling]\npids = 5\n' 2 '.ceiling.: unknown section'
mistake "[budget]\npids = $(printf '%0300d' 1)\n" 2 'longer than'
printf '[budget]\nnofile = 50\n' >"$conf"
is "$(uc_run sh -c 'ulimit -n')" 50
is "$(uc_run --nofile 40 sh -c 'ulimit -n; ulimit -Hn' | tr '\n' ' ')" '40 40 '
mkdir -p "$HOME/.config/uc"
printf '[budget]\nnofile = 60\n' >"$HOME/.config/uc/uc.conf"
is "$(uc_run sh -c 'ulimit -n')" 50
ok "$UC" set test nofile=
is "$(uc_run sh -c 'ulimit -n')" 60
mkdir -p "$CASE_DIR/x/uc"
printf '[budget]\nnofile = x\n' >"$CASE_DIR/x/uc/uc.conf"
XDG_CONFIG_HOME=$CASE_DIR/x one_error 125 "^ucrun: $CASE_DIR/x/uc/uc.conf:2: " uc_run true
