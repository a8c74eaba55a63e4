"""Writes cases for check_cases: patterns as CPython 3.14 compiles them, with what it finds in subjects.

    python3.14 dump_cases.py corpus|random [SEED COUNT] > cases
    check_cases cases

Lines: 'P groups repr words...' introduces a pattern; 'T mode kind pos endpos subject... = result...' a
subject as character numbers and the expected matches, each as begin, end, lastindex (-1 for None), then
every group's span. Kind is the size of the subject's widest character.
Modes: m match, f fullmatch, s search, i finditer.
"""
import random
import re
import signal
import sys
import warnings
from re import _compiler, _parser

warnings.simplefilter('ignore')


class Timeout(Exception):
    pass


def on_alarm(*_):
    raise Timeout


signal.signal(signal.SIGALRM, on_alarm)


def describe(m):
    out = [m.start(), m.end(), -1 if m.lastindex is None else m.lastindex]
    for i in range(1, m.re.groups + 1):
        out += m.span(i)
    return out


def results(rx, mode, s, pos, endpos):
    if mode == 'i':
        return [describe(m) for m in rx.finditer(s, pos, endpos)]
    m = {'m': rx.match, 'f': rx.fullmatch, 's': rx.search}[mode](s, pos, endpos)
    return [describe(m)] if m else []


def kind_of(s):
    if isinstance(s, bytes):
        return 1
    top = max(map(ord, s), default=0)
    return 1 if top < 256 else 2 if top < 65536 else 4


def emit(pattern, flags, subjects, out):
    try:
        rx = re.compile(pattern, flags)
        code = _compiler._code(_parser.parse(pattern, flags), flags)
    except (re.PatternError, RecursionError, OverflowError):
        return False
    lines = []
    for s in subjects:
        if isinstance(s, bytes) != isinstance(pattern, bytes):
            s = s.encode('latin-1', 'replace') if isinstance(pattern, bytes) else s.decode('latin-1')
        ranges = [(0, len(s))]
        if len(s) > 2:
            ranges.append((random.randint(0, 2), random.randint(len(s) - 2, len(s))))
        for mode in 'mfsi':
            for pos, endpos in ranges:
                signal.setitimer(signal.ITIMER_REAL, 0.3)
                try:
                    found = results(rx, mode, s, pos, endpos)
                except Timeout:
                    return False
                except SystemError:
                    print('SystemError', repr(pattern), repr(s), file=sys.stderr)
                    continue
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                units = list(s) if isinstance(s, bytes) else list(map(ord, s))
                lines.append(f'T {mode} {kind_of(s)} {pos} {endpos} {len(units)} {" ".join(map(str, units))}'
                             f' = {len(found)} {" ".join(" ".join(map(str, f)) for f in found)}')
    text = ascii((pattern, int(flags))).replace(' ', '\\x20')
    out.write(f'P {rx.groups} {text} {len(code)} {" ".join(str(int(w)) for w in code)}\n')
    out.write('\n'.join(lines) + '\n')
    return True


class Generator:
    """Random patterns over a tiny alphabet, so that subjects over the same one match often."""

    def __init__(self, rng, alphabet, letters):
        self.rng, self.alphabet, self.letters = rng, alphabet, letters

    def pattern(self):
        self.groups, self.open, self.closed = 0, 0, []
        return self.alternation(self.rng.randint(1, 4))

    def alternation(self, depth):
        n = self.rng.choice((1, 1, 1, 2, 2, 3))
        return '|'.join(self.sequence(depth) for _ in range(n))

    def sequence(self, depth):
        return ''.join(self.item(depth) for _ in range(self.rng.choice((0, 1, 1, 2, 2, 3, 4))))

    def quantifier(self):
        r = self.rng
        q = r.choice(('*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}', '{,2}', '{3}', '{0}', '*', '+', '?'))
        return q + r.choice(('', '', '', '?', '+', '?'))

    def atom(self):
        r = self.rng
        k = r.random()
        if k < .5:
            return re.escape(r.choice(self.letters))
        if k < .6:
            return '.'
        if k < .8:
            members = ''.join(re.escape(r.choice(self.letters)) for _ in range(r.randint(1, 3)))
            return '[' + r.choice(('', '^')) + members + ']'
        if k < .9:
            return r.choice((r'\w', r'\d', r'\s', r'\W', r'\S', r'[\w-]', r'[^\d]', '[a-c]', '[^a-b]',
                             r'[\s\S]'))
        return r.choice((r'\b', r'\B', '^', '$', r'\A', r'\Z', '(?!)', '(?:)', '(?=a)'))

    def fixed(self):
        r = self.rng
        return ''.join(r.choice(('a', 'b', '.', '[ab]', r'\w', 'c')) for _ in range(r.randint(1, 2)))

    def item(self, depth):
        r = self.rng
        if depth == 0 or r.random() < .45:
            a = self.atom()
            place = a in ('^', '$', r'\b', r'\B', r'\A', r'\Z')
            return a + self.quantifier() if r.random() < .4 and not place else a
        k = r.random()
        if k < .35:
            self.groups += 1
            g = self.groups
            body = '(' + self.alternation(depth - 1) + ')'
            self.closed.append(g)
        elif k < .5:
            body = '(?:' + self.alternation(depth - 1) + ')'
        elif k < .58:
            body = '(?>' + self.alternation(depth - 1) + ')'
        elif k < .66:
            return '(?' + r.choice('=!') + self.alternation(depth - 1) + ')'
        elif k < .72:
            if r.random() < .5:
                self.groups += 1
                g = self.groups
                body = '(?<' + r.choice('=!') + '(' + self.fixed() + '))'
                self.closed.append(g)
                return body
            return '(?<' + r.choice('=!') + self.fixed() + ')'
        elif k < .82 and self.closed:
            body = '(?:\\%d)' % r.choice(self.closed)
        elif k < .9 and self.closed:
            yes, no = self.sequence(depth - 1), self.sequence(depth - 1)
            body = '(?(%d)%s|%s)' % (r.choice(self.closed), yes, no)
        elif k < .94:
            body = '(?' + r.choice(('i', 'i', 's', 'm', '-i', 'a')) + ':' + self.alternation(depth - 1) + ')'
        else:
            body = '(?:' + self.alternation(depth - 1) + ')'
        return body + self.quantifier() if r.random() < .6 else body


def random_cases(seed, count, out):
    rng = random.Random(seed)
    random.seed(seed)
    made = 0
    while made < count:
        wide = rng.choice(('', '', '', '\u0101', '\u03b1\u03a3', '\U00010428\U00010400'))
        letters = 'aabbcAB1 ' + '\n-' * (rng.random() < .2) + '\xe9\xc9\xb5\xdf' * (rng.random() < .15) + wide
        gen = Generator(rng, letters, letters)
        try:
            pattern = gen.pattern()
        except RecursionError:
            continue
        flags = 0
        for f in (re.I, re.M, re.S, re.A):
            if rng.random() < .15:
                flags |= f
        if rng.random() < .15 and not wide:
            pattern, flags = pattern.encode('latin-1'), flags & ~re.A
            if rng.random() < .3:
                flags |= re.L
        subjects = ['']
        for _ in range(6):
            alphabet = rng.choice((letters, 'ab', 'aab', 'abc'))
            subjects.append(''.join(rng.choice(alphabet) for _ in range(rng.choice((1, 2, 3, 4, 6, 9, 14)))))
        if wide == '' and rng.random() < .3:
            subjects = [s + rng.choice(('\u4e00', '\U00020000')) + s for s in subjects]
            if isinstance(pattern, bytes):
                subjects = [s.encode('latin-1', 'ignore') for s in subjects]
        made += emit(pattern, flags, subjects, out)


def upstream():
    """The patterns of CPython's own tests, if they are installed."""
    try:
        from test import re_tests
        return re_tests.tests
    except ImportError:
        return []


def corpus(out):
    random.seed(0)
    subjects = [
        '', 'a', 'ab', 'abc', 'aaa', 'foo bar', 'The quick brown fox', 'x=1, y = 22;', 'hello\nworld\n',
        '<a href="x">y</a>',
        'john.doe@example.com', '2024-02-29T12:34:56', '1.5e-10', '"quoted \\" text"', '((()))',
        'aaaaaaaaab', 'ABCabc',
        '\xe9t\xe9 \xc9T\xc9', 'ss\xdf', '\u4e2d\u6587 text', '\U0001f600 smile', '/* c */ // d',
        'a\tb\r\nc', '192.168.0.1',
    ]
    patterns = [
        r'', r'a', r'abc', r'a|b|c', r'foo|bar|baz', r'(foo)|(bar)', r'\w+', r'\d+', r'(\w+)\s*=\s*(\d+)',
        r'^\w+', r'\w+$',
        r'(?m)^\w+$', r'(?s)hello.*', r'(?i)abc', r'(?i)[a-f]+', r'<(\w+)[^>]*>(.*?)</\1>',
        r'[\w.]+@[\w.]+\.\w+',
        r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)', r'[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?',
        r'"(?:[^"\\]|\\.)*"', r'(a+)+b',
        r'(?>a+)b', r'a++b', r'(?:ab)*+c', r'a*+a', r'(?=(\w+))\1', r'(?<=a)b', r'(?<!a)b',
        r'(a)?(?(1)b|c)', r'\b', r'\B',
        r'(?i)\xe9+', r'(?i)\xdf', r'(?i)\u03bc', r'[^\x00-\x7f]+', r'[\u4e00-\u9fff]+', r'.', r'.*',
        r'.*?', r'(.*)(\d+)',
        r'(?:(a)|b)*', r'(?:(a)|(b)|(c))+', r'(a*)*', r'(a*)+', r'(a|b)*?c', r'((a)(b)?)+', r'(?:a?)*?b',
        r'(?:a?){3}b',
        r'/\*.*?\*/|//.*', r'(?:[0-9]{1,3}\.){3}[0-9]{1,3}', r'(?P<q>["\']).*?(?P=q)', r'\s+|,\s*',
        r'(?i)the|quick',
        r'x*', r'x*?', r'x*y?', r'(?:)', r'$', r'^', r'\Z', r'\A', r'(?m)$', r'(?m)^', r'(?:|a)+',
        r'(|a)+', r'(a|)+b',
        r'(?:a|ab)(?:c|bcd)(d*)', r'(^a)', r'(?:^a)|b', r'[^\n]*\n', r'\S+\s', r'(\w+) (\w+)', r'a{2,3}?',
        r'(?!a)\w', r'(?=a)*',
        r'(a)?(?(1)\x0e*)', r'[\s\S]*?b', r'(?s).*?b', r'(?:.|\n)+',
        r'[a-zA-Z_]\w*',
        r'(?P<num>\d+)|(?P<id>[a-z]\w*)|(?P<ws>\s+)|(?P<op>.)', r'ab*c', r'aa+b', r'aab', r'aaab', r'abab',
        r'(aab)', r'a(ab)',
    ]
    for p in patterns:
        for flags in (0, re.I, re.A, re.S | re.M):
            emit(p, flags, subjects, out)
            try:
                emit(p.encode('ascii'), flags & ~re.A, subjects, out)
                emit(p.encode('ascii'), re.L | re.I, subjects, out)
            except UnicodeEncodeError:
                pass
    for test in upstream():
        emit(test[0], 0, [test[1]], out)
        emit(test[0], re.I, [test[1], test[1].upper()], out)


if __name__ == '__main__':
    if sys.argv[1] == 'corpus':
        corpus(sys.stdout)
    else:
        random_cases(int(sys.argv[2]), int(sys.argv[3]), sys.stdout)
