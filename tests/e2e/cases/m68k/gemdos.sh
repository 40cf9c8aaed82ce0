#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Atari programs: console, files, directories, memory, Pexec, modes; graphics ends in a message.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/pers.sh"
pers_same gemdos gemdos self.ttp 7 one two
expect 125 m68k_run ./self.ttp gem
err_has 'it calls AES \(trap #2\).*hatari'
expect 126 m68k_run -P amiga ./self.ttp
err_has 'no 000003F3'
expect 125 m68k_run -P beos ./self.ttp
err_has 'linux, cpm, gemdos'
expect 125 m68k_run -g 1 ./self.ttp
err_has 'for Linux programs only'
expect 42 m68k_run -t ./self.ttp child
err_has '^[0-9]+ Cconws\("child here'
err_has '^[0-9]+ Pterm\(42\) \.\.\.$'
