# The line that a SyntaxError shows comes from the file, read as the compiler reads it.
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "wrong.py")
    for octets in b'return "\xc3\xa4"', b'\xef\xbb\xbfreturn "\xc3\xa4"', b'# coding: latin-1\nreturn "\xe4"':
        with open(path, "wb") as file:
            file.write(octets)
        try:
            compile(octets, path, "exec")
        except SyntaxError as e:
            assert e.text == 'return "ä"' and e.msg == "'return' outside function", e.text
            assert e.offset == 1
        else:
            raise AssertionError(octets)

# Texts that are too long to be numbers, and others.
for text in "9" * 5000, b"9" * 5000, " " + "9" * 5000 + "\n", "9_" * 5000 + "9":
    try:
        int(text)
    except ValueError as e:
        assert "Exceeds the limit (4300 digits)" in str(e), e
    else:
        raise AssertionError
assert int("0" * 4300) == 0 and int("9" * 4300) == 10**4300 - 1 and int("1_0") == 10 and int("٣٤") == 34
for text in "", "_1", "1_", "1__0", "12a", "٣ ٤", "1\xe4":
    try:
        int(text)
    except ValueError as e:
        assert "invalid literal" in str(e), e
    else:
        raise AssertionError(text)
assert int("101", 2) == 5 and int("0b11", 0) == 3
for text, base in ("102", 2), ("8", 8), ("09", 0), ("a", 10):
    try:
        int(text, base)
    except ValueError:
        pass
    else:
        raise AssertionError(text)
