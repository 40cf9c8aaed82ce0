# SPDX-License-Identifier: GPL-2.0-or-later
"""How bench/run tells what it measured: a table, JSON, and a picture."""

import math
import os

# Rows of calls that the floor traps, too.
FLOOR_ROWS = {"stat_1", "stat_5", "open_close", "open_close_private", "create_unlink"}


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def value_text(value, unit):
    if value is not None and unit == "ns":
        return f"{number(value / 1000)} us" if value >= 1000 else f"{value:.0f} ns"
    return "-" if value is None else f"{number(value)} {unit}"


def ratio_text(ratio):
    return "-" if ratio is None else f"{number(ratio)}x"


def table(b, results):
    columns = [c for c in b.columns if c != "native"]
    head = ["", "native", "ucrun"] + [c for c in columns if c != "ucrun"] + ["u/floor", "goal", ""]
    lines = [head]
    for row in results.rows:
        goal, met = results.verdict(row)
        line = [row.title]
        for c in ["native", "ucrun"] + head[3:-3]:
            if results.failed(row.key, c):
                line.append("failed")
            elif c == "native" or row.unit == "MiB" or (row.goal and row.goal.against == "abs" and
                                                        c == "ucrun"):
                line.append(value_text(results.median(row.key, c), row.unit))
            else:
                line.append(ratio_text(results.ratio(row.key, c, "native")))
        line.append(ratio_text(results.floor_ratio(row.key)) if row.key in FLOOR_ROWS else "")
        verdict = {None: "", True: "ok", False: "MISSED"}.get(met, met)
        lines.append(line + [goal, verdict])
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    text = ""
    for line in lines:
        cells = [c.ljust(w) if i in (0, len(head) - 2, len(head) - 1) else c.rjust(w)
                 for i, (c, w) in enumerate(zip(line, widths))]
        text += "  ".join(cells).rstrip() + "\n"
    for row in results.rows:
        for c in b.columns:
            if results.failed(row.key, c):
                b.notes.append(f"{row.title}, {c}: {results.values[row.key][c]}")
    return text + "".join(f"  {n}\n" for n in b.notes)


def as_json(b, results):
    rows = []
    for row in results.rows:
        goal, met = results.verdict(row)
        cells = {}
        for c in b.columns:
            cell = results.values[row.key].get(c)
            if isinstance(cell, str):
                cells[c] = {"failed": cell}
            elif cell:
                cells[c] = {"median": results.median(row.key, c), "values": cell,
                            "to_native": results.ratio(row.key, c, "native")}
        rows.append({"key": row.key, "title": row.title, "unit": row.unit, "cells": cells,
                     "ucrun_to_floor": results.floor_ratio(row.key), "goal": goal, "met": met})
    u = os.uname()
    return {"kernel": u.release, "machine": u.machine, "cpus": os.cpu_count(), "uid": os.getuid(),
            "rounds": b.args.rounds, "quick": b.args.quick, "notes": b.notes, "rows": rows}


def svg(b, results):
    """Bars of the ratios to native, on a logarithmic scale; the goal as a line where it is one."""
    colours = {"ucrun": "#1f6feb", "floor": "#bbbbbb", "floor-1": "#888888", "u-native": "#8250df",
               "proot": "#d29922",
               "bwrap": "#2da44e"}
    left, width, bar, gap, top = 200, 560, 9, 8, 56
    rows = []
    for row in results.rows:
        bars = [(c, results.ratio(row.key, c, "native")) for c in b.columns if c in colours]
        bars = [(c, r) for c, r in bars if r]
        if bars:
            rows.append((row, bars))
    lowest = min([r for _, bars in rows for _, r in bars] + [1.0])
    highest = max([r for _, bars in rows for _, r in bars] + [10.0])
    low, high = math.floor(math.log10(lowest) * 2) / 2, math.ceil(math.log10(highest) * 2) / 2

    def x(ratio):
        return left + width * (math.log10(ratio) - low) / (high - low)

    height = top + sum(len(bars) * bar + gap for _, bars in rows) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{height}" '
           'font-family="sans-serif" font-size="10">',
           f'<rect width="{left + width + 60}" height="{height}" fill="white"/>',
           '<text x="10" y="18" font-size="14">Time, as a multiple of native '
           '(logarithmic; shorter is better)</text>']
    at = 10
    for c in [c for c in b.columns if c in colours]:
        out.append(f'<rect x="{at}" y="28" width="10" height="10" fill="{colours[c]}"/>'
                   f'<text x="{at + 14}" y="37">{c}</text>')
        at += 30 + 7 * len(c)
    out.append(f'<line x1="{at}" y1="27" x2="{at}" y2="39" stroke="#cf222e" stroke-width="2"/>'
               f'<text x="{at + 6}" y="37">goal</text>')
    for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if 10 ** low <= step <= 10 ** high:
            out.append(f'<line x1="{x(step):.1f}" y1="{top - 8}" x2="{x(step):.1f}" '
                       f'y2="{height - 18}" stroke="{"#999" if step == 1 else "#e5e5e5"}"/>'
                       f'<text x="{x(step):.1f}" y="{height - 6}" text-anchor="middle">'
                       f'{step}x</text>')
    y = top
    for row, bars in rows:
        tall = len(bars) * bar
        out.append(f'<text x="{left - 8}" y="{y + tall / 2 + 3:.1f}" text-anchor="end">'
                   f'{row.title}</text>')
        for i, (c, r) in enumerate(bars):
            a, z = sorted((x(1), x(r)))
            out.append(f'<rect x="{a:.1f}" y="{y + i * bar}" width="{max(z - a, 1):.1f}" '
                       f'height="{bar - 1}" fill="{colours[c]}"/>'
                       f'<text x="{max(z, x(1)) + 3:.1f}" y="{y + i * bar + bar - 1}" '
                       f'font-size="8" fill="#555">{ratio_text(r)}</text>')
        limit = None
        if row.goal and row.goal.against == "native":
            limit = row.goal.limit
        elif row.goal and row.goal.against == "floor":
            floors = [r for c, r in bars if c == "floor"]
            limit = floors[0] * row.goal.limit if floors else None
        if limit and 10 ** low <= limit <= 10 ** high:
            out.append(f'<line x1="{x(limit):.1f}" y1="{y - 2}" x2="{x(limit):.1f}" '
                       f'y2="{y + tall + 1}" stroke="#cf222e" stroke-width="2"/>')
        y += tall + gap
    return "\n".join(out + ["</svg>"]) + "\n"
