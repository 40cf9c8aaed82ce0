#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same names as outside over a real tree.
. "$LIB"

d=/usr/share/doc
find $d -printf '%p %y %s %m %T@\n' | LC_ALL=C sort >"$CASE_DIR/o1"
uc_run find $d -printf '%p %y %s %m %T@\n' | LC_ALL=C sort >"$CASE_DIR/o2"
diff "$CASE_DIR/o1" "$CASE_DIR/o2" >"$CASE_DIR/d" || fail "$(head -n 20 "$CASE_DIR/d")"
ls -laR --time-style=full-iso /usr/lib/x86_64-linux-gnu/perl-base | grep -v ^total | cut -c 11- | awk '{$2=$3="";print}' >"$CASE_DIR/o1"
uc_run ls -laR --time-style=full-iso /usr/lib/x86_64-linux-gnu/perl-base | grep -v ^total | cut -c 11- | awk '{$2=$3="";print}' >"$CASE_DIR/o2"
diff "$CASE_DIR/o1" "$CASE_DIR/o2" >"$CASE_DIR/d" || fail "$(head -n 20 "$CASE_DIR/d")"
