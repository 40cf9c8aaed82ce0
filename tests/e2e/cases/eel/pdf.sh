#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A PDF, as text where there is no display.
. "$LIB"

need pdftotext
cd "$W" || exit 1
/usr/bin/python3 - <<'PY'
objs = [b'<</Type/Catalog/Pages 2 0 R>>', b'<</Type/Pages/Kids[3 0 R]/Count 1>>',
        b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>',
        b'<</Length 44>>stream\nBT /F 18 Tf 20 40 Td (Hello from PDF) Tj ET  \nendstream',
        b'<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>']
out, at = b'%PDF-1.4\n', []
for i, o in enumerate(objs):
    at.append(len(out))
    out += b'%d 0 obj' % (i + 1) + o + b'endobj\n'
x = len(out)
out += b'xref\n0 6\n0000000000 65535 f \n' + b''.join(b'%010d 00000 n \n' % a for a in at)
open('a.pdf', 'wb').write(out + b'trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % x)
PY
ok uc_run -E DISPLAY -E WAYLAND_DISPLAY a.pdf
out_has 'Hello from PDF'
