# The first codec that isn't built in is found by itself: nobody has to import `encodings`.
assert 'x'.encode('idna') == b'x'
assert 'ä'.encode('cp1252') == b'\xe4'
