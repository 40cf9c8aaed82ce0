#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A Go program: its own way of calling the kernel, many threads.
. "$LIB"

need go
mkdir -p "$CASE_DIR/go"
cat >"$CASE_DIR/go/m.go" <<'GO'
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			name := fmt.Sprintf("go%d", i)
			if err := os.WriteFile(name, []byte(name), 0644); err != nil {
				fmt.Println(err)
			}
			b, err := os.ReadFile(name)
			if err != nil || string(b) != name {
				fmt.Println("bad", err)
			}
			os.Remove(name)
		}(i)
	}
	wg.Wait()
	out, err := exec.Command("cat", "a").CombinedOutput()
	fmt.Println(string(out), err)
	var names []string
	filepath.Walk(".", func(p string, i os.FileInfo, err error) error { names = append(names, p); return nil })
	sort.Strings(names)
	fmt.Println(names)
	l, err := net.Listen("unix", "sock")
	fmt.Println(err)
	go func() { c, _ := l.Accept(); c.Write([]byte("hi")); c.Close() }()
	c, err := net.Dial("unix", "sock")
	b := make([]byte, 10)
	n, _ := c.Read(b)
	fmt.Println(string(b[:n]), err)
	l.Close()
	_, err = os.Stat("missing")
	fmt.Println(err)
	d, _ := os.MkdirTemp(".", "t")
	fmt.Println(os.RemoveAll(d))
}
GO
export GOCACHE=$CASE_DIR/gocache GO111MODULE=off GOFLAGS=
(cd "$CASE_DIR/go" && go build -o m m.go) || skip "go does not build here"
own_seed()
{
	cp "$CASE_DIR/go/m" .
}
same ./m
