//! Code that wants out. The whole of Python is assumed to be the attacker's; what is asked is what it reaches.

use std::net::TcpListener;

use super::*;

/// What an attempt may come to.
enum Expected {
    /// It fails with these words.
    Fails(&'static str),
    /// It comes to this, which is nothing of this machine's.
    Harmless(Value),
}
use Expected::{Fails, Harmless};

async fn check(python: &Python, code: &str, expected: Expected) {
    let (result, log) = told(python, job(code, json!({}))).await;
    match (result, expected) {
        (Err(error), Fails(words)) => {
            let error = error.to_string();
            assert!(error.contains(words), "{code}: {error}");
        }
        (Ok(found), Harmless(value)) => assert_eq!(found, value, "{code}"),
        (Ok(found), Fails(_)) => panic!("{code} came to {found}"),
        (Err(error), Harmless(_)) => panic!("{code}: {error}"),
    }
    assert!(!log.contains("canary"), "{log}");
}

#[tokio::test]
async fn nothing_of_this_machine_is_reached() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let canary = folder.path().join("canary");
    std::fs::write(&canary, "canary").unwrap();
    let path = canary.display();
    const NO_FILE: &str = "No such file or directory";
    let unsupported = || Fails("Not supported");
    let cases = [
        // Files: reading, listing, writing, linking, by every door that Python has.
        (format!("open('{path}').read()"), Fails(NO_FILE)),
        ("open('/etc/passwd').read()".into(), Fails(NO_FILE)),
        ("open('/proc/1/environ').read()".into(), Fails(NO_FILE)),
        ("open('/proc/self/maps').read()".into(), Fails(NO_FILE)),
        ("open('../../../../etc/passwd').read()".into(), Fails(NO_FILE)),
        ("import os\nos.open('/etc/passwd', os.O_RDONLY)".into(), Fails(NO_FILE)),
        ("import os\nos.listdir('/')".into(), Fails(NO_FILE)),
        ("import os\nos.listdir('.')".into(), Fails(NO_FILE)),
        ("import os\nos.stat('/etc')".into(), Fails(NO_FILE)),
        (format!("import os\nos.path.exists('{path}')"), Harmless(json!(false))),
        ("import pathlib\n[str(p) for p in pathlib.Path('/').rglob('*passwd*')]".into(), Harmless(json!([]))),
        ("import glob\nglob.glob('/etc/*')".into(), Harmless(json!([]))),
        (format!("open('{path}', 'w').write('x')"), Fails(NO_FILE)),
        ("open('/tmp/anabranch-canary', 'w').write('x')".into(), Fails(NO_FILE)),
        ("open('/usr/local/lib/python3.12/json/__init__.py', 'w').write('x')".into(), Fails("Error")),
        ("import tempfile\ntempfile.mkdtemp()".into(), Fails("No usable temporary directory")),
        ("import os\nos.symlink('/etc/passwd', '/tmp/link')".into(), Fails("Error")),
        (format!("import os\nos.remove('{path}')"), Fails(NO_FILE)),
        ("import shutil\nshutil.rmtree('/')".into(), Fails("Error")),
        (
            "import sqlite3\nsqlite3.connect('/tmp/canary.db').execute('create table a(b)')".into(),
            Fails("unable to open"),
        ),
        (
            "import sqlite3\nsqlite3.connect(':memory:').execute(\"attach '/tmp/canary.db' as c\")".into(),
            Fails("unable to open"),
        ),
        ("import linecache\nlinecache.getlines('/etc/passwd')".into(), Harmless(json!([]))),
        ("open(0).read()".into(), Harmless(json!(""))),
        ("input()".into(), Fails("EOFError")),
        ("[fd for fd in range(4, 64) if __import__('os').isatty(fd)]".into(), Harmless(json!([]))),
        ("import os\nos.fstat(4)".into(), Fails("Error")),
        // The environment and the command line.
        ("import os\ndict(os.environ)".into(), Harmless(json!({}))),
        ("import sys\nsys.argv".into(), Harmless(json!(["-c"]))),
        ("import os\nos.getcwd()".into(), Harmless(json!("/"))),
        (
            "import os\nos.putenv('LD_PRELOAD', '/tmp/x.so')\nos.getenv('LD_PRELOAD')".into(),
            Harmless(json!(null)),
        ),
        ("import socket\nsocket.gethostname()".into(), Fails("Error")),
        ("import getpass\ngetpass.getuser()".into(), Fails("Error")),
        ("import platform\nplatform.system() == 'Linux'".into(), Harmless(json!(false))),
        // Processes, threads, signals, foreign code.
        ("import os\nos.fork()".into(), Fails("has no attribute 'fork'")),
        ("import os\nos.system('id')".into(), Fails("has no attribute 'system'")),
        ("import os\nos.execv('/bin/sh', ['sh'])".into(), Fails("Error")),
        ("import os\nos.posix_spawn('/bin/sh', ['sh'], {})".into(), Fails("Error")),
        ("import os\nos.kill(1, 9)".into(), Fails("has no attribute 'kill'")),
        ("import os\nos.getppid()".into(), Fails("has no attribute 'getppid'")),
        ("import subprocess\nsubprocess.run(['id'])".into(), Fails("wasi does not support processes")),
        ("import threading\nthreading.Thread(target=print).start()".into(), Fails("can't start new thread")),
        ("import _thread\n_thread.start_new_thread(print, ())".into(), Fails("can't start new thread")),
        ("import multiprocessing".into(), Fails("No module named 'multiprocessing'")),
        ("import ctypes".into(), Fails("No module named 'ctypes'")),
        ("import mmap".into(), Fails("No module named 'mmap'")),
        ("import signal\nsignal.alarm(1)".into(), Fails("has no attribute 'alarm'")),
        ("import resource".into(), Fails("No module named 'resource'")),
        ("import pty".into(), Fails("Error")),
        // The network.
        ("import socket\nsocket.socket()".into(), unsupported()),
        ("import socket\nsocket.socket(fileno=3).recv(1)".into(), Fails("Error")),
        ("import socket\nsocket.create_connection(('169.254.169.254', 80))".into(), Fails("Error")),
        ("import socket\nsocket.gethostbyname('localhost')".into(), Fails("Error")),
        (
            "import urllib.request\nurllib.request.urlopen('http://169.254.169.254/latest/meta-data/')"
                .into(),
            Fails("Error"),
        ),
        (
            "import http.client\nhttp.client.HTTPConnection('127.0.0.1', 8650).request('GET', '/')".into(),
            Fails("Error"),
        ),
        ("import asyncio\nasync def f(): return 1\nasyncio.run(f())".into(), unsupported()),
        // The interpreter itself: it may break, and that is all.
        ("import os\nos._exit(0)".into(), Fails("ended the interpreter")),
        ("import os\nos.abort()".into(), Fails("ended the interpreter")),
        ("import faulthandler\nfaulthandler._sigsegv()".into(), Fails("ended the interpreter")),
        ("import sys\nsys.exit(3)".into(), Fails("SystemExit: 3")),
        ("raise KeyboardInterrupt".into(), Fails("KeyboardInterrupt")),
        ("import os\nfor fd in range(3): os.close(fd)\n1".into(), Fails("ended the interpreter")),
        (
            "f = lambda: 0\nf.__code__ = f.__code__.replace(co_code=bytes([100, 255] * 50))\nf()".into(),
            Fails(""),
        ),
        ("().__class__.__base__.__subclasses__().__len__() > 100".into(), Harmless(json!(true))),
        ("import sys\nsys._getframe(1).f_globals['GUEST'] = 1\nopen('/etc/passwd')".into(), Fails(NO_FILE)),
        (
            "import builtins, json\nbuiltins.len = lambda x: 'stays'\njson.loads = None\n1".into(),
            Harmless(json!(1)),
        ),
    ];
    assert!(cases.len() >= 60, "{}", cases.len());
    for (code, expected) in cases {
        check(&python, &code, expected).await;
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "canary");
    for made in ["/tmp/anabranch-canary", "/tmp/canary.db", "/tmp/link"] {
        assert!(!std::path::Path::new(made).exists(), "{made}");
    }
    // What one run does to the interpreter, the next one does not see.
    check(&python, "import json\n[len('abc'), json.loads('1')]", Harmless(json!([3, 1]))).await;
}

#[tokio::test]
async fn a_listener_of_ours_hears_nothing() {
    let Some(python) = python() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for code in [
        format!("import socket\nsocket.create_connection(('127.0.0.1', {port}), 1)"),
        format!("import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}/', timeout=1)"),
        format!(
            "import http.client\nhttp.client.HTTPConnection('127.0.0.1', {port}, timeout=1).request('GET', '/')"
        ),
        format!("import xmlrpc.client\nxmlrpc.client.ServerProxy('http://127.0.0.1:{port}').x()"),
        format!("import ftplib\nftplib.FTP().connect('127.0.0.1', {port}, 1)"),
        format!("import smtplib\nsmtplib.SMTP('127.0.0.1', {port}, timeout=1)"),
    ] {
        check(&python, &code, Fails("Error")).await;
    }
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}
