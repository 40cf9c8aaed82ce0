#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# embed.sh IN OUT: a C file with the bytes of IN as loader_stub()
set -e
{
	echo '#include "loader.h"'
	echo 'static const unsigned char image[] __attribute__((aligned(16))) = {'
	od -An -v -tx1 "$1" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '};'
	echo 'const void *loader_stub(size_t *size) { *size = sizeof(image); return image; }'
} > "$2"
