#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Pseudo-terminals made inside.
. "$LIB"

need script
ok uc_run script -qec 'tty; test -t 0 && echo terminal; stty size >/dev/null && echo sized' /tmp/uce2e.typescript
out_has '/dev/pts/[0-9]'
out_has terminal
ok uc_run cat /tmp/uce2e.typescript
out_has sized
command -v tmux >/dev/null || exit 0
ok uc_run bash -c 'export TERM=screen TMUX_TMPDIR=/tmp/uce2e.tmux; mkdir -p -m 700 /tmp/uce2e.tmux; tmux -f /dev/null new-session -d -x 80 -y 24 -s s "echo in-tmux; exec cat" || exit 1
until tmux capture-pane -p -t s | grep -q "^in-tmux"; do sleep 0.1; done
tmux send-keys -t s typed Enter
seen() { tmux capture-pane -p -t s | grep -q "$1"; }
until seen "^typed" && seen in-tmux; do sleep 0.1; done
tmux capture-pane -p -t s | head -n 4; tmux list-sessions -F "#{session_name}"; tmux kill-server'
out_has in-tmux
out_has '^typed'
