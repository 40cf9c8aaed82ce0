#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mkexe.py FORMAT ELF OUT: a program that ld linked at 0 with -q (text, data, bss in a row) as a
file of another system. FORMAT: gemdos, cpm, cpm3, hunk, hu, hur. Only 32-bit relocations."""
import struct, sys

fmt, src, dst = sys.argv[1:]
elf = open(src, 'rb').read()
def be(fmt, off): return struct.unpack_from('>' + fmt, elf, off)
shoff, = be('I', 32)
shentsize, shnum, shstr = be('HHH', 46)
sections = [be('IIIIIIIIII', shoff + i * shentsize) for i in range(shnum)]
strtab = sections[shstr][4]
def name(s): return elf[strtab + s[0]:elf.index(b'\0', strtab + s[0])].decode()
by_name = {name(s): s for s in sections}
def body(n): return bytearray(elf[by_name[n][4]:by_name[n][4] + by_name[n][5]]) if n in by_name else bytearray()
def size(n): return by_name[n][5] if n in by_name else 0
text, data = body('.text'), body('.data')
data_at = by_name['.data'][3] if '.data' in by_name else len(text)
bss_at = by_name['.bss'][3] if '.bss' in by_name else data_at + len(data)
text += bytes(data_at - len(text))
data += bytes(bss_at - data_at - len(data))
bss = (size('.bss') + 3) & ~3
image = text + data
relocs = []
for n, s in by_name.items():
    if n in ('.rela.text', '.rela.data'):
        for i in range(s[5] // 12):
            off, info, _ = be('IIi', s[4] + 12 * i)
            kind = info & 0xff
            if kind == 1:
                relocs.append(off)
            elif kind not in (0, 4, 5, 6):
                sys.exit(f'relocation {kind} at {off:#x}')
relocs.sort()
def section(value): return 0 if value < data_at else 1 if value < bss_at else 2
out = bytearray()
if fmt == 'gemdos':
    out += struct.pack('>HIIIIIIH', 0x601a, len(text), len(data), bss, 0, 0, 0, 0) + image
    if relocs:
        out += struct.pack('>I', relocs[0])
        for a, b in zip(relocs, relocs[1:]):
            d = b - a
            while d > 254:
                out.append(1)
                d -= 254
            out.append(d)
        out.append(0)
    else:
        out += bytes(4)
elif fmt in ('cpm', 'cpm3'):
    out += struct.pack('>HIIIIIIH', 0x601a if fmt == 'cpm' else 0x601b, len(text), len(data), bss, 0, 0, 0, 0)
    if fmt == 'cpm3':
        out += struct.pack('>II', data_at, bss_at)
    words = [0] * (len(image) // 2)
    for off in relocs:
        value, = struct.unpack_from('>I', image, off)
        words[off // 2] = 5
        words[off // 2 + 1] = (2, 1, 3)[section(value)]
    out += image + struct.pack(f'>{len(words)}H', *words)
elif fmt == 'hunk':
    base = (0, data_at, bss_at)
    parts = (text, data)
    out += struct.pack('>IIIII', 0x3f3, 0, 3, 0, 2)
    out += struct.pack('>III', len(text) + 3 >> 2, len(data) + 3 >> 2, bss >> 2)
    for k in (0, 1):
        part = bytearray(parts[k]) + bytes(-len(parts[k]) & 3)
        table = {}
        for off in relocs:
            if section(off) != k:
                continue
            value, = struct.unpack_from('>I', image, off)
            target = section(value)
            struct.pack_into('>I', part, off - base[k], value - base[target])
            table.setdefault(target, []).append(off - base[k])
        out += struct.pack('>II', (0x3e9, 0x3ea)[k], len(part) >> 2) + part
        if table:
            out += struct.pack('>I', 0x3ec)
            for target, offs in table.items():
                out += struct.pack(f'>II{len(offs)}I', len(offs), target, *offs)
            out += struct.pack('>I', 0)
        out += struct.pack('>I', 0x3f2)
    out += struct.pack('>III', 0x3eb, bss >> 2, 0x3f2)
elif fmt == 'hu':
    table, last = bytearray(), 0
    for off in relocs:
        d = off - last
        table += struct.pack('>H', d) if d != 1 and d < 65536 else struct.pack('>HI', 1, d)
        last = off
    out += struct.pack('>HBBIIIIIIIIII', 0x4855, 0, 0, 0, 0, len(text), len(data), bss, len(table), 0, 0, 0, 0)
    out += bytes(64 - len(out)) + image + table
elif fmt == 'hur':
    if relocs:
        sys.exit('a .R file has no relocation')
    out += image + bytes(bss)
open(dst, 'wb').write(out)
