#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: strace inside fails.
. "$LIB"

also programs/strace
