#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sockets, control messages, poll, select, epoll, timers: as with qemu-m68k
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_same sockets
