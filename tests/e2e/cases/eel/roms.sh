#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Machines whose ROM nobody may ship: one line says which file is missing, and what it would be.
. "$LIB"

cd "$W" || exit 1
{ printf 'DOS\0'; head -c 901116 /dev/zero; } >disk.adf
{ printf '\016\017\0\011\0\1\0\0\0\117'; head -c 2000 /dev/zero; } >disk.msa
head -c 737280 /dev/zero >disk.st
printf '\140\032\0\0\0\20%0200d' 0 >game.prg
chmod 755 game.prg
export HOME=$W
one_error 126 'fs-uae would run it, but it needs ~/.config/uc/rom/kick.rom: a Kickstart ROM' uc_run ./disk.adf
one_error 126 'hatari-floppy would run it, but it needs ~/.config/uc/rom/tos.img: a TOS ROM, or EmuTOS' uc_run ./disk.msa
one_error 126 'hatari-floppy would run it, but it needs ~/.config/uc/rom/tos.img: a TOS ROM, or EmuTOS' uc_run ./disk.st
mkdir -p .config/uc/rom
echo rom >.config/uc/rom/tos.img
echo rom >.config/uc/rom/kick.rom
# then the display, or the program
for f in disk.adf disk.msa disk.st; do
	one_error 126 'would run it, but there is no display' uc_run ./$f
done
ok uc_run -E DISPLAY=far:0 -E PATH=/nowhere -x ./game.prg
out_has '\- hatari .*hatari is not installed: package hatari'
mkdir bin
printf '#!/bin/sh\necho "[$*]"\n' >bin/hatari
cp bin/hatari bin/fs-uae
chmod 755 bin/*
ok uc_run -E DISPLAY=far:0 -E PATH="$W/bin:/bin:/usr/bin" ./disk.st
out_is "[--tos $W/.config/uc/rom/tos.img --disk-a ./disk.st]"
ok uc_run -E DISPLAY=far:0 -E PATH="$W/bin:/bin:/usr/bin" ./game.prg
out_is "[--tos $W/.config/uc/rom/tos.img ./game.prg]"
ok uc_run -E DISPLAY=far:0 -E PATH="$W/bin:/bin:/usr/bin" ./disk.adf
out_is "[--kickstart_file=$W/.config/uc/rom/kick.rom --floppy_drive_0=./disk.adf]"
