#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody is fooled: names that lie are refused, shown escaped, and run only when the user insists.
. "$LIB"

cd "$W" || exit 1
printf '#!/bin/sh\necho ran\n' >script
chmod 755 script
cp script photo.jpg
cp script 'see-this.jpg.sh'
cp script $'photo\xe2\x80\xaegpj.sh'
cp script $'pho\xe2\x80\x8bto.sh'
cp script 'photo            .sh'
one_error 126 "name-mismatch" uc_run ./photo.jpg
one_error 126 'double-extension' uc_run './see-this.jpg.sh'
one_error 126 'bidi' uc_run $'./photo\xe2\x80\xaegpj.sh'
grep -q $'\xe2\x80\xae' "$CASE_DIR/err" && fail "the name was not escaped"
one_error 126 'zero-width' uc_run $'./pho\xe2\x80\x8bto.sh'
one_error 126 'spaces' uc_run './photo            .sh'
for f in ./photo.jpg ./see-this.jpg.sh './photo            .sh'; do
	ok uc_run --policy allow "$f"
	out_is ran
done
ok uc_run ./script
out_is ran
# the owner of the compartment's configuration on the host
conf=$UC_HOME/test/uc.conf
printf '[trust]\ndouble-extension = transparent\n' >"$conf"
ok uc_run ./see-this.jpg.sh
printf '[trust]\nnative = maybe\n' >"$conf"
ok uc_run ./script
err_has "uc.conf:2: native 'maybe': must be transparent, ask or deny"
one_error 125 '--policy' uc_run --policy perhaps ./script
