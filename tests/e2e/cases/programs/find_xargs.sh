#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

same_sh '
find . | sort; find . -type f -size +0 -printf "%p %s %m %y\n" | sort; find . -name "*e*" -newermt 2019-01-01 | sort; find -L . -name text | sort
find . -samefile a | sort; find . -lname a; find . -empty | sort; find d -depth; find . -type f -print0 | xargs -0 grep -l o | sort; find . -name deep -delete; find d -exec echo {} + | tr " " "\n" | sort; find . -xdev -type l | sort; find missing; echo $?
'
