#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A repository of the host: commits stay in the compartment.
. "$LIB"

need git
cd "$W" || exit 1
export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e
git init -q -b main . && echo x >f && git add f && git commit -qm one || fail "outside"
ok unchanged uc_run bash -ec 'git config --global --add safe.directory "*"; echo y >>f; git commit -qam two; git log --oneline | wc -l; git gc -q; git checkout -q HEAD~1; cat f'
out_is '2
x'
is "$(git log --oneline | wc -l)" 1
