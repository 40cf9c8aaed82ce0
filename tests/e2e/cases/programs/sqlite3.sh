#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need sqlite3
same sqlite3 x.db 'pragma journal_mode=wal; create table t(a integer primary key, b); insert into t(b) values (1),(2),(3); begin; insert into t(b) select b from t; commit; select count(*), sum(b) from t; vacuum; pragma integrity_check; .backup y.db' '.tables' 'attach "y.db" as y' 'select count(*) from y.t'
seed
sqlite3 "$W/h.db" 'create table t(a); insert into t values (1)'
sum=$(sha256sum <"$W/h.db")
is "$(inside bash -c 'sqlite3 h.db "insert into t values (2)"; sqlite3 h.db "insert into t values (3)" & sqlite3 h.db ".timeout 5000" "insert into t values (4)"; wait; sqlite3 h.db "select count(*) > 2 from t; pragma integrity_check"' 2>/dev/null | tail -n 2)" "1
ok"
is "$(sha256sum <"$W/h.db")" "$sum"
