#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: gdb inside fails.
. "$LIB"

also programs/gdb
