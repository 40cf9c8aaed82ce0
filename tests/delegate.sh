# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Cgroups for an ordinary user, delegated by root: cgroup-v2.rst of the kernel's documents, "Delegation", and the same
# in each v1 hierarchy that has a controller of ours. They are below the caller's own cgroup.
#
#	delegate_make NAME USER		as many as can be had; what could not be is told
#	delegate_enter			the calling shell, which then becomes the user
#	delegate_remove			with whatever still runs in them
#
# delegated_v2: the cgroup of v2, for UC_E2E_DELEGATED, or empty.

delegated=()		# the directories
delegated_v2=
delegated_above=()	# v2: the cgroup above it, and what to write there to have it as it was

# The version of each hierarchy that has something for us, and our own cgroup in it.
delegate_places()
{
	awk -v ours='cpu cpuacct memory pids blkio freezer' '
	BEGIN { split(ours, names, " "); for (i in names) wanted[names[i]] = 1 }
	FNR == NR {
		split($0, part, ":")
		path = substr($0, length(part[1]) + length(part[2]) + 3)
		n = split(part[2], list, ",")
		for (i = 1; i <= n; i++)
			own[list[i]] = path
		if (part[1] == 0 && part[2] == "")
			own["v2"] = path
		next
	}
	$(NF - 2) ~ /^cgroup2?$/ {
		key = $(NF - 2) == "cgroup2" ? "v2" : ""
		n = key ? 0 : split($NF, list, ",")
		for (i = 1; i <= n && !key; i++)
			key = list[i] in wanted ? list[i] : ""
		if (!key || !(key in own) || done[key]++)
			next
		path = own[key]
		if ($4 != "/") {
			if (index(path "/", $4 "/") != 1)
				next
			path = substr(path, length($4) + 1)
		}
		sub(/\/$/, "", path)
		print key == "v2" ? 2 : 1, $5 path
	}' /proc/self/cgroup /proc/self/mountinfo
}

delegate_v1()
{
	local dir=$1/$2

	mkdir "$dir" 2>/dev/null || return
	delegated+=("$dir")
	chown "$3:" "$dir" "$dir/cgroup.procs" "$dir/tasks"
}

# delegate_controllers ABOVE - for the cgroups below it. None, where there are processes in it: the kernel refuses, but
# for cpu and pids, with which it makes a threaded domain, where no process can move. The root, with no type, may do both.
delegate_controllers()
{
	local above=$1 controller before

	[ ! -e "$above/cgroup.type" ] || [ -z "$(cat "$above/cgroup.procs")" ] || return
	before=" $(cat "$above/cgroup.subtree_control") "
	for controller in cpu memory pids io; do
		[[ $before = *" $controller "* ]] && continue
		echo "+$controller" 2>/dev/null >"$above/cgroup.subtree_control" &&
			delegated_above+=("$above" "-$controller")
	done
	grep -qwE 'cpu|memory|pids' "$above/cgroup.subtree_control"
}

# Where others are beside us, it is below the first cgroup above ours that hands controllers on.
delegate_v2()
{
	local above=$1 dir controller file

	grep -qwE 'cpu|memory|pids' "$above/cgroup.controllers" 2>/dev/null || return 0
	until delegate_controllers "$above" 2>/dev/null; do
		above=${above%/*}
		[ -e "$above/cgroup.controllers" ] || return
	done
	dir=$above/$2
	mkdir "$dir" 2>/dev/null || return
	delegated+=("$dir")
	for controller in $(cat "$dir/cgroup.controllers"); do
		echo "+$controller" >"$dir/cgroup.subtree_control"
	done
	mkdir "$dir/shell" || return
	for file in $(cat /sys/kernel/cgroup/delegate 2>/dev/null || echo cgroup.procs cgroup.subtree_control); do
		# one that it tells may be of a controller that is not there
		chown -f "$3:" "$dir/$file" "$dir/shell/$file"
	done
	chown "$3:" "$dir" "$dir/shell"
	delegated_v2=$dir
}

delegate_make()
{
	local name=$1 user=$2 version dir

	while read -r version dir; do
		"delegate_v$version" "$dir" "$name" "$user" ||
			printf 'no cgroup for %s below %s\n' "$user" "$dir" >&2
	done < <(delegate_places)
}

delegate_enter()
{
	local dir

	for dir in "${delegated[@]}"; do
		[ ! -d "$dir/shell" ] || dir=$dir/shell
		[ "$dir" = "$delegated_v2/shell" ] || [ -e "$dir/tasks" ] || continue
		echo "$BASHPID" >"$dir/cgroup.procs" || return
	done
}

# delegate_empty DIR - remove it with what is below. In a frozen one nobody dies, and who forks may take some rounds.
delegate_empty()
{
	local dir=$1 below try

	for try in {1..100}; do
		find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null
		[ -d "$dir" ] || return 0
		while read -r below; do
			[ ! -e "$below/freezer.state" ] || echo THAWED >"$below/freezer.state"
			[ ! -e "$below/cgroup.freeze" ] || echo 0 >"$below/cgroup.freeze"
			[ "$try" -le 10 ] || xargs -r kill -KILL <"$below/cgroup.procs"
		done < <(find "$dir" -type d 2>/dev/null) 2>/dev/null
		sleep 0.1
	done
	printf '%s cannot be removed\n' "$dir" >&2
	return 1
}

delegate_remove()
{
	local i dir

	for dir in "${delegated[@]}"; do
		delegate_empty "$dir"
	done
	for ((i = 0; i < ${#delegated_above[@]}; i += 2)); do
		echo "${delegated_above[i + 1]}" 2>/dev/null >"${delegated_above[i]}/cgroup.subtree_control"
	done
	delegated=()
	delegated_v2=
	delegated_above=()
}
