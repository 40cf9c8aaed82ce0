# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The rest of the program that starts_from() makes: start $ucrun with the options of $view.

# own_root OPTION... - there is an -r, or nothing that would start from anywhere
own_root()
{
	while [ $# -gt 0 ]; do
		case $1 in
		-r | --root | --root=* | --help | --version) return 0 ;;
		-[ubCEo] | --user | --bind | --chdir | --env | --output | --hostname | --trap | \
			--cpus | --memory | --swap | --pids | --nofile | --*-weight | --ee | --policy | \
			--allow | --display) shift ;;
		-*) ;;
		*) return 1 ;;
		esac
		shift
	done
	return 0
}

# A session in a session starts from what that one sees.
if [ -e /dev/.uc ] || own_root "$@"; then
	exec "$ucrun" "$@"
fi
exec "$ucrun" "${view[@]}" "$@"
