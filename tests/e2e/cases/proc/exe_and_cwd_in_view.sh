#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Links of /proc name what the view calls it.
. "$LIB"

seed
cp /bin/readlink "$W/rl"
is "$(uc_run -b "$W:/m:cow" -C /m/d /m/rl /proc/self/exe)" /m/rl
is "$(uc_run -b "$W:/m:cow" -C /m/d readlink /proc/self/cwd)" /m/d
is "$(uc_run -b "$W:/m:cow" -C /m/d pwd -P)" /m/d
is "$(uc_run -b "$W:/m:cow" bash -c 'cd /m/d; exec 9</m/a; readlink /proc/self/fd/9; echo x >>/m/a; exec 8</m/a; readlink /proc/self/fd/8; echo y >/m/new; exec 7</m/new; readlink /proc/self/fd/7; mv /m/new /m/d/moved; readlink /proc/self/fd/7; rm /m/d/moved; readlink /proc/self/fd/7')" '/m/a
/m/a
/m/new
/m/d/moved
/m/d/moved (deleted)'
is "$(uc_run -b "$W:/m:cow" bash -c 'cp /m/rl /m/rl2; /m/rl2 /proc/self/exe; grep -c " /m/rl2$" <(/bin/cat /proc/self/maps)')" '/m/rl2
0'
ok uc_run -b "$W:/m:cow" bash -c 'cp /bin/cat /m/mycat; /m/mycat /proc/self/maps'
out_has ' /m/mycat$'
out_lacks "$UC_HOME"
