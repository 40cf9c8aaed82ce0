#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# RECV blocks for ever after the last task: the session ends, however its tasks do.
. "$LIB"

expect 0 uc_run true
expect 137 uc_run bash -c 'kill -KILL $$'
expect 0 uc_run bash -c 'exec 3<&- ; exec true'
expect 5 uc_run /usr/bin/python3 -c '
import os, threading
threading.Thread(target=lambda: os._exit(5)).start()
threading.Event().wait()'
expect 6 uc_run bash -c '(sleep 0.3; true) & exit 6'
