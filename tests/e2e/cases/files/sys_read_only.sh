#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file of sysfs that cannot be changed says so.
. "$LIB"

[ -r /sys/kernel/uevent_seqnum ] || skip "no sysfs here"
ok uc_run sh -c 'cat /sys/kernel/uevent_seqnum >/dev/null; echo 1 >/sys/kernel/uevent_seqnum 2>/dev/null || echo refused'
out_is refused
