#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# User namespaces are forbidden: --trap native says so, auto runs at path level, uc check has the way out.
. "$LIB"

need unshare setpriv
as=(env)
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 777 "$CASE_DIR/home2"
	chmod 711 "$CASE_DIR"
	as=(setpriv --reuid 54321 --regid 54321 --clear-groups env HOME="$CASE_DIR/home2"
		"UC_HOME=$CASE_DIR/home2/uc")
fi
# in a user namespace of its own, where the limit can be lowered
forbidden()
{
	# shellcheck disable=SC2016
	(cd / && "${as[@]}" unshare -U --map-current-user --keep-caps sh -c \
		'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set -all --inh-caps -all --ambient-caps -all "$@"' x "$@")
}
forbidden true 2>/dev/null || skip "no user namespace in which they could be forbidden"
(cd / && forbidden unshare -U true) 2>/dev/null && skip "they cannot be forbidden here"
one_error 125 'native.*--trap path' forbidden "$BUILD/ucrun" --trap native true
ok forbidden "$BUILD/ucrun" --trap auto echo ran
out_is ran
expect 0 forbidden "$BUILD/ucrun" -v --trap auto true
err_has 'path level: .'
ok forbidden "$UC" check
out_has '^native level  cannot run'
out_has 'to get it: (apt-get install uidmap|sysctl user.max_user_namespaces)'
ok forbidden "$UC" check --json
need python3
python3 - "$CASE_DIR/out" <<'PY' || fail "$(cat "$CASE_DIR/out")"
import json, sys
r = json.load(open(sys.argv[1]))
assert r['path'] and not r['native']
for p in r['probes']:
    assert p['gives'], p
    assert p['ok'] or p['how'] or 'not tried' in p['detail'], p
PY
