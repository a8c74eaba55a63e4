// What the compiler hands to the runtime: one code unit a function, class body, lambda or module, as plain data without
// any runtime object. The runtime makes a code object of it, and writes and reads it for __pycache__. Immutable after
// the compiler has finished; may be shared between threads then.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bytecode/instruction.h"

namespace oro {

struct CodeUnit;

// A constant. Text is UTF-8 with lone surrogates encoded as WTF-8.
struct Constant {
    enum class Kind : std::uint8_t { none, true_, false_, ellipsis, integer, big_integer, floating, complex, str, bytes, tuple, frozenset, slice, code };
    Kind kind = Kind::none;
    std::int64_t integer = 0;               // integer
    double real = 0, imag = 0;              // floating, complex
    std::string text;                       // str, bytes, big_integer (hexadecimal digits, '-' in front if negative)
    std::vector<Constant> items;            // tuple, frozenset, slice (start, stop, step)
    std::shared_ptr<CodeUnit> code;         // code
};

// Instructions [start, end) are guarded: on an exception the registers from `first_temp` on are released, the exception
// goes to register `exc`, and control to `handler`. Entries are sorted inner first: the first that covers a pc counts.
struct ExceptionEntry {
    std::uint32_t start, end, handler;
    std::uint16_t exc;
    std::uint16_t first_temp;
};

// A feedback site: the name (a constant index) that an attribute, global or method instruction uses. The runtime keeps
// one 64-bit cache word beside each.
struct Site {
    std::uint32_t name;
};

// Source range of one instruction; line 0: no position (artificial). Columns are UTF-8 byte offsets from 0, -1 unknown.
struct Position {
    std::int32_t line = 0, end_line = 0, column = -1, end_column = -1;
    bool operator==(Position const&) const = default;
};

// Bits of co_flags, with CPython's values.
enum CodeFlags : std::uint32_t {
    CO_OPTIMIZED = 0x1, CO_NEWLOCALS = 0x2, CO_VARARGS = 0x4, CO_VARKEYWORDS = 0x8, CO_NESTED = 0x10, CO_GENERATOR = 0x20,
    CO_COROUTINE = 0x80, CO_ITERABLE_COROUTINE = 0x100, CO_ASYNC_GENERATOR = 0x200, CO_FUTURE_BARRY_AS_BDFL = 0x400000,
    CO_FUTURE_ANNOTATIONS = 0x1000000, CO_HAS_DOCSTRING = 0x4000000, CO_METHOD = 0x8000000,
};

// Registers: parameters first (positional, keyword-only, *args, **kwargs), then the other locals and own cells, then
// temporaries. Every register below `local_names.size()` has a name; a cell variable's register holds its Cell after
// make_cell (for a parameter: after the prologue).
struct CodeUnit {
    std::string name, qualname, filename;
    std::uint32_t flags = 0;                       // CodeFlags
    std::uint32_t positional_only = 0, positional = 0, keyword_only = 0;  // `positional` includes the positional-only ones
    std::uint32_t registers = 0;                   // all of them, call blocks included
    std::uint32_t first_line = 1;
    std::vector<std::string> local_names;          // one a register; inlined-comprehension locals are in it too
    std::vector<std::uint8_t> local_kinds;         // LocalKind bits
    std::vector<std::string> free_names;           // free variable names, sorted as CPython's co_freevars
    std::vector<Constant> constants;               // [0] is the docstring if CO_HAS_DOCSTRING
    std::vector<Site> sites;
    std::vector<Instruction> code;
    std::vector<ExceptionEntry> exceptions;
    std::vector<Position> positions;               // one an instruction
};

// Bits of CodeUnit::local_kinds.
// Hidden ones belong to inlined comprehensions and are null outside of them, also those that are cells. A hidden local
// may have the name of another local, which it then shadows as long as it is bound. (In a function, a comprehension's
// variable whose name the function has not otherwise is an ordinary local, as co_varnames shows it.)
enum LocalKind : std::uint8_t { LOCAL_ARGUMENT = 1, LOCAL_CELL = 2, LOCAL_HIDDEN = 4 };

}  // namespace oro
