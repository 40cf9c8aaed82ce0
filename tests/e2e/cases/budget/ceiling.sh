#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The machine's owner's limits cannot be lifted: by no option, no uc set, no file of the user's.
. "$LIB"

need_root
mkdir -p "$CASE_DIR/etc/uc/user.d"
printf '[budget]\nnofile = 100\n[ceiling]\nnofile = 200\n' >"$CASE_DIR/etc/uc/uc.conf"
printf '[budget]\nnofile = 80\n[trust]\ndocument = deny\n[display]\nhost = deny\n' >"$CASE_DIR/etc/uc/user.d/low.conf"
printf '[budget]\nnofile = 90\n' >"$CASE_DIR/etc/uc/user.d/games.conf"
cat >"$CASE_DIR/inner" <<'EOF'
. "$LIB"
mount -t overlay -o "lowerdir=$CASE_DIR/etc:/etc" overlay /etc || skip "no overlay on /etc"
is "$(uc_as any sh -c 'ulimit -Hn')" 100
is "$(uc_as any --nofile 150 sh -c 'ulimit -Hn')" 150
one_error 125 '^ucrun: --nofile: more than .* allows: at most 200$' uc_as any --nofile 201 true
one_error 125 'at most 200$' uc_as any --nofile max true
uc_fails "$UC" set any nofile=201
printf '[budget]\nnofile = 5000\n' >"$UC_HOME/any/uc.conf"
is "$(uc_as any sh -c 'ulimit -Hn')" 200
is "$(uc_as low sh -c 'ulimit -Hn')" 80
one_error 125 'at most 80$' uc_as low --nofile 100 true
# by the user's login (games is in every /etc/passwd)
is "$(uc_as games sh -c 'ulimit -Hn')" 90
# and the same file says whether the caller's display may be shown, by the compartment's name beside the login
mkdir "$CASE_DIR/games"
chown games "$CASE_DIR/games"
chmod 755 "$CASE_DIR"
one_error 125 'user.d/low.conf does not allow it' setpriv --reuid games --regid games --clear-groups \
	env UC_HOME="$CASE_DIR/games" "$UCRUN" --trap path -u low --display host true
# and it is eel's
if [ "$LEVEL" = path ]; then
	printf '%%PDF-1.4\n%%\342\343\n' >"$CASE_DIR/x.pdf"
	uc_as any --explain "$CASE_DIR/x.pdf" >"$CASE_DIR/any" 2>&1
	uc_as low --explain "$CASE_DIR/x.pdf" >"$CASE_DIR/low" 2>&1
	grep -q deny "$CASE_DIR/any" && fail "denied for any: $(cat "$CASE_DIR/any")"
	grep -q deny "$CASE_DIR/low" || fail "not denied for low: $(cat "$CASE_DIR/low")"
fi
EOF
unshare -m bash "$CASE_DIR/inner"
status=$?
[ $status -eq 77 ] && skip "no overlay on /etc"
exit $status
