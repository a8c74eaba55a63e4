# Syntax trees as objects: classes, construction, copies, repr, compiling, and refusals of what is no tree.
import ast
import copy
import pickle
import warnings


def raises(exception, text, function, *args, **keywords):
    try:
        function(*args, **keywords)
    except exception as e:
        assert str(e) == text, (str(e), text)
    else:
        raise AssertionError(f"nothing raised instead of {text}")


def complete(node):
    return ast.fix_missing_locations(node)


def module(*body):
    return complete(ast.Module(list(body), []))


def expression(e):
    return complete(ast.Expression(e))


def compiled(tree):
    mode = {ast.Module: "exec", ast.Expression: "eval", ast.Interactive: "single"}[type(tree)]
    return compile(tree, "<tree>", mode)


one = ast.Constant(1)
load, store = ast.Load(), ast.Store()

# ---- the classes
assert ast.BinOp._fields == ("left", "op", "right") == ast.BinOp.__match_args__
assert ast.BinOp._attributes == ("lineno", "col_offset", "end_lineno", "end_col_offset")
assert ast.BinOp._field_types == {"left": ast.expr, "op": ast.operator, "right": ast.expr}
assert ast.FunctionDef._field_types["returns"] == ast.expr | None
assert ast.FunctionDef._field_types["body"] == list[ast.stmt]
assert ast.ImportFrom._field_types == {"module": str | None, "names": list[ast.alias], "level": int | None}
assert ast.Constant._field_types == {"value": object, "kind": str | None}
assert ast.Name.__annotations__ == ast.Name._field_types
assert ast.Name.__doc__ == "Name(identifier id, expr_context ctx)"
assert ast.expr_context.__doc__ == "expr_context = Load | Store | Del"
assert ast.excepthandler.__doc__ == "excepthandler = ExceptHandler(expr? type, identifier? name, stmt* body)"
assert ast.arguments.__doc__.startswith("arguments(arg* posonlyargs, arg* args, arg? vararg, ")
assert ast.Return.value is None and ast.expr.end_lineno is None
assert ast.Name.__module__ == "ast" and issubclass(ast.Name, ast.expr) and issubclass(ast.expr, ast.AST)
assert ast.parse("x").body[0].value.ctx is ast.parse("y").body[0].value.ctx

# ---- making nodes
with warnings.catch_warnings():
    warnings.simplefilter("error")
    f = ast.FunctionDef("f", ast.arguments(), [ast.Pass()])
    assert f.decorator_list == [] and f.type_params == [] and f.returns is None
    assert isinstance(ast.Name("x").ctx, ast.Load)
    raises(DeprecationWarning, "Name.__init__ missing 1 required positional argument: 'id'. This will become an error in Python 3.15.", ast.Name)
    raises(DeprecationWarning, "Name.__init__ got an unexpected keyword argument 'foo'. Support for arbitrary keyword arguments is "
           "deprecated and will be removed in Python 3.15.", ast.Name, "x", foo=1)
raises(TypeError, "Name constructor takes at most 2 positional arguments", ast.Name, 1, 2, 3)
raises(TypeError, "Name got multiple values for argument 'id'", ast.Name, "a", id="b")


class Own(ast.Constant):
    def __init__(self, n):
        super().__init__(n * 2)


assert eval(compiled(expression(Own(21)))) == 42

# ---- copies
tree = ast.parse("def f(a, *b, c=1): return a + b * (c, 2, 3)")
for again in (copy.deepcopy(tree), *(pickle.loads(pickle.dumps(tree, protocol)) for protocol in range(6))):
    assert ast.dump(again, include_attributes=True) == ast.dump(tree, include_attributes=True)
name = ast.Name("a", load, lineno=3)
assert copy.replace(name, id="b").id == "b" and copy.replace(name, id="b").lineno == 3
raises(TypeError, "Name.__replace__ got an unexpected keyword argument 'foo'.", copy.replace, name, foo=1)
raises(TypeError, "__replace__() takes no positional arguments", name.__replace__, 1)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    raises(TypeError, "BinOp.__replace__ missing 3 keyword arguments: 'left', 'op', 'right'.", ast.BinOp().__replace__)

# ---- repr
assert repr(ast.parse("x=[1,2,3]")) == ("Module(body=[Assign(targets=[Name(id='x', ctx=Store(...))], value=List(elts=[Constant(...), ..., "
                                        "Constant(...)], ctx=Load(...)), type_comment=None)], type_ignores=[])")
assert repr(ast.AST()) == "ast.AST()"

# ---- compiling: as the text would be
text = '''
import sys
from collections import deque as d
class C[T](object):
    "doc"
    x: int = 3
    def m(self, a, /, b=2, *c, d=4, **e): return (a, b, c, d, e)
async def co():
    async with x as y: pass
    async for z in w: await z
    return [i async for i in j if k]
def gen():
    try:
        yield from (q for q in range(3) if q)
    except (ValueError, TypeError) as e:
        raise RuntimeError from e
    else: pass
    finally: del sys.foo[1:2], sys.bar
def g(v):
    global sys
    match v:
        case [1, -2, *rest] if rest: return rest
        case {"a": 1+2j, **kw}: return kw
        case C(x=3) | None: return "c"
        case str() as s: return s
        case _: return {**v, 'a': {1, 2}, f"{v!r:>{10}}": lambda *a: a}
type A[*Ts] = tuple[*Ts]
with open("x") as f, open("y"): pass
while x < 3 <= y or not z: x += 1; continue
assert (n := 3), "text"
'''
same = compile(text, "f", "exec")
other = compile(ast.parse(text), "f", "exec")
assert same.co_code == other.co_code and same.co_names == other.co_names and list(same.co_positions()) == list(other.co_positions())
namespace = {}
exec(compiled(module(ast.Assign([ast.Name("x", store)], ast.Constant(5)), ast.Expr(ast.Name("x", load)))), namespace)
assert namespace["x"] == 5
for value in (None, True, ..., 0, -1, 10**40, -10**40, 2**62, -2**63, 1.5, 3 + 4j, -0.0, "\ud800x", b"\0\xff", (1, (2, "a")), frozenset([1, 2])):
    got = eval(compiled(expression(ast.Constant(value))))
    assert got == value and type(got) is type(value), (got, value)
assert eval(compiled(expression(ast.Name("a\0b", load))), {"a\0b": 7}) == 7
assert ast.dump(compile(tree, "", "exec", ast.PyCF_ONLY_AST), include_attributes=True) == ast.dump(tree, include_attributes=True)
raises(TypeError, "expected Expression node, got Module", compile, ast.parse("1"), "", "eval")
assert eval(compile(ast.parse("__debug__", mode="eval"), "", "eval", optimize=1)) is False

# ---- optimized trees
def optimized(source, level):
    return ast.dump(ast.parse(source, optimize=level))


assert optimized("__debug__", 0) == "Module(body=[Expr(value=Name(id='__debug__', ctx=Load()))])"
assert optimized("__debug__", 1) == "Module(body=[Expr(value=Constant(value=False))])"
assert optimized("'%s-%r' % (a, b)", 1) == ("Module(body=[Expr(value=JoinedStr(values=[FormattedValue(value=Name(id='a', ctx=Load()), conversion=115), "
                                           "Constant(value='-'), FormattedValue(value=Name(id='b', ctx=Load()), conversion=114)]))])")
assert optimized("def f():\n 'doc'", 2) == "Module(body=[FunctionDef(name='f', args=arguments(), body=[Pass()])])"
assert "MatchValue(value=Constant(value=-1))" in optimized("match x:\n case -1: pass", 1)
assert "MatchValue(value=Constant(value=(1-2j)))" in optimized("match x:\n case 1-2j: pass", 1)

# ---- what is no tree
at = dict(lineno=1, col_offset=0)
raises(TypeError, 'required field "lineno" missing from expr', compile, ast.Expression(3), "", "eval")
raises(ValueError, "invalid integer value: 'a'", compile, ast.Expression(ast.Name("x", load, lineno="a")), "", "eval")
raises(OverflowError, "Python int too large to convert to C int", compile, ast.Expression(ast.Name("x", load, lineno=2**40, col_offset=0)), "", "eval")
raises(TypeError, 'Module field "body" must be a list, not a int', compile, ast.Module(3), "", "exec")
raises(TypeError, "expected some sort of expr_context, but got 3", compile, ast.Expression(ast.Name("a", 3, **at)), "", "eval")
raises(TypeError, "expected some sort of expr, but got expr()", compile, ast.Expression(ast.expr(**at)), "", "eval")
raises(TypeError, "expected some sort of type_ignore, but got 3", compile, ast.Module([], [3]), "", "exec")
raises(TypeError, "AST identifier must be of type str", compile, ast.Expression(ast.Name(3, load, **at)), "", "eval")
raises(TypeError, "AST string must be of type str", compile, ast.Expression(ast.Constant(1, kind=3, **at)), "", "eval")
raises(TypeError, "got an invalid type in Constant: list", compile, ast.Expression(ast.Constant([], **at)), "", "eval")
raises(ValueError, "field 'value' is required for Expr", compile, ast.Module([ast.Expr(None, **at)], []), "", "exec")
raises(ValueError, "line 1, column 0--3 is not a valid range", compile,
       ast.Expression(ast.Name("x", load, **at, end_lineno=1, end_col_offset=-3)), "", "eval")
raises(ValueError, "expression must have Load context but has Store instead", compiled, expression(ast.Name("a", store)))
raises(ValueError, "identifier field can't represent 'None' constant", compiled, expression(ast.Name("None", load)))
raises(ValueError, "None disallowed in expression list", compiled, expression(ast.Set([None])))
raises(ValueError, "None disallowed in statement list", compiled, module(None))
raises(ValueError, "comprehension with no generators", compiled, expression(ast.ListComp(one, [])))
raises(ValueError, "BoolOp with less than 2 values", compiled, expression(ast.BoolOp(ast.And(), [one])))
raises(ValueError, "Compare with no comparators", compiled, expression(ast.Compare(one, [], [])))
raises(TypeError, "NamedExpr target must be a Name", compiled, expression(ast.NamedExpr(one, one)))
raises(ValueError, "Dict doesn't have the same number of keys as values", compiled, expression(ast.Dict([None], [])))
raises(ValueError, "empty body on FunctionDef", compiled, module(ast.FunctionDef("f", ast.arguments(), [])))
raises(ValueError, "more positional defaults than args on arguments", compiled,
       module(ast.FunctionDef("f", ast.arguments(defaults=[one]), [ast.Pass()])))
raises(ValueError, "Try has neither except handlers nor finalbody", compiled, module(ast.Try([ast.Pass()], [], [], [])))
raises(ValueError, "Negative ImportFrom level", compiled, module(ast.ImportFrom("a", [ast.alias("b")], -1)))
raises(ValueError, "can't use MatchStar here", compiled, module(ast.Match(one, [ast.match_case(ast.MatchStar("x"), None, [ast.Pass()])])))
raises(ValueError, "MatchOr requires at least 2 patterns", compiled,
       module(ast.Match(one, [ast.match_case(ast.MatchOr([ast.MatchAs()]), None, [ast.Pass()])])))
raises(SyntaxError, "'return' outside function (<tree>, line 1)", compiled, module(ast.Return(one)))

# What passes the checks, but is none of the grammar's, fails when it runs at the latest.
raises(TypeError, "sequence item 1: expected str instance, int found", lambda: eval(compiled(expression(
    ast.JoinedStr([ast.Constant("a"), ast.Constant(1), ast.Constant("b")])))))
raises(SystemError, "Format specifier must be a string, not int", lambda: eval(compiled(expression(ast.FormattedValue(one, -1, one)))))

loop = ast.Name("x", load, **at)
loop = ast.UnaryOp(ast.Not(), loop, **at)
loop.operand = loop
try:
    compile(ast.Expression(loop), "", "eval")
except RecursionError:
    pass
else:
    raise AssertionError("a tree that contains itself")


class Shrinking(ast.Pass):
    @property
    def lineno(self):
        body.clear()
        return 1
    col_offset = 0


body = [Shrinking(), ast.Pass(**at)]
raises(RuntimeError, 'Module field "body" changed size during iteration', compile, ast.Module(body, []), "", "exec")

# ---- any tree that passes can be compiled, any that doesn't is refused: whatever stands in it
source = ast.parse(text)
nodes = list(ast.walk(source))
pool = [None, 0, -1, 2**31 - 1, "x", "None", "", b"", [], [None], [one], ..., 1.5, (1,), *nodes[::3]]
outcomes = set()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for i, node in enumerate(nodes):
        for j, field in enumerate(node._fields):
            old = getattr(node, field, None)
            for k in range(4):
                setattr(node, field, pool[(i * 7 + j * 3 + k * 5) % len(pool)])
                try:
                    compile(source, "f", "exec")
                except (TypeError, ValueError, SyntaxError, RecursionError, OverflowError, SystemError) as e:
                    outcomes.add(type(e))
            setattr(node, field, old)
compile(source, "f", "exec")
assert TypeError in outcomes and ValueError in outcomes and SyntaxError in outcomes
print("ok")
