#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -t prints a line a call with the verdict; -o sends it to a file; classes choose.
. "$LIB"

need_level path "nothing but exec is trapped at native level"

seed
cd "$W" || exit 1
ok uc_run -t cat a
out_is one
err_has 'openat\(.*"a"'
ok uc_run -t -o "$CASE_DIR/trace" cat a
err_empty
grep -qE 'openat\(.*"a"' "$CASE_DIR/trace" || fail "no such line: $(tail -n 5 "$CASE_DIR/trace")"
grep -qE 'exec' "$CASE_DIR/trace" || fail "no exec in it"
ok uc_run --trace=path -o "$CASE_DIR/trace" sh -c 'echo x >new; cat missing; mkdir m; kill -0 $$; exit 0'
grep -qE 'mkdir.*"m"' "$CASE_DIR/trace" || fail "no mkdir"
grep -qE 'missing.*ENOENT' "$CASE_DIR/trace" || fail "no ENOENT"
grep -qE 'kill\(' "$CASE_DIR/trace" && fail "another class"
one_error 125 '' uc_run --trace=nonsense true
