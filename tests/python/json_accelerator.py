# json's scanner and encoder: results, errors and where they point.
import json
import math

assert json.loads('{"a": [1, -2.5, 1e3, null, true, false, "x\\u00e9\\ud83d\\ude00\\n"], "": {}}') == \
    {'a': [1, -2.5, 1000.0, None, True, False, 'xé😀\n'], '': {}}
assert json.loads(' [NaN, Infinity, -Infinity] ')[1:] == [math.inf, -math.inf]
assert json.loads('12345678901234567890123') == 12345678901234567890123 and json.loads('-0') == 0
assert json.loads('"\\ud800"') == '\ud800' and json.loads('"é\u2028😀"') == 'é\u2028😀'
assert json.loads('[{"k": 1}, {"k": 2}]', object_pairs_hook=tuple) == [(('k', 1),), (('k', 2),)]
assert json.loads('[1.5, 2]', parse_float=str, parse_int=lambda s: s + '!') == ['1.5', '2!']
one, two = json.loads('[{"key": 1}, {"key": 2}]')
assert next(iter(one)) is next(iter(two))

for text, message in {
    '': 'Expecting value: line 1 column 1 (char 0)',
    '[1,': 'Expecting value: line 1 column 4 (char 3)',
    '[1 2]': "Expecting ',' delimiter: line 1 column 4 (char 3)",
    '[1,]': 'Illegal trailing comma before end of array: line 1 column 3 (char 2)',
    '{"a" 1}': "Expecting ':' delimiter: line 1 column 6 (char 5)",
    '{"a":1,}': 'Illegal trailing comma before end of object: line 1 column 7 (char 6)',
    '{1:2}': 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
    '"abc': 'Unterminated string starting at: line 1 column 1 (char 0)',
    '"\\x"': 'Invalid \\escape: line 1 column 2 (char 1)',
    '"\\u12"': 'Invalid \\uXXXX escape: line 1 column 3 (char 2)',
    '"\x01"': 'Invalid control character at: line 1 column 2 (char 1)',
    '01': 'Extra data: line 1 column 2 (char 1)',
}.items():
    try:
        json.loads(text)
    except json.JSONDecodeError as e:
        assert str(e).replace('Invalid \\escape: \'\\\\x\'', 'Invalid \\escape') == message, (text, str(e))
    else:
        raise AssertionError(text)

value = {'b': [1, 2.5, None, True], 'a': 'é"\\\n\x7f', '': {}, 3: (), 1.5: 1, None: 2}
assert json.dumps(value) == '{"b": [1, 2.5, null, true], "a": "\\u00e9\\"\\\\\\n\\u007f", "": {}, "3": [], "1.5": 1, "null": 2}'
assert json.dumps(value, ensure_ascii=False).count('é') == 1
assert json.dumps({'b': 1, 'a': [1]}, sort_keys=True, indent=2) == '{\n  "a": [\n    1\n  ],\n  "b": 1\n}'
assert json.dumps([math.nan, math.inf, -math.inf, -0.0, 1e100, 10**30]) == '[NaN, Infinity, -Infinity, -0.0, 1e+100, 1000000000000000000000000000000]'
assert json.dumps({(1,): 2, 'x': 1}, skipkeys=True) == '{"x": 1}'


class Odd:
    pass


def failing(o):
    raise ValueError('cannot')


for call, message, notes in (
    (lambda: json.dumps({'a': [Odd()]}, default=failing), 'cannot', ['when serializing list item 0', "when serializing dict item 'a'"]),
    (lambda: json.dumps(math.nan, allow_nan=False), 'Out of range float values are not JSON compliant: nan', None),
    (lambda: json.dumps({(1,): 2}), 'keys must be str, int, float, bool or None, not tuple', None),
):
    try:
        call()
    except (ValueError, TypeError) as e:
        assert str(e) == message and getattr(e, '__notes__', None) == notes, (e, e.__notes__)
    else:
        raise AssertionError(message)
circle = []
circle.append([circle])
try:
    json.dumps(circle)
except ValueError as e:
    assert str(e) == 'Circular reference detected'
else:
    raise AssertionError
deep = '[' * 100000
for call in (lambda: json.loads(deep)), (lambda: json.loads('{"a":' * 100000)):
    try:
        call()
    except RecursionError:
        pass
    else:
        raise AssertionError
