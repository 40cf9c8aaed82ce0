#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc diff lists added, changed and deleted paths; --json tells the same.
. "$LIB"

seed
ok inside true
ok "$UC" diff test
out_is ''
ok inside bash -c 'echo n >new; echo c >a; rm b; rm -r d/e; mkdir nd; echo f >nd/f; chmod 700 d/x; mv link link2'
ok "$UC" diff test
for f in new a b d/e nd nd/f d/x link link2; do
	grep -qF "$W/$f" "$CASE_DIR/out" || fail "diff lacks $f: $(cat "$CASE_DIR/out")"
done
grep -qF "$W/empty" "$CASE_DIR/out" && fail "diff has what did not change"
cp "$CASE_DIR/out" "$CASE_DIR/text"
ok "$UC" diff test --json
W=$W /usr/bin/python3 - "$CASE_DIR/out" <<'PY' || fail "JSON: $(cat "$CASE_DIR/out")"
import json, os, sys
data = json.dumps(json.load(open(sys.argv[1])))
for name in ('new', 'a', 'b', 'd/e', 'nd/f'):
    assert os.environ['W'] + '/' + name in data, name
for word in ('added', 'modified', 'deleted'):
    assert word in data, word
PY
