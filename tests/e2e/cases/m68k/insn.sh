#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions that Unicorn lacks, and privileged and illegal ones, with the signals of Linux/m68k.
# qemu-m68k is no judge: it aborts at the first of these that a handler takes.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_build insn -m68040 -static
ok m68k_run "$CASE_DIR/insn"
out_is "expm1 0x1.4c2531c3c0d38p-1 sinh 0x1.0acd00fe63b97p-1
expm1 -0x1.c5041854df7d4p-3 sinh -0x1.02accd9d08102p-2
expm1 0x1.79ca10c924223p-67 sinh 0x1.79ca10c924223p-67
expm1 0x1.3494a9b171bf5p+144 sinh 0x1.3494a9b171bf5p+143
expm1 inf sinh inf
expm1 -0x1p+0 sinh -inf
expm1 0x0p+0 sinh 0x0p+0
trapv clear: done
trapv set: signal 8 code 2
rtr 1b
fpcr 50
fsave: signal 4 code 5
illegal: signal 4 code 1
div0: signal 8 code 1
chk: signal 8 code 2
a-line: signal 4 code 1
f-line: signal 4 code 1
trap 3: signal 4 code 4
trap 15: signal 5 code 1
stop: signal 4 code 5
reset: signal 4 code 5
trapls: done
traplt.w: done
trapls: signal 8 code 2
traplt.w: done
trapls: done
traplt.w: signal 8 code 2
trapls: signal 8 code 2
traplt.w: signal 8 code 2
trapls: signal 8 code 2
traplt.w: done
trapls: signal 8 code 2
traplt.w: done
trapls: signal 8 code 2
traplt.w: signal 8 code 2
trapls: signal 8 code 2
traplt.w: signal 8 code 2
trapls: done
traplt.w: signal 8 code 2
trapls: signal 8 code 2
traplt.w: signal 8 code 2
trapls: done
traplt.w: done
trapls: signal 8 code 2
traplt.w: done
trapls: signal 8 code 2
traplt.w: signal 8 code 2
trapls: signal 8 code 2
traplt.w: signal 8 code 2
trapls: signal 8 code 2
traplt.w: done
trapls: signal 8 code 2
traplt.w: done
trapt.l: signal 8 code 2
trapf.l: done
flags behind trapf: 0
move from sr: signal 4 code 5
rte: signal 4 code 5"
# qemu-m68k calls it SIGTRAP; a 68040 and Linux take it for an illegal instruction.
m68k_build bkpt -static
expect 132 m68k_run "$CASE_DIR/bkpt"
out_is 'signal 4 code 1 here 1
signal 4 code 1 here 1
signal 4 code 1 here 1'
