#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# threads, subprocess, asyncio, multiprocessing, sqlite3, tempfile.
. "$LIB"

cat >"$CASE_DIR/p.py" <<'PY'
import asyncio, concurrent.futures, glob, json, multiprocessing, os, pathlib, queue, select, shutil, signal, socket, sqlite3, ssl, subprocess, sys, tempfile, threading, time, zipfile


def square(x):
    return x * x


async def main():
    proc = await asyncio.create_subprocess_exec('cat', 'a', stdout=subprocess.PIPE)
    out, _ = await proc.communicate()
    print('asyncio', out, proc.returncode)
    server = await asyncio.start_unix_server(lambda r, w: (w.write(b'hi'), w.close()), path='s.sock')
    reader, writer = await asyncio.open_unix_connection('s.sock')
    print('unix', await reader.read())
    writer.close()
    server.close()
    server = await asyncio.start_server(lambda r, w: (w.write(b'tcp'), w.close()), '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    print('tcp', await reader.read())
    writer.close()
    server.close()


if __name__ == '__main__':
    q = queue.Queue()
    ts = [threading.Thread(target=lambda i=i: q.put((i, open('a').read()))) for i in range(8)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    print('threads', sorted(q.queue))
    print('subprocess', subprocess.run(['sh', '-c', 'cat b; exit 3'], capture_output=True))
    print('shell', subprocess.check_output('ls | wc -l', shell=True), subprocess.call(['sleep', '0'], cwd='d'))
    try:
        subprocess.run(['missing-program'])
    except FileNotFoundError as e:
        print(e)
    try:
        subprocess.run(['sleep', '100'], timeout=0.2)
    except subprocess.TimeoutExpired:
        print('timeout')
    asyncio.run(main())
    for method in ('fork', 'spawn', 'forkserver'):
        ctx = multiprocessing.get_context(method)
        with ctx.Pool(3) as pool:
            print(method, pool.map(square, range(6)))
    m = multiprocessing.Manager()
    d = m.dict()
    p = multiprocessing.Process(target=d.__setitem__, args=('k', 'v'))
    p.start()
    p.join()
    print(dict(d))
    db = sqlite3.connect('x.db')
    db.execute('pragma journal_mode=wal')
    db.execute('create table t (n)')
    for i in range(50):
        with db:
            db.execute('insert into t values (?)', (i,))
    print('sqlite', db.execute('select sum(n) from t').fetchone())
    db2 = sqlite3.connect('x.db')
    print(db2.execute('select count(*) from t').fetchone())
    db.close(); db2.close()
    with tempfile.TemporaryDirectory() as t, tempfile.NamedTemporaryFile() as n, tempfile.TemporaryFile() as f:
        f.write(b'x'); n.write(b'y')
        pathlib.Path(t, 'z').write_text('z')
        print(os.listdir(t), os.path.exists(n.name))
    with zipfile.ZipFile('z.zip', 'w') as z:
        z.write('d/text')
    print(zipfile.ZipFile('z.zip').namelist(), sorted(glob.glob('**/*e*', recursive=True)))
    shutil.copytree('d', 'dd', symlinks=True)
    shutil.move('dd', 'ddd')
    shutil.rmtree('ddd')
    print(sorted(os.listdir('.')), [e.name for e in sorted(os.scandir('d'), key=lambda e: e.name) if e.is_dir()])
    print(shutil.disk_usage('.').total > 0, os.path.realpath('dlink/text').endswith('d/text'), os.path.ismount('/'))
    r, w = os.pipe()
    if os.fork() == 0:
        os.write(w, b'child')
        os._exit(0)
    print(os.read(r, 10), os.wait()[1])
    with concurrent.futures.ProcessPoolExecutor(2) as e:
        print(list(e.map(square, [7, 8])))
PY
chmod 755 "$CASE_DIR/p.py"
same /usr/bin/python3 "$CASE_DIR/p.py"
