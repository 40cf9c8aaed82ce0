#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A task has the name that was executed: of a link or a script, not of the file behind it.
. "$LIB"
need pidof ps

same_sh 'ln -s /usr/bin/sleep a_link; ln -s a_link a_name_longer_than_fifteen; cp /usr/bin/sleep own
for p in ./a_link ./a_name_longer_than_fifteen ./own sleep; do $p 20 & while :; do c=$(cat /proc/$!/comm); [ "$c" = bash ] || { [ "$c" = sleep ] && [ $p != sleep ]; } || break; done; echo "$c"; ps -o comm= -p $!; kill $!; done
printf "#!/bin/sh\ncat /proc/\$\$/comm\n" >script; chmod +x script; ./script; sh -c "cat /proc/\$\$/comm; :"
env ./script; perl -e "system { q(./script) } q(x)"
bash -c "exec -a other ./a_link 20" & while [ "$(cat /proc/$!/comm)" != a_link ]; do :; done; echo named; kill $!'
# and runs on with all that a program starts with: arguments, registers, signals
same_sh 'ln -s /usr/bin/env e; A=b ./e -i C=d ./e | sort; ln -s /usr/bin/perl p; (trap "" USR1; ./p -e "kill USR1 => \$\$; print qq(\$0 @ARGV\n)" x y)'
