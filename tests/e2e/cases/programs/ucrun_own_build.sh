#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# This project's own kind of work: meson and ninja inside.
. "$LIB"

need meson ninja gcc
mkdir "$W/src"
echo "project('p', 'c')
executable('p', 'p.c')
test('t', executable('t', 'p.c'))" >"$W/src/meson.build"
echo 'int main(void) { return 0; }' >"$W/src/p.c"
cd "$W" || exit 1
ok unchanged uc_run bash -c 'meson setup b src >/dev/null && ninja -C b >/dev/null && meson test -C b 2>&1 | grep -E "^Ok:" && ninja -C b'
out_has 'Ok: +1'
out_has 'no work to do'
