// Code objects: bytecode, constants, feedback. Made from a CodeUnit; shared by all threads.
//
// Immutable after creation except for two things that any thread may change at any time, both single atomic words or bytes:
// the opcode byte of an instruction (specialisation to an equivalent form), and the feedback words. A feedback word is 0, a
// packed {shape:32, payload:32}, or a pointer to an immutable record that is retired when it is replaced.
#pragma once
#include <memory>

#include "bytecode/code_unit.h"
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

namespace monitor { struct Points; }

struct Code : Object {
    Instruction* code = nullptr;       // owned; the words
    Value* k = nullptr;                // constants; k[-1 - site] is the feedback word of a site
    std::uint32_t code_count = 0, constant_count = 0, site_count = 0;
    std::uint32_t registers;           // all
    std::uint32_t local_count;         // named registers
    std::uint32_t positional, keyword_only, code_flags;
    std::uint32_t parameter_count;     // positional + keyword-only + *args + **kwargs
    bool simple;                       // only positional parameters: a call with the right number needs no binding
    std::shared_ptr<CodeUnit const> unit;
    Fixed<Str> name, qualname, filename;
    Fixed<Tuple> local_names, free_names;   // of str, interned
    std::atomic<std::uint64_t> unique{0};
    std::atomic<monitor::Points*> points{nullptr};  // owned; once the code has been watched (vm/instrument.h)

    explicit Code(std::shared_ptr<CodeUnit const> u) : unit(std::move(u)) {}
    ~Code();
    static Type& type();
    void trace(Visitor& v);
    void clear();

    std::atomic<std::uint64_t>& feedback(unsigned site) const { return reinterpret_cast<std::atomic<std::uint64_t>*>(k)[-1 - std::ptrdiff_t(site)]; }
    Str* site_name(unsigned site) const { return static_cast<Str*>(k[unit->sites[site].name].pointer()); }
    bool is_generator() const { return code_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR); }
    std::uint32_t index_of(Instruction const* pc) const { return std::uint32_t(pc - code); }
};

// `immortal`: constants are made immortal (code of modules, which stays); otherwise they are counted and die with it.
Result<Ref<Code>> make_code(Python& py, std::shared_ptr<CodeUnit const> unit, bool immortal);
Result<Ref<>> make_constant(Python& py, Constant const& c, bool immortal);

}  // namespace oro
