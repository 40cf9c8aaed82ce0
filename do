#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The one door to this tree. Each command first does whatever it needs that is missing:
#
#	./do deps		install the Debian packages that building and testing need
#	./do build		leave build/ucrun and build/uc, runnable in place
#	./do run -- ARG...	build, then run build/ucrun ARG...
#	./do test		every test: as the user who asks and, for root, as an ordinary user too
#	./do asan		the sanitizer build and its tests alone
#	./do bench [ARG...]	measure
#	./do install [DESTDIR]	install what was built
#
# Environment: JOBS (default: the number of processors), E2E (a pattern: which end-to-end cases),
# FUZZ_SECONDS (how long the fuzzers run).

set -u
cd "$(dirname "$(readlink -f "$0")")" || exit 1
top=$PWD

# The only lists of packages. A missing test package costs skipped cases, never a failure.
BUILD_PKGS=(gcc libc6-dev meson ninja-build pkgconf libseccomp-dev libinih-dev nettle-dev
	    libcap-dev libarchive-dev uthash-dev libunicorn-dev libcapstone-dev)
TEST_PKGS=(check clang clang-format python3 git make perl sqlite3 gdb strace tmux bsdutils
	   openssh-client busybox-static musl-tools golang-go nodejs attr acl libcap2-bin file
	   procps e2fsprogs dpkg-dev fakeroot xz-utils util-linux libasan8 libubsan1 man-db shared-mime-info
	   qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-riscv64-linux-gnu
	   libc6-dev-riscv64-cross chafa feh xvfb x11-apps imagemagick poppler-utils mono-runtime uidmap
	   gcc-m68k-linux-gnu libc6-dev-m68k-cross qemu-user gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
	   gcc-powerpc-linux-gnu libc6-dev-powerpc-cross dosbox wabt xauth xserver-xephyr hfsutils gdb-multiarch acl)

JOBS=${JOBS:-$(nproc)}
E2E=${E2E:-}

say()
{
	printf '==> %s\n' "$*" >&2
}

die()
{
	printf 'do: %s\n' "$*" >&2
	exit 1
}

missing_of()
{
	local p

	for p; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] ||
			echo "$p"
	done
}

# Install those of the named packages that are missing.
need()
{
	local missing as_root=()

	command -v dpkg-query >/dev/null || return 0	# not Debian: the compiler will tell
	mapfile -t missing < <(missing_of "$@")
	[ ${#missing[@]} -eq 0 ] && return 0
	if [ "$(id -u)" -ne 0 ]; then
		as_root=(sudo -n)
		sudo -n true 2>/dev/null || {
			say "missing packages: apt-get install ${missing[*]}"
			return 1
		}
	fi
	say "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	"${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >&2 && return 0
	# The lists may be absent or old.
	"${as_root[@]}" apt-get update >&2
	"${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >&2
}

# Unicorn 2.1 where Debian has 2.0 only: unpacked into the checkout, see tools/get-unicorn.
# Only for who asks, UNICORN=2.1 ./do deps. Builds after that use it;
# UNICORN=stock builds with the system's nevertheless.
unicorn_dir=$top/build-deps/unicorn

get_unicorn()
{
	[ "${UNICORN:-}" = 2.1 ] || return 0
	pkg-config --atleast-version=2.1 unicorn 2>/dev/null && return 0
	tools/get-unicorn "$unicorn_dir" || say "ucrun-m68k uses the system's Unicorn, whose stores are slow"
}

unicorn_pc()
{
	local pc

	[ "${UNICORN:-}" = stock ] && return
	for pc in "$unicorn_dir"/*/lib/pkgconfig; do
		[ -e "$pc/unicorn.pc" ] && echo "$pc"
	done | tail -n 1
}

cmd_deps()
{
	local status=0

	need "${BUILD_PKGS[@]}" "${TEST_PKGS[@]}" || status=1
	get_unicorn
	return $status
}

# build_in DIR [MESON-OPTION]... - configure once, then compile; all output on stderr
build_in()
{
	local dir=$1 prog pc

	shift
	pc=$(unicorn_pc)
	if [ ! -f "$dir/build.ninja" ]; then
		meson setup "$dir" ${pc:+-Dpkg_config_path="$pc"} "$@" >&2 || return 1
	elif [ "$pc" != "$(cat "$dir/unicorn.pc-dir" 2>/dev/null)" ]; then
		meson configure "$dir" -Dpkg_config_path="$pc" >&2 || return 1
	fi
	echo "$pc" >"$dir/unicorn.pc-dir"
	ninja -C "$dir" >&2 || return 1
	for prog in cli/ucrun cli/uc loaders/m68k/ucrun-m68k loaders/uc-mac; do
		[ -e "$dir/src/$prog" ] && ln -sf "src/$prog" "$dir/${prog##*/}"
	done
	[ -e "$dir/src/eel/eel" ] && ln -sf src/eel/eel "$dir/eel"
	[ -x "$dir/ucrun" ] && [ -x "$dir/uc" ]
}

cmd_build()
{
	need "${BUILD_PKGS[@]}" || die "the packages above are needed to build"
	build_in build
}

cmd_run()
{
	[ "${1:-}" = -- ] && shift
	if [ -f build/build.ninja ]; then
		# A no-op build answers in a moment; its chatter is nobody's business.
		build_in build >/dev/null 2>&1 || build_in build || die "the build failed"
	else
		cmd_build || die "the build failed"
	fi
	exec "$top/build/ucrun" "$@"
}

# ---- tests ----

total_pass=0
total_fail=0
total_skip=0
broken=0
summary=()

# count NAME FILE - add the suite's own closing line, "... N passed, N failed, N skipped"
count()
{
	local line

	line=$(grep -aoE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$2" | tail -n 1)
	if [ -z "$line" ]; then
		line='0 passed, 1 failed, 0 skipped'
	fi
	read -r p _ f _ s _ <<<"${line//,/}"
	total_pass=$((total_pass + p))
	total_fail=$((total_fail + f))
	total_skip=$((total_skip + ${s:-0}))
	summary+=("$1: $p passed, $f failed, ${s:-0} skipped")
}

# suite NAME COMMAND... - run it, show what it says, keep its figures
suite()
{
	local name=$1 log status

	shift
	say "suite $name"
	log=$(mktemp) || exit 1
	"$@" 2>&1 | tee "$log" | sed '$!b; s/^\([0-9]* passed, [0-9]* failed\)/'"$name"': \1/'
	status=${PIPESTATUS[0]}
	count "$name" "$log"
	if [ "$status" -ne 0 ]; then
		broken=1
		# A suite that died without counting a failure is one all the same.
		grep -qE '[1-9][0-9]* failed' <<<"${summary[-1]}" || {
			total_fail=$((total_fail + 1))
			summary[-1]="$name: ended with status $status; ${summary[-1]#*: }"
		}
	fi
	rm -f "$log"
}

one_step()
{
	if "$@"; then
		echo '1 passed, 0 failed, 0 skipped'
	else
		echo '0 passed, 1 failed, 0 skipped'
		return 1
	fi
}

unit_tests()
{
	local status

	meson test -C "$1" --print-errorlogs --timeout-multiplier 4 >&2
	status=$?
	python3 tests/unit/count "$1/meson-logs/testlog.json" || return 1
	return $status
}

format_check()
{
	local files

	command -v clang-format >/dev/null || {
		echo '0 passed, 0 failed, 1 skipped'
		return 0
	}
	mapfile -t files < <(find src include modules bench tests -name '*.[ch]' 2>/dev/null)
	one_step clang-format --dry-run -Werror "${files[@]}"
}

e2e_here()
{
	local dir=$1

	shift
	python3 tests/e2e/run -j "$JOBS" --build "$dir" "$@" ${E2E:+"$E2E"}
}

# The same cases as an ordinary user, who may not be able to read this checkout: she gets a copy, and cgroups.
user_name=
user_dir=
. "$top/tests/delegate.sh"

user_remove()
{
	delegate_remove
	[ -n "$user_name" ] && userdel "$user_name" 2>/dev/null
	[ -n "$user_dir" ] && rm -rf "$user_dir"
	user_name=
	user_dir=
}

user_create()
{
	user_dir=$(mktemp -d /tmp/uctest.XXXXXX) || return 1
	chmod 755 "$user_dir"
	user_name=uctest$$
	useradd -d "$user_dir/home" -m -U -s /bin/bash "$user_name" || return 1
	grep -q "^$user_name:" /etc/subuid || # where login.defs gives no range by itself
		usermod --add-subuids 1700000000-1700065535 --add-subgids 1700000000-1700065535 \
			"$user_name"
	mkdir "$user_dir/tests" "$user_dir/tmp"
	chown "$user_name": "$user_dir/tmp"
	cp -r tests/e2e "$user_dir/tests/"
	chmod -R a+rX "$user_dir/tests"
	delegate_make "$user_name" "$user_name" # without, her budget cases are skipped
}

e2e_as_user()
{
	local dir=$1 name=$2

	shift 2
	mkdir -p "$user_dir/$name"
	cp -L "$dir/ucrun" "$dir/uc" "$dir/eel" "$user_dir/$name/" || return 1
	cp -L "$dir/uc-mac" "$user_dir/$name/" || return 1
	[ ! -e "$dir/ucrun-m68k" ] || cp -L "$dir/ucrun-m68k" "$user_dir/$name/" || return 1
	[ ! -e "$dir/src/loaders/m68k/libunicorn.so.2" ] ||
		cp "$dir/src/loaders/m68k/libunicorn.so.2" "$user_dir/$name/" || return 1
	(
		cd "$user_dir" || exit 1
		delegate_enter || exit 1
		setpriv --reuid "$user_name" --regid "$user_name" --init-groups --inh-caps=-all \
			env -i HOME="$user_dir/home" USER="$user_name" LOGNAME="$user_name" \
			SHELL=/bin/bash PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 TMPDIR="$user_dir/tmp" \
			${delegated_v2:+UC_E2E_DELEGATED="$delegated_v2"} \
			/usr/bin/python3 tests/e2e/run -j "$JOBS" --build "$user_dir/$name" \
			"$@" ${E2E:+"$E2E"}
	)
}

# When the build has a newer Unicorn than the system, the system's is tested as well.
m68k_stock()
{
	local dir=build-stock

	[ -n "$(unicorn_pc)" ] || { echo '0 passed, 0 failed, 1 skipped'; return 0; }
	UNICORN=stock build_in "$dir" || return 1
	python3 tests/e2e/run -j "$JOBS" --build "$dir" m68k/
}

ASAN_OPTIONS_TEST=detect_leaks=1:strict_string_checks=1:abort_on_error=0:exitcode=99
# Whole programs take minutes under the sanitizers and reach no path that the other groups miss.
ASAN_SKIP=(--skip-group programs)

asan_suites()
{
	say "sanitizer build"
	build_in build-asan -Db_sanitize=address,undefined -Db_lundef=false ||
		{ suite asan-build one_step false; return; }
	export ASAN_OPTIONS=$ASAN_OPTIONS_TEST UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
	suite unit-asan unit_tests build-asan
	suite e2e-asan e2e_here build-asan --sanitized "${ASAN_SKIP[@]}"
	if [ -n "$user_name" ]; then
		suite e2e-asan-user e2e_as_user build-asan asan --sanitized "${ASAN_SKIP[@]}"
	fi
	unset ASAN_OPTIONS UBSAN_OPTIONS
}

finish()
{
	echo
	printf '%s\n' "${summary[@]}"
	echo "$total_pass passed, $total_fail failed, $total_skip skipped"
	[ $total_fail -eq 0 ] && [ $broken -eq 0 ] && [ $total_pass -gt 0 ]
}

cmd_asan()
{
	cmd_deps || say "some packages are missing: their cases are skipped"
	asan_suites
	finish
}

cmd_test()
{
	cmd_deps || say "some packages are missing: their cases are skipped"
	suite build one_step cmd_build
	command -v clang >/dev/null &&
		suite clang-build one_step env CC=clang "$top/do" _build_in build-clang
	suite format format_check
	suite unit unit_tests build
	suite fuzz tests/fuzz/run build "${FUZZ_SECONDS:-30}"
	suite e2e e2e_here build
	[ -z "$E2E" ] && suite e2e-m68k-stock m68k_stock
	[ "$(id -u)" -eq 0 ] && suite e2e-native e2e_here build --level native
	if [ "$(id -u)" -eq 0 ]; then
		trap user_remove EXIT
		trap 'exit 130' INT TERM HUP
		if user_create; then
			suite e2e-user e2e_as_user build plain
			suite e2e-native-user e2e_as_user build plain --level native \
				--skip-group m68k --skip-group programs --skip-group peers
		else
			suite e2e-user false
		fi
	fi
	asan_suites
	user_remove
	finish
}

cmd_bench()
{
	cmd_build || die "the build failed"
	exec "$top/bench/run" "$@"
}

cmd_install()
{
	cmd_build || die "the build failed"
	DESTDIR=${1:-${DESTDIR:-}} meson install -C build
}

cmd=${1:-help}
[ $# -gt 0 ] && shift
case $cmd in
deps | build | test | asan) "cmd_$cmd" ;;
run | bench | install) "cmd_$cmd" "$@" ;;
_build_in) build_in "$@" ;;
help | -h | --help) sed -n '4,15s/^# \{0,1\}//p' "$0" ;;
*) die "$cmd: no such command; see ./do help" ;;
esac
