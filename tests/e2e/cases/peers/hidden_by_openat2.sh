#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umvu: a hidden directory opens through openat2.
. "$LIB"

also confine/ways_up
