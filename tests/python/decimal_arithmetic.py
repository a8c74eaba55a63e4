# decimal: rounding, signals, contexts, conversions, functions that are correctly rounded.
import copy
import pickle
import threading
from decimal import *

D = Decimal


def raises(kind, call, text=None):
    try:
        call()
    except kind as e:
        assert text is None or text in str(e), (text, str(e))
        return e
    raise AssertionError(f'{kind} not raised')


assert str(D('1.10') + D('2.205')) == '3.305' and str(D(1) / 3) == '0.3333333333333333333333333333'
assert str(D('1E+5') + D('1E-30')) == '100000.0000000000000000000000' and str(-D('0')) == '0'
assert D('7') // 2 == 3 and D('-7') // 2 == -3 and D('-7') % 2 == -1 and divmod(D(7), 2) == (3, 1)
assert str(D(2).sqrt()) == '1.414213562373095048801688724' and str(D(100).sqrt()) == '10'
assert str(D(1).exp()) == '2.718281828459045235360287471' and str(D(10).ln()) == '2.302585092994045684017991455'
assert str(D(2).log10()) == '0.3010299956639811952137388947' and D('1E-7').log10() == -7
assert str(D(2) ** D('0.5')) == '1.414213562373095048801688724' and D(2) ** -2 == D('0.25') and pow(D(7), 3, 5) == 3
assert str(D(4) ** D('0.5')) == '2.000000000000000000000000000' and str(D('1.1') ** 2) == '1.21'
assert str(D('2.5').quantize(D('1'))) == '2' and str(D('2.5').quantize(D('1'), ROUND_HALF_UP)) == '3'
assert [str(D(x).quantize(D(1), r)) for x in ('2.5', '-2.5') for r in (ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_05UP)] == \
    ['3', '2', '3', '2', '2', '-3', '-2', '-2', '-3', '-2']
assert D('1.50').normalize() == D('1.5') and str(D('1200').normalize()) == '1.2E+3'
assert D('123.456').as_tuple() == (0, (1, 2, 3, 4, 5, 6), -3) and D('0.25').as_integer_ratio() == (1, 4)
assert D(0.1) == D('0.1000000000000000055511151231257827021181583404541015625') and D('0.1') != 0.1 and D('0.5') == 0.5
assert hash(D('1.5')) == hash(1.5) and hash(D('1E+30')) == hash(10**30) and hash(D('-0.1')) != 0
assert D('3') == 3 and D('3') < 4 and D('NaN') != D('NaN') and max(D(1), D('inf')) == D('inf')
assert int(D('-3.9')) == -3 and round(D('2.5')) == 2 and round(D('2.345'), 2) == D('2.34') and float(D('1e-5')) == 1e-5
assert D(' -1_000.50 ') == D('-1000.50') and D('١٢') == 12 and str(D('sNaN12')) == 'sNaN12' and repr(D('1e-7')) == "Decimal('1E-7')"
assert D('123E3').to_eng_string() == '123E+3' and str(D('0E-10')) == '0E-10' and D((1, (1, 2), -1)) == D('-1.2')

for spec, expected in {'': '1234567.891', '.2f': '1234567.89', ',.1f': '1,234,567.9', '_': '1_234_567.891', '.3e': '1.235e+6', '>15': '    1234567.891',
                       '015,': '001,234,567.891', '%': '123456789.1%', 'g': '1234567.891', '.3g': '1.23e+6', '+.0f': '+1234568'}.items():
    assert format(D('1234567.891'), spec) == expected, (spec, format(D('1234567.891'), spec))
raises(ValueError, lambda: format(D(1), 'x'), 'invalid format string')

# signals
e = raises(InvalidOperation, lambda: D('x'))
assert e.args == ([ConversionSyntax],)
raises(DivisionByZero, lambda: D(1) / 0)
raises(InvalidOperation, lambda: D(0) / 0)
raises(Overflow, lambda: D('9e999999') * 10)
with localcontext() as c:
    c.traps[Inexact] = True
    raises(Inexact, lambda: D(1) / 3)
    c.traps[Inexact] = False
    c.clear_flags()
    D(1) / 3
    assert c.flags[Inexact] and c.flags[Rounded] and not c.flags[Overflow]
    c.traps[InvalidOperation] = False
    assert D('x').is_nan() and c.flags[InvalidOperation]
with localcontext(prec=5, rounding=ROUND_DOWN) as c:
    assert str(D(2) / 3) == '0.66666' and getcontext() is c
assert getcontext().prec == 28
assert str(Context(prec=3).create_decimal('1.2345')) == '1.23' and Context(prec=4).divide(1, 7) == D('0.1429')
assert IEEEContext(64).prec == 16 and IEEEContext(64).Emax == 384
raises(ValueError, lambda: Context(prec=0), 'valid range for prec')
raises(TypeError, lambda: D(1) + 1.0)
assert repr(ExtendedContext) == 'Context(prec=9, rounding=ROUND_HALF_EVEN, Emin=-999999, Emax=999999, capitals=1, clamp=0, flags=[], traps=[])'
for v in D('1.50'), D('-inf'), D('nan5'):
    assert repr(pickle.loads(pickle.dumps(v))) == repr(v) == repr(copy.copy(v)) == repr(copy.deepcopy(v))
c = Context(prec=7, flags=[Inexact])
assert repr(pickle.loads(pickle.dumps(c))) == repr(c) == repr(c.copy())
assert Decimal.__mro__[-1] is object and isinstance(D(1), __import__('numbers').Number)


class Sub(Decimal):
    def extra(self):
        return self.attribute


s = Sub('1.5')
s.attribute = 5
assert s.extra() == 5 and type(s + 1) is Decimal and s + 1 == D('2.5') and isinstance(s, Decimal)

# each thread has a context of its own once it sets one (whether it begins with its starter's is a setting of the interpreter)
seen = []


def work(prec):
    setcontext(Context(prec=prec))
    for _ in range(200):
        assert len(str(D(1) / 3)) == prec + 2
    seen.append(prec)


threads = [threading.Thread(target=work, args=(p,)) for p in range(3, 11)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(seen) == 8 and getcontext().prec == 28
