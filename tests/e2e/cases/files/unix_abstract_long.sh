#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Abstract names as long as they can be, or filled up with zeroes, in all calls that take and tell one.
. "$LIB"
need python3

same python3 -c '
import socket
for name in (b"\0" + b"x" * 107, b"\0uc-long".ljust(108, b"\0"), b"\0" + b"y" * 95, b"\0" + b"y" * 96, b"\0" + b"y" * 108):
    try:
        s = socket.socket(socket.AF_UNIX)
        s.bind(name)
    except OSError as e:
        print(len(name), e)
        continue
    s.listen()
    print(len(name), s.getsockname() == name)
    c = socket.socket(socket.AF_UNIX)
    for other in (name[:-1] + b"z", name):
        try:
            c.connect(other)
            print("connected", c.getpeername() == name)
        except OSError as e:
            print(e)
    a = s.accept()[0]
    c.send(b"hello")
    print(a.recv(9), a.getsockname() == name)
    try:
        socket.socket(socket.AF_UNIX).bind(name)
    except OSError as e:
        print(e)
d, e = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for i in (1, 2)]
d.bind(b"\0d".ljust(108, b"."))
e.bind(b"\0e".ljust(108, b"."))
e.sendto(b"data", d.getsockname())
data, who = d.recvfrom(9)
print(data, who == e.getsockname())
'
