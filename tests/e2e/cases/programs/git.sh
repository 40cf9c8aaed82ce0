#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# init, commit, branch, merge, gc, clone, worktree: same as outside.
. "$LIB"

need git
same_sh '
export HOME=$PWD GIT_AUTHOR_DATE="2020-01-01T00:00:00Z" GIT_COMMITTER_DATE="2020-01-01T00:00:00Z" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="*" GIT_CONFIG_KEY_1=gc.auto GIT_CONFIG_VALUE_1=0
export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e
rm -f fifo loop1 loop2
git init -q -b main . && git add . && git commit -qm first && git log --format=%H%s
git checkout -qb side && echo s >>d/text && git commit -qam side && git checkout -q main && echo m >>a && git commit -qam main && git merge -q side -m merge && git log --format=%H%s
git status --short; git rm -q b; git mv a moved; git status --short; git commit -qm more; git diff HEAD~1 --stat; git gc -q; git fsck; git count-objects -v | grep -v size; git clone -q . c && ls c && git -C c log --oneline | wc -l
git worktree add -q wt side && ls wt; git stash list; echo dirty >>moved; git stash -q; git stash pop -q; git status --short | sort; git grep deep; git archive HEAD | tar tf -; git bisect start -q 2>&1 | head -n 1; git reflog | wc -l
'
