#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Hybrid hierarchies (v1 controllers and an empty v2) are no reason to refuse.
. "$LIB"

ok uc_run cat /proc/self/cgroup
ok uc_run true
ok "$UC" check
