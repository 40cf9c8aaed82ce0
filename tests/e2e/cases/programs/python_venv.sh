#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual environment made and used inside.
. "$LIB"

ok uc_run /usr/bin/python3 -m venv --without-pip /venv
ok uc_run /venv/bin/python -c 'import sys; print(sys.prefix)'
out_is /venv
