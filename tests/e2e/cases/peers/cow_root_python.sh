#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: a cow view on /: python3 dies.
. "$LIB"

also programs/python
