#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A local .deb with maintainer scripts: installed, kept, removed; the host unchanged.
. "$LIB"

need_host_root "/usr is bound, read-only"

need dpkg-deb dpkg
p=$CASE_DIR/pkg
mkdir -p "$p/DEBIAN" "$p/usr/bin" "$p/etc/ucpkg" "$p/var/lib/ucpkg"
cat >"$p/DEBIAN/control" <<C
Package: uc-e2e-package
Version: 1.0
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: a package for a test
C
printf '/etc/ucpkg/conf\n' >"$p/DEBIAN/conffiles"
cat >"$p/DEBIAN/postinst" <<'C'
#!/bin/sh
set -e
echo "postinst $1 as $(id -u)"
chown 33:33 /var/lib/ucpkg
chmod 2770 /var/lib/ucpkg
chmod 4755 /usr/bin/uc-e2e
ln -sf uc-e2e /usr/bin/uc-e2e-link
C
cat >"$p/DEBIAN/postrm" <<'C'
#!/bin/sh
rm -f /usr/bin/uc-e2e-link
C
chmod 755 "$p/DEBIAN/postinst" "$p/DEBIAN/postrm"
printf '#!/bin/sh\necho packaged\n' >"$p/usr/bin/uc-e2e"
chmod 755 "$p/usr/bin/uc-e2e"
echo conf >"$p/etc/ucpkg/conf"
dpkg-deb --root-owner-group -b "$p" "$CASE_DIR/p.deb" >/dev/null || fail "dpkg-deb"
sha256sum /var/lib/dpkg/status >"$CASE_DIR/before"
ok uc_run dpkg -i "$CASE_DIR/p.deb"
out_has '^postinst configure as 0'
ok uc_run bash -c 'uc-e2e-link; stat -c "%u %g %a" /var/lib/ucpkg; stat -c "%u %a" /usr/bin/uc-e2e; dpkg -s uc-e2e-package | grep ^Status; dpkg -V uc-e2e-package; echo $?'
out_is 'packaged
33 33 2770
0 4755
Status: install ok installed
0'
sha256sum /var/lib/dpkg/status | diff - "$CASE_DIR/before" || fail "the host's dpkg changed"
[ ! -e /usr/bin/uc-e2e ] || fail "it is on the host"
ok uc_run dpkg -P uc-e2e-package
ok uc_run sh -c '[ ! -e /usr/bin/uc-e2e ] && [ ! -e /usr/bin/uc-e2e-link ] && [ ! -e /etc/ucpkg ]'
