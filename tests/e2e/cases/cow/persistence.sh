#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What one session wrote, the next one sees.
. "$LIB"

seed
ok inside bash -ec 'echo kept >a; mkdir -p n/m; mv d/text n/m/; ln -s a s; rm b; mkfifo p; chmod 751 d'
ok inside bash -c 'cat a; cat n/m/text; readlink s; test -p p && echo fifo; stat -c %a d; ls; ls d'
out_is 'kept
some longer text
of two lines
a
fifo
751
a
d
dangling
dlink
empty
fifo
link
loop1
loop2
n
p
s
e
x'
