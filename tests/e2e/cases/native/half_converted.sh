#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A conversion that was killed is done again, from either side.
. "$LIB"

need_level native "both levels are run here"
need_root
ok uc_run bash -ec 'mkdir /t; for i in $(seq 50); do echo $i >/t/$i; chown $i:$i /t/$i; done'
for level in path native; do
	# half of it: some in one form, some in the other, and a mark that says so
	echo converting >"$UC_HOME/test/level"
	for i in 3 5 7; do
		f=$UC_HOME/test/upper/t/$i
		if [ $level = path ]; then
			setfattr -n user.containers.override_stat -v "$i:$i:644" "$f"
			chown --reference="$UC_HOME/test" "$f"
		else
			chown --reference="$UC_HOME/test/upper/t/9" "$f"
		fi
	done
	ok "$UCRUN" --trap $level -u test bash -c 'for i in $(seq 50); do [ "$(stat -c %u:%g /t/$i)" = $i:$i ] || echo "$i $(stat -c %u:%g /t/$i)"; done'
	out_is ''
done
