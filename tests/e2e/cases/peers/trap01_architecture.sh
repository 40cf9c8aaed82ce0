#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No check of the architecture word: int 0x80, x32; io_uring.
. "$LIB"

for c in int80_open x32_open io_uring elf32; do
	bash "$(dirname "$LIB")/cases/confine/$c.sh" || [ $? -eq 77 ] || { rm -rf "$CASE_DIR/secrets" "$CASE_DIR/root"; fail $c; }
	rm -rf "$CASE_DIR/secrets" "$CASE_DIR/root"
done
