#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A picture opens in a terminal viewer, by its path or its plain name, without an x bit.
. "$LIB"

need chafa
cd "$W" || exit 1
/usr/bin/python3 - <<'PY'
import struct, zlib
def chunk(t, d):
    return struct.pack('>I', len(d)) + t + d + struct.pack('>I', zlib.crc32(t + d))
rows = b''.join(b'\0' + bytes([255, 0, 0]) * 32 + bytes([0, 0, 255]) * 32 for _ in range(64))
open('pic.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 64, 8, 2, 0, 0, 0)) +
    chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
PY
cp pic.png pic.jpg
chmod 644 pic.png pic.jpg
chafa pic.png >"$CASE_DIR/want"
for f in ./pic.png pic.png "$W/pic.png" pic.jpg; do
	ok uc_run -E DISPLAY "$f"
	same_file "$CASE_DIR/out" "$CASE_DIR/want"
	err_empty
done
# in a session: open, which needs no x bit; execution does
ok uc_run -E DISPLAY bash -c 'open pic.png'
same_file "$CASE_DIR/out" "$CASE_DIR/want"
expect 126 uc_run bash -c './pic.png'
err_has 'Permission denied'
chmod 755 pic.png
ok uc_run -E DISPLAY bash -c './pic.png'
same_file "$CASE_DIR/out" "$CASE_DIR/want"
one_error 127 'not found' uc_run -E PATH=/usr/bin missing.png
