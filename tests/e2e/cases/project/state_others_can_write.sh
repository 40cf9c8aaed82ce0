#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A state directory that somebody else owns or can write.
. "$LIB"

ok "$UCRUN" --trap $LEVEL -u test true
chmod 777 "$UC_HOME/test"
one_error 125 '' "$UCRUN" --trap $LEVEL -u test true
chmod 700 "$UC_HOME/test"
ok "$UCRUN" --trap $LEVEL -u test true
chmod 777 "$UC_HOME"
one_error 125 '' "$UCRUN" --trap $LEVEL -u test true
chmod 755 "$UC_HOME"
ok "$UCRUN" --trap $LEVEL -u test true
if [ "$(id -u)" -eq 0 ]; then
	chown 12345 "$UC_HOME/test"
	one_error 125 '' "$UCRUN" --trap $LEVEL -u test true
	chown -R 0:0 "$UC_HOME/test"
else
	# the root directory of the machine: somebody else's
	UC_HOME=/usr/lib expect 125 "$UCRUN" --trap $LEVEL -u test true
fi
