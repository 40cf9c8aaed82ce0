#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: /proc/mounts and df tell the host's truth.
. "$LIB"

also proc/mounts_tell_the_view
