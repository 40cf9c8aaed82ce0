#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umvu inside umvu fails; a session in a session does not.
. "$LIB"
also nested/layers
