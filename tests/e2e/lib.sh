# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What end-to-end cases share. A case starts with: . "$LIB"
#
# The strongest check is "the same inside as outside": run a command outside, run it inside, compare
# standard output, standard error and status, and see that the host has not changed meanwhile.

set -u
umask 022
W=$CASE_DIR/work
BUILD=${BUILD-$(dirname "$UCRUN")} # the programs under test themselves

fail()
{
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}

skip()
{
	printf '%s\n' "$*"
	exit 77
}

need()
{
	local prog

	for prog; do
		command -v "$prog" >/dev/null || skip "$prog is not installed"
	done
}

# need_prog NAME... - helpers of progs/ that must have compiled
need_prog()
{
	local prog

	for prog; do
		[ -x "$PROGS/$prog" ] || skip "helper $prog could not be compiled"
	done
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# need_level LEVEL REASON - the case makes sense at one level only
need_level()
{
	[ "$LEVEL" = "$1" ] || skip "$1 level only: $2"
}

# need_host_root REASON - the view must start from the host's root
need_host_root()
{
	[ -z "${VIEW_ROOT-}" ] || skip "a user's own root: $1"
}

# Sessions of these cases: the level that is tested, one compartment, no noise.
uc_run()
{
	"$UCRUN" --trap "$LEVEL" -u test "$@"
}

# A second compartment, or other options.
uc_as()
{
	local name=$1

	shift
	"$UCRUN" --trap "$LEVEL" -u "$name" "$@"
}

# expect STATUS COMMAND... - output goes to files out and err in CASE_DIR
expect()
{
	local want=$1 got

	shift
	"$@" >"$CASE_DIR/out" 2>"$CASE_DIR/err" </dev/null
	got=$?
	if [ "$got" -ne "$want" ]; then
		printf 'status %s, expected %s: %s\n' "$got" "$want" "$*"
		printf -- '--- stdout\n'
		head -c 4000 "$CASE_DIR/out"
		printf -- '--- stderr\n'
		head -c 4000 "$CASE_DIR/err"
		exit 1
	fi
}

ok()
{
	expect 0 "$@"
}

# out_is TEXT, err_has PATTERN, out_has PATTERN, out_lacks PATTERN - about the last expect
out_is()
{
	local got

	got=$(cat "$CASE_DIR/out")
	[ "$got" = "$1" ] || fail "stdout is [$got], expected [$1]; stderr: $(head -c 1000 "$CASE_DIR/err")"
}

out_has()
{
	grep -qE -- "$1" "$CASE_DIR/out" || fail "stdout lacks /$1/: $(head -c 2000 "$CASE_DIR/out")"
}

out_lacks()
{
	grep -qE -- "$1" "$CASE_DIR/out" && fail "stdout has /$1/: $(head -c 2000 "$CASE_DIR/out")"
	return 0
}

err_has()
{
	grep -qE -- "$1" "$CASE_DIR/err" || fail "stderr lacks /$1/: $(head -c 2000 "$CASE_DIR/err")"
}

err_empty()
{
	[ ! -s "$CASE_DIR/err" ] || fail "stderr is not empty: $(head -c 2000 "$CASE_DIR/err")"
}

# one_error STATUS PATTERN COMMAND... - a single line "ucrun: what: why", this status, no output
one_error()
{
	local want=$1 pattern=$2

	shift 2
	expect "$want" "$@"
	[ ! -s "$CASE_DIR/out" ] || fail "an error printed on stdout: $(head -c 1000 "$CASE_DIR/out")"
	[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "not one line: $(cat "$CASE_DIR/err")"
	err_has '^ucrun: .+: .+'
	err_has "$pattern"
}

is()
{
	[ "$1" = "$2" ] || fail "${3:-value} is [$1], expected [$2]"
}

same_file()
{
	cmp -- "$1" "$2" || fail "$1 and $2 differ"
}

# inside COMMAND... - run in a session from the work directory
inside()
{
	(cd "$W" && uc_run "$@")
}

# snapshot DIR - every name with type, mode, owner, size, times and content
snapshot()
{
	(
		cd "$1" || exit 1
		find . -printf '%p %y %m %U %G %s %T@ %l\n' | LC_ALL=C sort
		find . -type f -readable -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
	)
}

# A tree to work on; its times are fixed so that listings compare.
seed()
{
	rm -rf "${W:?}"
	mkdir -p "$W/d/e/f" "$W/empty"
	(
		cd "$W" || exit 1
		echo one >a
		echo two >b
		printf 'some longer text\nof two lines\n' >d/text
		echo deep >d/e/f/deep
		echo exec >d/x
		chmod 755 d/x
		ln -s a link
		ln -s d dlink
		ln -s nowhere dangling
		ln -s loop2 loop1
		ln -s loop1 loop2
		mkfifo fifo
		find . -exec touch -h -d '2020-02-02 02:02:02Z' {} +
	)
}

own_seed()
{
	:
}

# same COMMAND... - run outside on a fresh tree, inside on a fresh tree, compare; the host's tree
# must not change. A case may define own_seed to add to the tree. With COPIED_UP set, everything
# is in the compartment's layer before the run inside.
same()
{
	local status

	seed
	(cd "$W" && own_seed)
	(cd "$W" && exec "$@") >"$CASE_DIR/out.outside" 2>"$CASE_DIR/err.outside" </dev/null
	status=$?
	seed
	(cd "$W" && own_seed)
	snapshot "$W" >"$CASE_DIR/snap.before"
	if [ -n "${COPIED_UP-}" ]; then
		# all of it in the upper layer first: same content, same times
		inside find . -exec chown -h 0:0 {} + || fail "copy-up by chown"
	fi
	(cd "$W" && uc_run "$@") >"$CASE_DIR/out.inside" 2>"$CASE_DIR/err.inside" </dev/null
	echo $? >"$CASE_DIR/status.inside"
	snapshot "$W" >"$CASE_DIR/snap.after"
	is "$(cat "$CASE_DIR/status.inside")" "$status" "status of $*; stderr: $(head -c 2000 \
		"$CASE_DIR/err.inside"); status"
	diff -au "$CASE_DIR/out.outside" "$CASE_DIR/out.inside" || fail "stdout differs: $*"
	diff -au "$CASE_DIR/err.outside" "$CASE_DIR/err.inside" || fail "stderr differs: $*"
	diff -au "$CASE_DIR/snap.before" "$CASE_DIR/snap.after" || fail "the host changed: $*"
	uc_reset
}

# same_copied_up COMMAND... - over the host's files, and once more over copied-up ones
same_copied_up()
{
	same "$@"
	COPIED_UP=1
	same "$@"
	COPIED_UP=
}

# same_sh SCRIPT - the same for a piece of shell
same_sh()
{
	same /bin/bash -c "$1"
}

uc_reset()
{
	"$UC" reset test >/dev/null 2>&1 || rm -rf "${UC_HOME:?}"
}

# also GROUP/NAME - this case is another one, under a name that says what it is for
also()
{
	exec "$(dirname "$LIB")/cases/$1.sh"
}

# unchanged COMMAND... - the command must not change the work directory on the host
unchanged()
{
	local status

	snapshot "$W" >"$CASE_DIR/snap.before"
	"$@"
	status=$?
	snapshot "$W" >"$CASE_DIR/snap.after"
	diff -au "$CASE_DIR/snap.before" "$CASE_DIR/snap.after" || fail "the host changed: $*"
	return $status
}

# wait_for COMMAND... - poll until it succeeds; the runner's time limit ends a case that never gets there
wait_for()
{
	until "$@"; do
		sleep 0.05
	done
}

# uc_fails COMMAND... - uc has 1 for a failure and 2 for wrong usage, and says why
uc_fails()
{
	"$@" >"$CASE_DIR/out" 2>"$CASE_DIR/err" </dev/null
	local got=$?

	case $got in
	1 | 2) ;;
	*) fail "status $got: $*" ;;
	esac
	err_has '^uc: '
}

# secret_seed PROG - a root $R with PROG in it, and beside it a directory $S that anybody may write,
# which the view of a session with -r "$R" does not have
secret_seed()
{
	need_prog "$1"
	S=$CASE_DIR/secrets R=$CASE_DIR/root
	mkdir -p "$S" "$R/proc" "$R/dev" "$R/tmp"
	echo SECRET >"$S/secret"
	chmod 777 "$S"
	chmod 666 "$S/secret"
	cp "$PROGS/$1" "$R/$1"
	snapshot "$S" >"$CASE_DIR/before"
}

# secret_run COMMAND... - in that root; the program is told where the secret is
secret_run()
{
	uc_run -r "$R" -C / -E SECRET="$S/secret" "$@"
}

secret_kept()
{
	snapshot "$S" >"$CASE_DIR/after"
	diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "what is hidden changed"
}

# upper PATH - where the compartment keeps its own PATH
upper()
{
	printf '%s/test/%supper%s\n' "$UC_HOME" \
		"${VIEW_ROOT:+layers/root${VIEW_ROOT//\//%2F}/}" "$1"
}

# starts_from DIR - from now on ucrun's sessions start there, when no root of theirs is given
starts_from()
{
	local dir

	{
		printf '#!/bin/bash\nview=(-C "$PWD" -r %q' "$1"
		for dir in /usr /var/lib/dpkg "$PROGS" "$BUILD" "$(dirname "$LIB")"; do
			[ ! -d "$dir" ] || printf ' -b %q' "$dir:$dir:ro"
		done
		printf ' -b %q)\nucrun=%q\n. %q\n' "$CASE_DIR:$CASE_DIR:cow" "$UCRUN" \
			"$(dirname "$LIB")/from_root.sh"
	} >"$CASE_DIR/ucrun"
	chmod 755 "$CASE_DIR/ucrun"
	export BUILD UCRUN=$CASE_DIR/ucrun
}

# alone_in DIR - from now on each ucrun is started in a fresh cgroup of its own, below this one of v2;
# not one in a session, for which cgroups are read-only
alone_in()
{
	export NOT_ALONE=${NOT_ALONE:-$UCRUN}
	cat >"$CASE_DIR/alone" <<EOF
#!/bin/sh
[ ! -w $1 ] || { mkdir $1/scope.\$\$ && echo \$\$ >$1/scope.\$\$/cgroup.procs; } || exit 125
exec $NOT_ALONE "\$@"
EOF
	chmod 755 "$CASE_DIR/alone"
	export UCRUN=$CASE_DIR/alone
}
case $UCRUN in
"$CASE_DIR"/*) ;; # a case within the case
*)
	[ -z "${VIEW_ROOT-}" ] || starts_from "$VIEW_ROOT"
	[ -z "${UC_E2E_DELEGATED-}" ] || alone_in "$UC_E2E_DELEGATED"
	;;
esac

# need_cgroup - limits of processors, memory and pids are enforced here
need_cgroup()
{
	uc_run --require-budget --cpus 2 --memory 256M --pids 200 true 2>"$CASE_DIR/err" ||
		skip "no cgroup for us: $(head -n 1 "$CASE_DIR/err")"
}

# own_cgroup CONTROLLER - where we are in its v1 hierarchy; nothing: there is none
own_cgroup()
{
	awk -v name="$1" '
	FNR == NR {
		split($0, part, ":")
		if ("," part[2] "," ~ "," name ",")
			own = substr($0, length(part[1]) + length(part[2]) + 3)
		next
	}
	own && $(NF - 2) == "cgroup" && "," $NF "," ~ "," name "," {
		if ($4 != "/" && index(own "/", $4 "/") == 1)
			own = substr(own, length($4) + 1)
		sub(/\/$/, "", own)
		print $5 own
		exit
	}' /proc/self/cgroup /proc/self/mountinfo
}

# close_cgroup CONTROLLER - an ordinary user's, v1: no cgroup can be made in that hierarchy until the shell ends
close_cgroup()
{
	local above

	above=$(own_cgroup "$1")
	[ "$above" ] && [ -w "$above" ] || return 0
	mkdir "$above/closed.$$" && echo $$ >"$above/closed.$$/cgroup.procs" &&
		chmod 555 "$above/closed.$$" || return 1
	closed_cgroups+=("$above")
	trap open_cgroups EXIT
}
closed_cgroups=()

open_cgroups()
{
	local above

	for above in "${closed_cgroups[@]}"; do
		echo $$ >"$above/cgroup.procs" && rmdir "$above/closed.$$"
	done
}

# apart FILE - run the part of a case that changes its cgroups: as root in a mount namespace of its own
apart()
{
	if [ "$(id -u)" -eq 0 ]; then
		unshare -m bash "$@"
	else
		bash "$@"
	fi
}

# without_cpu - in such a part: from now on no cpu controller can be had, but a freezer. Return: 1: not here
without_cpu()
{
	local mount dir

	mount=$(awk '/ - cgroup .*[ ,]cpu(,|$)/ { print $5 }' /proc/self/mountinfo)
	if [ "$mount" ]; then
		grep -qE ' - cgroup .*[ ,]freezer(,|$)' /proc/self/mountinfo || return 1
		if [ "$(id -u)" -ne 0 ]; then
			close_cgroup cpu
			return
		fi
		for dir in $mount; do
			mount -o remount,bind,ro "$dir" || return 1
		done
		return 0
	fi
	# delegated as systemd did before version 252
	mount=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	dir=${UC_E2E_DELEGATED:-$mount$(sed -n 's/^0:://p' /proc/self/cgroup)}/e2e.$$
	mkdir "$dir" && echo '+memory +pids' >"$dir/../cgroup.subtree_control" &&
		echo '+memory +pids' >"$dir/cgroup.subtree_control" || return 1
	alone_in "$dir"
	trap 'rmdir "$WITHOUT_CPU"/scope.* "$WITHOUT_CPU"' EXIT
	WITHOUT_CPU=$dir
}

# without_cgroups - in such a part: from now on no cgroup can be made. Return: 1: not here
without_cgroups()
{
	local mount controller

	if [ "$(id -u)" -eq 0 ]; then
		while read -r mount; do
			mount -o remount,bind,ro "$mount" || return 1
		done < <(awk '$0 ~ / - cgroup2? / { print $5 }' /proc/self/mountinfo)
		return 0
	fi
	for controller in cpu cpuacct memory pids blkio freezer; do
		close_cgroup $controller || return 1
	done
	# v2: beside us in our cgroup no controller can be had
	[ -z "${NOT_ALONE-}" ] || export UCRUN=$NOT_ALONE
	! uc_run --require-budget true 2>/dev/null
}

# cgroups [NAME] - the directories of a compartment's cgroups, one a line
cgroups()
{
	local id

	# shellcheck disable=SC2046
	id=$(printf 'uc-%s-%x-%x' "${1-test}" $(stat -c '%d %i' "$UC_HOME/${1-test}"))
	awk '$0 ~ / - cgroup2? / { print $5 }' /proc/self/mountinfo | while read -r mount; do
		find "$mount" -type d -name "$id" 2>/dev/null
	done
}

no_cgroups()
{
	[ -z "$(cgroups "$@")" ]
}
