#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# embed_records.sh OUT FILE...: a C file with the texts of the records, as builtin_records
set -e
out=$1
shift
{
	echo '#include "registry_priv.h"'
	n=0
	for file; do
		echo "static const char text_${n}[] = {"
		od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
		echo '0 };'
		n=$((n + 1))
	done
	echo 'const struct builtin_record builtin_records[] = {'
	n=0
	for file; do
		echo "	{ \"${file##*/}\", text_$n },"
		n=$((n + 1))
	done
	echo '};'
	echo 'const size_t builtin_records_count = sizeof(builtin_records) / sizeof(builtin_records[0]);'
} >"$out"
