#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names that end in ".", ".." or a slash, of what is there, is not, and is a link, to the calls that make and remove.
. "$LIB"
need perl

cat >"$CASE_DIR/dots.pl" <<'EOF'
for my $p ("l/.","ld/.","dir/.","f/.","lf/.","m/.","m/x/.","dir/x/.",".","./.","dir/./.","l/./.","l/","ld/","dir/..","m/..","l/..","f/..","ld/..") {
printf "%-8s", $p;

 printf " mkdir=%s", mkdir($p) ? "ok" : $!;
printf " rmdir=%s", rmdir($p) ? "ok":$!;
printf " unlink=%s", unlink($p)?"ok":$!;
printf " link=%s", link("f",$p)?"ok":$!;
printf " linkfrom=%s", link($p,"nn")?"ok":$!;
unlink "nn";
printf " ren=%s", rename("f",$p)?"ok":$!;
printf " renfrom=%s", rename($p,"zz")?"ok":$!;
printf " renfromd=%s", rename("dir",$p)?"ok":$!;
printf " sym=%s", symlink("q",$p)?"ok":$!;
printf " open=%s", open(my $h,"<",$p)?"ok":$!;
printf " creat=%s", sysopen($h,$p,65)?"ok":$!;
printf " stat=%s lstat=%s", (stat $p)?"ok":$!, (lstat $p)?"ok":$!;
printf " readlink=%s", readlink($p)//$!;
printf " trunc=%s\n", truncate($p,0)?"ok":$!;
}
EOF
same_sh "ln -s missing l; mkdir dir; ln -s dir ld; touch f; ln -s f lf; perl $CASE_DIR/dots.pl; ls"
