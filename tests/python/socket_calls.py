# Sockets: transfer, timeouts, messages with ancillary data, addresses, errors.
import array
import errno
import os
import signal
import socket
import threading
import time


def raises(kind, call, *args, text=None):
    try:
        call(*args)
    except kind as e:
        assert text is None or text in str(e), (text, str(e))
        return e
    raise AssertionError(f'{kind} not raised by {call}')


# ---- a pair, and what comes through it
a, b = socket.socketpair()
with a, b:
    assert a.family == socket.AF_UNIX and a.type == socket.SOCK_STREAM and a.gettimeout() is None
    a.sendall(b'one')
    assert b.recv(2) == b'on' and b.recv(100) == b'e'
    target = bytearray(4)
    a.send(b'abc')
    assert b.recv_into(target) == 3 and target == b'abc\0'
    a.send(b'xyz')
    assert b.recv_into(memoryview(target)[1:], 2) == 2 and target == b'axy\0' and b.recv(10) == b'z'
    raises(ValueError, b.recv, -1, text='negative buffersize in recv')
    raises(TypeError, b.recv_into, b'x', text='read-write bytes-like object')
    raises(ValueError, b.recv_into, bytearray(1), 2, text='buffer too small')
    raises(TypeError, a.send, 'text')

    # timeouts
    b.settimeout(0.02)
    begin = time.monotonic()
    e = raises(TimeoutError, b.recv, 1, text='timed out')
    assert time.monotonic() - begin >= 0.015
    b.setblocking(False)
    raises(BlockingIOError, b.recv, 1)
    assert b.getblocking() is False and b.gettimeout() == 0.0
    raises(ValueError, b.settimeout, -1, text='Timeout value out of range')
    raises(TypeError, b.settimeout, 'x')
    b.settimeout(None)

    # pieces and descriptors
    read_end, write_end = os.pipe()
    assert a.sendmsg([b'he', memoryview(b'llo')], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [write_end]))]) == 5
    data, ancillary, flags, address = b.recvmsg(100, socket.CMSG_SPACE(4))
    assert data == b'hello' and len(ancillary) == 1 and flags & socket.MSG_CTRUNC == 0
    level, kind, octets = ancillary[0]
    assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
    other = int.from_bytes(octets, 'little')
    os.write(other, b'through')
    assert os.read(read_end, 10) == b'through'
    for fd in read_end, write_end, other:
        os.close(fd)
    first, second = bytearray(2), bytearray(10)
    a.send(b'scattered')
    assert b.recvmsg_into([first, second])[0] == 9 and first == b'sc' and second == b'attered\0\0\0'

    a.shutdown(socket.SHUT_WR)
    assert b.recv(1) == b''
assert a.fileno() == -1
raises(OSError, a.recv, 1)

# ---- a server
with socket.create_server(('127.0.0.1', 0)) as server:
    host, port = server.getsockname()

    def serve():
        connection, peer = server.accept()
        with connection:
            assert peer[0] == '127.0.0.1'
            connection.sendall(b'y' * 3_000_000)

    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection((host, port), timeout=20) as client:
        total = 0
        while data := client.recv(1 << 16):
            total += len(data)
    thread.join()
    assert total == 3_000_000
    assert server.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    assert server.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 4) == b'\1\0\0\0'
with socket.socket() as s:
    assert s.connect_ex((host, port)) == errno.ECONNREFUSED
    raises(ConnectionRefusedError, s.connect, (host, port))

# ---- datagrams
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as x, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as y:
    x.bind(('127.0.0.1', 0))
    assert y.sendto(b'ping', x.getsockname()) == 4
    data, sender = x.recvfrom(10)
    assert data == b'ping' and sender[1] == y.getsockname()[1]
    assert y.sendto(b'pong', 0, x.getsockname()) == 4 and x.recvfrom_into(bytearray(9))[0] == 4

# ---- addresses in the abstract space, and names
with socket.socket(socket.AF_UNIX) as s:
    name = b'\0orochi-%d' % os.getpid()
    s.bind(name)
    assert s.getsockname() == name
    raises(OSError, s.connect, 'x' * 200, text='AF_UNIX path too long')
with socket.socket() as s:
    raises(TypeError, s.connect, 5, text='AF_INET address must be tuple, not int')
    raises(TypeError, s.connect, ('x',))
    raises(OverflowError, s.connect, ('127.0.0.1', 70000), text='port must be 0-65535.')
assert socket.getaddrinfo('127.0.0.1', 80, type=socket.SOCK_STREAM) == [(2, 1, 6, '', ('127.0.0.1', 80))]
assert socket.getaddrinfo('::1', '443', type=socket.SOCK_STREAM)[0][4] == ('::1', 443, 0, 0)
assert socket.getnameinfo(('127.0.0.1', 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV) == ('127.0.0.1', '80')
e = raises(socket.gaierror, socket.getaddrinfo, '300.300.300.300', 80)
assert isinstance(e, OSError) and e.errno in (socket.EAI_NONAME, socket.EAI_AGAIN)
assert socket.inet_aton('1.2.3.4') == b'\1\2\3\4' and socket.inet_ntoa(b'\1\2\3\4') == '1.2.3.4'
assert socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, '1::2')) == '1::2'
raises(OSError, socket.inet_aton, 'x')
assert socket.htons(1) == 256 and socket.ntohl(1) == 1 << 24
raises(OverflowError, socket.htons, 1 << 16)
raises(ValueError, socket.htons, -1)
assert socket.timeout is TimeoutError and socket.error is OSError

# ---- a signal doesn't end a call, unless its handler raises (PEP 475)
a, b = socket.socketpair()
with a, b:
    seen = []
    signal.signal(signal.SIGALRM, lambda *args: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    threading.Timer(0.15, a.send, (b'late',)).start()
    assert b.recv(10) == b'late' and seen

    def stop(*args):
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, stop)
    raises(KeyboardInterrupt, b.recv, 10)
    signal.setitimer(signal.ITIMER_REAL, 0)
