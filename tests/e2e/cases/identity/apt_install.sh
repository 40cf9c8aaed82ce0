#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The proof: apt-get install -y hello in the compartment, kept for the next session, the host unchanged.
. "$LIB"

need_host_root "/usr is bound, read-only"

ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || skip "apt has no lists here"
apt-cache policy hello 2>/dev/null | grep -q 'Candidate: [0-9]' || skip "apt does not know hello"
[ ! -e /usr/bin/hello ] || skip "hello is installed on the host"
# can this machine fetch packages at all?
(cd "$CASE_DIR/tmp" && timeout 60 apt-get download hello >/dev/null 2>&1) || skip "packages cannot be fetched"
rm -f "$CASE_DIR"/tmp/*.deb
state()
{
	sha256sum /var/lib/dpkg/status
	ls -la --time-style=full-iso /var/lib/dpkg /var/lib/apt/lists /var/cache/apt/archives /usr/bin 2>/dev/null | sha256sum
	# /etc/uc is what cases beside this one configure
	ls -lA --time-style=full-iso --ignore=uc /etc | grep -v '^total' | sha256sum
}
state >"$CASE_DIR/before"
ok uc_run env DEBIAN_FRONTEND=noninteractive apt-get install -y hello
state | diff - "$CASE_DIR/before" || fail "the host changed"
is "$(uc_run hello)" 'Hello, world!'
is "$(uc_run sh -c 'dpkg -s hello | grep ^Status')" 'Status: install ok installed'
[ ! -e /usr/bin/hello ] || fail "it is on the host"
ok uc_run apt-get purge -y hello
expect 127 uc_run hello
