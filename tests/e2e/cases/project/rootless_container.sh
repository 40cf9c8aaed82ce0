#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Root of a container that an ordinary user has started: 65536 ids, of which the compartment takes one.
. "$LIB"

[ "$(id -u)" -ne 0 ] || skip "needs an ordinary user"
need_level path "there are no ids left to map"
need newuidmap newgidmap
grep -qE "^($(id -un)|$(id -u)):" /etc/subuid || skip "no range in /etc/subuid"
container=(unshare --user --mount --pid --fork --mount-proc --map-auto --map-root-user)
"${container[@]}" true 2>/dev/null || skip "unshare cannot map a range"
chmod 711 "$CASE_DIR"
cat >"$CASE_DIR/inside" <<'SH'
mkdir -m 711 "$CASE_DIR/state"
export UC_HOME=$CASE_DIR/state
"$UCRUN" --trap path -u one sh -c 'id -u; echo x >/new; chown 5:6 /new; stat -c "%u:%g %s" /new'
stat -c 'one %u' "$UC_HOME/one"
"$UCRUN" --trap auto -u two id -u
stat -c 'two %u' "$UC_HOME/two"
"$UCRUN" --trap native -u two true
echo "native $?"
"$UC" list | wc -l
# the user outside could not remove what belongs to ids of the container
"$UC" rm one && "$UC" rm two && rm -r "$UC_HOME"
SH
ok "${container[@]}" sh "$CASE_DIR/inside"
out_has '^0$'
out_has '^5:6 2$'
out_has '^one 65[0-9]{3}$'
out_has '^two 65[0-9]{3}$'
out_has '^native 125$'
[ ! -e /new ] || fail "it is on the host"
[ ! -e "$CASE_DIR/state" ] || fail "something is left"
