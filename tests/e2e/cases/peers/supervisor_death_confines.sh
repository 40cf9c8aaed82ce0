#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umview: the tracer dies and the child runs on unconfined.
. "$LIB"

also project/supervisor_killed
