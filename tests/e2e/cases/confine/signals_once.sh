#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog confine
seed
ok unchanged inside "$PROGS/confine" signals_once
