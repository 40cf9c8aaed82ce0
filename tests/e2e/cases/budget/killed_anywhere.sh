#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ucrun killed at any of its system calls, with its keeper or without, and the keeper at any of those by which
# it removes what is left: the next uc leaves nothing of it, neither process nor cgroup, record or frozen task. Each SWEEP_STEP-th call here; by hand: SWEEP_STEP=1.
. "$LIB"

need_prog kill_at
[ -z "${SANITIZED-}" ] || skip "LeakSanitizer does not work under ptrace"
need_cgroup
wait_for no_cgroups
records=/run/uc
[ "$(id -u)" -eq 0 ] || records=$UC_HOME/.run
# shellcheck disable=SC2046
record=$records/$(printf 'uc-test-%x-%x' $(stat -c '%d %i' "$UC_HOME/test"))

# at N WHO OPTION... - Return: 3: it ended before
at()
{
	local n=$1 who=$2 status

	shift 2
	"$PROGS/kill_at" "$n" "$who" "$UC" "$UCRUN" --trap "$LEVEL" -q -u test "$@" \
		</dev/null >"$CASE_DIR/out" 2>"$CASE_DIR/err"
	status=$?
	case $status in
	0 | 3) ;;
	*) fail "$who, call $n: status $status: $(tail -n 5 "$CASE_DIR/err"): $(cgroups)" ;;
	esac
	grep -q '^uc [a-z]*: status' "$CASE_DIR/err" && fail "$who, call $n: $(cat "$CASE_DIR/err")"
	no_cgroups || fail "$who, call $n: cgroups are left: $(cgroups | xargs -I{} find {} -type d)"
	[ ! -e "$record" ] || fail "$who, call $n: a record is left: $(cat "$record")"
	return $status
}

# sweep WHO OPTION... - over all calls that it makes
sweep()
{
	local n=1 who=$1 step=${SWEEP_STEP:-$STEP} killed=0

	shift
	while at "$n" "$who" "$@"; do
		killed=$((killed + 1))
		n=$((n + step))
	done
	[ $killed -gt 0 ] || fail "only $killed kills"
	echo "$who: killed $killed times, calls 1 to $n"
}

STEP=53
for who in supervisor keeper; do
	sweep $who --cpus 0.5 --memory 256M --pids 100 sh -c ': & : & wait'
done
STEP=11
sweep removal --cpus 0.5 --memory 256M --pids 100 sh -c 'sleep 0.01 & cat'
ok uc_run --pids 100 echo still
out_is still
wait_for no_cgroups

# held by the freezer: most of the time the tasks are frozen
cat >"$CASE_DIR/inner" <<EOF
. "\$LIB"
without_cpu || exit 0
record=$record STEP=127
$(declare -f at sweep)
for who in supervisor keeper; do
	sweep \$who --cpus 0.05 --pids 100 sh -c 'i=0; while [ \$i -lt 600 ]; do i=\$((i + 1)); done'
done
EOF
apart "$CASE_DIR/inner"
