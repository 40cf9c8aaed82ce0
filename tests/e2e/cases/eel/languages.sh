#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# .NET, Java, WebAssembly and scripts without #!, each by its own interpreter.
. "$LIB"

cd "$W" || exit 1
ran=
if command -v node >/dev/null; then
	ran=1
	base64 -d >hello.wasm <<'B64'
AGFzbQEAAAABDAJgBH9/f38Bf2AAAAIjARZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCGZkX3dyaXRlAAADAgEBBQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAEKHQEbAEEAQQg2AgBBBEELNgIAQQFBAEEBQRQQABoLCxEBAEEICwtoZWxsbyB3YXNtCg==
B64
	ok uc_run ./hello.wasm
	out_is 'hello wasm'
	echo 'console.log("js", process.argv[2])' >a.js
	ok uc_run ./a.js x
	out_is 'js x'
fi
if command -v wasm-interp >/dev/null; then
	ran=1
	# (module (func (export "answer") (result i32) i32.const 42))
	printf '\0asm\1\0\0\0\1\5\1\140\0\1\177\3\2\1\0\7\12\1\6answer\0\0\12\6\1\4\0\101\52\13' >answer.wasm
	ok uc_run --ee wasm-interp ./answer.wasm
	out_is 'answer() => i32:42'
fi
if command -v mono >/dev/null && [ -e /usr/lib/mono/4.5/gacutil.exe ]; then
	ran=1
	cp /usr/lib/mono/4.5/gacutil.exe tool
	chmod 755 tool
	ok uc_run ./tool /l mscorlib
	out_has 'The following assemblies'
fi
if command -v java >/dev/null && command -v javac >/dev/null && command -v jar >/dev/null; then
	ran=1
	echo 'class H { public static void main(String[] a) { System.out.println("java " + a[0]); } }' >H.java
	javac -J-XX:-UsePerfData H.java && jar -J-XX:-UsePerfData -cfe h.jar H H.class || fail "javac"
	ok uc_run ./h.jar x
	out_is 'java x'
	ok uc_run ./H.class x
	out_is 'java x'
fi
echo 'print("py", __import__("sys").argv[1])' >a.py
ok uc_run ./a.py x
out_is 'py x'
[ -n "$ran" ] || skip "neither node nor mono nor java is installed"
