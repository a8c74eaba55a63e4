"""Shows Orochi's bytecode: the interface of the library's dis, for another machine.

Orochi's code works on registers; an instruction has up to three operands. `arg` is the word that holds them, `argval` the constant
or name that the instruction is about (None if it is about registers alone), and `argrepr` the operands as text: locals by name,
temporaries as r0, r1, ..., with a "!" where the value is moved out. Offsets count in bytes as co_code and tb_lasti do, two for each
instruction. The look-up of a method is shown as LOAD_ATTR, as CPython does.
"""
import collections
import io
import sys
import types
from typing import NamedTuple

import _opcode
from opcode import cmp_op, stack_effect

__all__ = ["code_info", "dis", "disassemble", "distb", "disco", "findlinestarts", "findlabels", "show_code", "get_instructions",
           "Instruction", "Bytecode", "cmp_op", "stack_effect", "opname", "opmap", "hasjump", "hasname", "hasconst", "haslocal", "hasfree"]

_RENAMED = {"load_method": "LOAD_ATTR"}
opname = [_RENAMED.get(name, name.upper()) for name in _opcode._operation_names()]
opmap = {name: code for code, name in reversed(list(enumerate(opname)))}

hasjump = [code for code, name in enumerate(opname) if name.startswith(("JUMP", "FOR_ITER", "SEND"))]
hasname = [code for code, name in enumerate(opname)
           if name.endswith(("_ATTR", "_GLOBAL", "_NAME", "_METHOD", "IMPORT_FROM"))]
hasconst = [opmap["LOAD_CONST"]]
haslocal = [code for code, name in enumerate(opname) if name.endswith("_LOCAL")]
hasfree = [code for code, name in enumerate(opname) if name.endswith("_FREE")]

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED", 2: "NEWLOCALS", 4: "VARARGS", 8: "VARKEYWORDS", 16: "NESTED", 32: "GENERATOR", 64: "NOFREE", 128: "COROUTINE",
    256: "ITERABLE_COROUTINE", 512: "ASYNC_GENERATOR", 0x4000000: "HAS_DOCSTRING", 0x8000000: "METHOD"}

_WIDTH = 2  # bytes that an instruction counts for in offsets


def pretty_flags(flags):
    """The names of co_flags' bits."""
    names = []
    for i in range(32):
        if flags & 1 << i:
            names.append(COMPILER_FLAG_NAMES.get(1 << i, hex(1 << i)))
            flags ^= 1 << i
            if not flags:
                break
    else:
        names.append(hex(flags))
    return ", ".join(names)


def _code_of(x):
    """The code object of a function, generator, source text, ..., or a TypeError."""
    x = getattr(x, "__func__", x)
    for attribute in ("__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, attribute):
            x = getattr(x, attribute)
            break
    if isinstance(x, str):
        x = _compiled(x)
    if isinstance(x, types.CodeType):
        return x
    raise TypeError(f"don't know how to disassemble {type(x).__name__} objects")


def _compiled(text, name="<disassembly>"):
    try:
        return compile(text, name, "eval")
    except SyntaxError:
        return compile(text, name, "exec")


# ---- instructions

class Positions(NamedTuple):
    """Where an instruction comes from in the source."""
    lineno: int = None
    end_lineno: int = None
    col_offset: int = None
    end_col_offset: int = None


_Instruction = collections.namedtuple(
    "_Instruction", "opname opcode arg argval argrepr offset start_offset starts_line line_number label positions cache_info",
    defaults=[None, None, None])


class Instruction(_Instruction):
    """One instruction; the fields are those of the library's dis."""

    @property
    def oparg(self):
        return self.arg

    @property
    def baseopcode(self):
        return self.opcode

    @property
    def baseopname(self):
        return self.opname

    @property
    def cache_offset(self):
        return self.offset + _WIDTH

    @property
    def end_offset(self):
        return self.offset + _WIDTH

    @property
    def jump_target(self):
        return self.argval if self.opcode in hasjump else None

    @property
    def is_jump_target(self):
        return self.label is not None

    def __str__(self):
        output = io.StringIO()
        _Formatter(output, number_width=3).line(self)
        return output.getvalue().rstrip("\n")


def get_instructions(x, *, first_line=None, show_caches=None, adaptive=False):
    """The instructions of a function, method, generator, code object or source text, one after the other."""
    code = _code_of(x)
    shift = 0 if first_line is None else first_line - code.co_firstlineno
    return _instructions(code, shift, adaptive)


def _instructions(code, shift=0, adaptive=False):
    rows = _opcode._instructions(code)
    labels = {offset: number for number, offset in enumerate(findlabels(code), 1)}
    starts = dict(findlinestarts(code))
    line = None
    for index, ((written, now, arg, subject, text, target), position) in enumerate(zip(rows, code.co_positions())):
        offset = index * _WIDTH
        starts_line = offset in starts
        if starts_line:
            line = starts[offset]
        if target is not None:
            target *= _WIDTH
            text = text.rpartition("-> ")[0] + f"to L{labels[target]}"
        opcode = now if adaptive else written
        place = Positions(*position)
        if shift and place.lineno is not None:
            place = place._replace(lineno=place.lineno + shift, end_lineno=place.end_lineno + shift)
        yield Instruction(opname[opcode], opcode, arg, subject if target is None else target, text, offset, offset, starts_line,
                          None if line is None else line + shift, labels.get(offset), place)


def findlabels(code):
    """The offsets that jumps and exception handlers lead to."""
    targets = set()
    for *_, target in _opcode._instructions(code) if isinstance(code, types.CodeType) else ():
        if target is not None:
            targets.add(target * _WIDTH)
    return sorted(targets)


def findlinestarts(code):
    """Pairs (offset, line) of where lines begin; the line is None for instructions that belong to none."""
    last = False
    for start, _, line in code.co_lines():
        if line is not last:
            last = line
            yield start, line


# ---- showing

class _Formatter:
    def __init__(self, file, number_width, show_offsets=False, offset_width=4, show_positions=False):
        self.file, self.width, self.offsets = file, number_width, show_offsets
        self.offset_width, self.positions = offset_width, show_positions
        self.first = True

    def line(self, instruction, current=False):
        if instruction.starts_line and not self.first:
            print(file=self.file)
        self.first = False
        fields = []
        if self.positions:
            p = instruction.positions
            known = p is not None and p.lineno is not None
            fields.append((f"{p.lineno}:{p.col_offset}-{p.end_lineno}:{p.end_col_offset}" if known else "--").rjust(self.width))
        elif self.width:
            number = "" if not instruction.starts_line else "--" if instruction.line_number is None else str(instruction.line_number)
            fields.append(number.rjust(self.width))
        fields.append("-->" if current else "   ")
        fields.append(f"L{instruction.label}:".rjust(5) if instruction.label is not None else " " * 5)
        if self.offsets:
            fields.append(str(instruction.offset).rjust(self.offset_width))
        fields.append(instruction.opname.ljust(20))
        fields.append(instruction.argrepr)
        print(" ".join(fields).rstrip(), file=self.file)


def _show(code, file, lasti=-1, *, shift=0, adaptive=False, show_offsets=False, show_positions=False):
    lines = [line for _, line in findlinestarts(code) if line is not None]
    width = len(str(max(lines, default=0) + shift))
    if show_positions:
        width = max((len(f"{p[0]}:{p[2]}-{p[1]}:{p[3]}") for p in code.co_positions()), default=width)
    formatter = _Formatter(file, max(3, width), show_offsets, len(str(len(code.co_code))), show_positions)
    for instruction in _instructions(code, shift, adaptive):
        formatter.line(instruction, instruction.offset == lasti)


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Shows a code object; the instruction at the offset `lasti` is marked."""
    _show(co, file, lasti, adaptive=adaptive, show_offsets=show_offsets, show_positions=show_positions)


disco = disassemble


def _show_nested(code, file, depth, **how):
    disassemble(code, file=file, **how)
    if depth is not None and depth <= 0:
        return
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            print(f"\nDisassembly of {constant!r}:", file=file)
            _show_nested(constant, file, None if depth is None else depth - 1, **how)


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Shows a class, method, function, generator, code object or source text; without one, the last traceback."""
    how = dict(adaptive=adaptive, show_offsets=show_offsets, show_positions=show_positions)
    if x is None:
        return distb(file=file, **how)
    x = getattr(x, "__func__", x)
    for attribute in ("__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, attribute):
            x = getattr(x, attribute)
            break
    if isinstance(x, types.CodeType):
        _show_nested(x, file, depth, **how)
    elif isinstance(x, str):
        _show_nested(_compiled(x, "<dis>"), file, depth, **how)
    elif isinstance(x, (bytes, bytearray)):
        raise TypeError("octets of Orochi's bytecode can't be shown without their code object")
    elif hasattr(x, "__dict__"):
        for name, value in sorted(x.__dict__.items()):
            if not isinstance(value, (types.FunctionType, types.MethodType, types.CodeType, classmethod, staticmethod, type)):
                continue
            print(f"Disassembly of {name}:", file=file)
            try:
                dis(value, file=file, depth=depth, **how)
            except TypeError as e:
                print("Sorry:", e, file=file)
            print(file=file)
    else:
        raise TypeError(f"don't know how to disassemble {type(x).__name__} objects")


def distb(tb=None, *, file=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Shows the function at the end of a traceback, the last one if none is given."""
    if tb is None:
        if hasattr(sys, "last_exc"):
            tb = sys.last_exc.__traceback__
        elif hasattr(sys, "last_traceback"):
            tb = sys.last_traceback
        else:
            raise RuntimeError("no last traceback to disassemble")
    while tb.tb_next:
        tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file, adaptive=adaptive, show_offsets=show_offsets, show_positions=show_positions)


def code_info(x):
    """What there is to know of a code object, but for its instructions."""
    code = _code_of(x)
    lines = [f"Name:              {code.co_name}", f"Filename:          {code.co_filename}", f"Argument count:    {code.co_argcount}",
             f"Positional-only arguments: {code.co_posonlyargcount}", f"Kw-only arguments: {code.co_kwonlyargcount}",
             f"Number of locals:  {code.co_nlocals}", f"Stack size:        {code.co_stacksize}", f"Flags:             {pretty_flags(code.co_flags)}"]
    for title, items in (("Constants", map(repr, code.co_consts)), ("Names", code.co_names), ("Variable names", code.co_varnames),
                         ("Free variables", code.co_freevars), ("Cell variables", code.co_cellvars)):
        items = list(items)
        if items:
            lines.append(title + ":")
            lines += [f"{i:4d}: {item}" for i, item in enumerate(items)]
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Prints code_info()."""
    print(code_info(co), file=file)


class Bytecode:
    """The instructions of a function, method, generator, code object or source text; iterating gives them."""

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False, adaptive=False, show_offsets=False,
                 show_positions=False):
        self.codeobj = code = _code_of(x)
        self.first_line = code.co_firstlineno if first_line is None else first_line
        self._shift = self.first_line - code.co_firstlineno
        self._original_object = x
        self.current_offset = current_offset
        self.show_caches, self.adaptive = show_caches, adaptive
        self.show_offsets, self.show_positions = show_offsets, show_positions

    def __iter__(self):
        return _instructions(self.codeobj, self._shift, self.adaptive)

    def __repr__(self):
        return f"{type(self).__name__}({self._original_object!r})"

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """The code at the end of a traceback, with the instruction that raised marked."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti, show_caches=show_caches, adaptive=adaptive)

    def info(self):
        return code_info(self.codeobj)

    def dis(self):
        output = io.StringIO()
        _show(self.codeobj, output, -1 if self.current_offset is None else self.current_offset, shift=self._shift, adaptive=self.adaptive,
              show_offsets=self.show_offsets, show_positions=self.show_positions)
        return output.getvalue()


# ---- for modulefinder

def _find_imports(code):
    """Triples (name, level, fromlist) of the code's import statements."""
    level, names = 0, None
    for instruction in _instructions(code):
        if instruction.opname == "LOAD_INT":
            level = instruction.argval
        elif instruction.opname == "LOAD_CONST" and (instruction.argval is None or isinstance(instruction.argval, tuple)):
            names = instruction.argval
        elif instruction.opname == "IMPORT_NAME":
            yield instruction.argval, level, names


def _find_store_names(code):
    """The names that the code stores in its module's namespace."""
    for instruction in _instructions(code):
        if instruction.opname in ("STORE_NAME", "STORE_GLOBAL"):
            yield instruction.argval


def main(args=None):
    import argparse
    parser = argparse.ArgumentParser(color=True)
    parser.add_argument("-C", "--show-caches", action="store_true", help="accepted; caches don't stand among the instructions")
    parser.add_argument("-O", "--show-offsets", action="store_true", help="show the offsets of instructions")
    parser.add_argument("-P", "--show-positions", action="store_true", help="show where instructions come from in the source")
    parser.add_argument("-S", "--specialized", action="store_true", help="show the specialised forms of instructions")
    parser.add_argument("infile", nargs="?", default="-")
    args = parser.parse_args(args=args)
    if args.infile == "-":
        name, source = "<stdin>", sys.stdin.buffer.read()
    else:
        name = args.infile
        with open(args.infile, "rb") as infile:
            source = infile.read()
    dis(compile(source, name, "exec"), adaptive=args.specialized, show_offsets=args.show_offsets, show_positions=args.show_positions)


if __name__ == "__main__":
    main()
