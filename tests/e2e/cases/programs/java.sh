#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A Java program.
. "$LIB"

need java javac
mkdir "$CASE_DIR/j"
cat >"$CASE_DIR/j/M.java" <<'J'
import java.nio.file.*;
import java.util.stream.*;
public class M {
	public static void main(String[] a) throws Exception {
		System.out.println(Files.readString(Path.of("a")));
		Files.writeString(Path.of("new"), "x");
		Files.move(Path.of("new"), Path.of("newer"));
		try (var s = Files.walk(Path.of("d"))) { System.out.println(s.sorted().map(Path::toString).collect(Collectors.joining(","))); }
		var p = new ProcessBuilder("cat", "b").inheritIO().start();
		System.out.println(p.waitFor());
		Thread[] t = new Thread[8];
		for (int i = 0; i < 8; i++) { int n = i; t[i] = new Thread(() -> { try { Files.writeString(Path.of("t" + n), "t"); } catch (Exception e) { System.out.println(e); } }); t[i].start(); }
		for (var x : t) x.join();
		try { Files.delete(Path.of("missing")); } catch (NoSuchFileException e) { System.out.println(e.getMessage()); }
		System.out.println(Files.isSymbolicLink(Path.of("link")) + " " + Files.size(Path.of("d/text")));
	}
}
J
(cd "$CASE_DIR/j" && javac -J-XX:-UsePerfData M.java) || skip "javac does not work here"
chmod -R a+rX "$CASE_DIR/j"
same java -Xshare:auto -XX:-UsePerfData -Xmx128m -cp "$CASE_DIR/j" M
