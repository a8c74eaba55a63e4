// Code objects: bytecode, constants, feedback. Made from a block of bytecode/code_image.h, on which they stand; shared by all threads.
//
// A code object is made folded: the plain facts are there (counts, flags, names), but its constants are no objects yet, and `code`
// points to one `unfold` instruction. Whoever needs more than the facts calls unfold() first, as running it does; so a
// function that is never called costs little. Unfolding happens once, and publishes everything else with `code`.
//
// Otherwise immutable after creation except for what any thread may change at any time, all of them single atomic words or
// bytes: the opcode byte of an instruction (specialisation to an equivalent form), and the feedback words. A feedback word is 0, a
// packed {shape:32, payload:32}, or a pointer to an immutable record that is retired when it is replaced.
#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "bytecode/code_image.h"
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

struct LoadedImage;   // vm/loaded_image.h
namespace monitor { struct Points; }

struct Code : Object {
    std::atomic<Instruction*> code;         // the words, or the one that unfolds
    std::atomic<Value*> k{nullptr};         // constants; k[-1 - site] is the feedback word of a site; the words follow
    std::uint32_t code_count, constant_count, site_count;
    std::uint32_t registers;                // all
    std::uint32_t local_count;              // named registers
    std::uint32_t positional, keyword_only, code_flags;
    std::uint32_t parameter_count;          // positional + keyword-only + *args + **kwargs
    bool simple;                            // only positional parameters: a call with the right number needs no binding
    LoadedImage* image;                     // counted
    ImageUnit const* unit;                  // in the image: facts that need no object, and the instructions as they were
    Fixed<Str> name, qualname, filename;
    Fixed<Tuple> local_names, free_names;   // of str, interned; once unfolded
    std::atomic<std::uint64_t> unique{0};
    std::atomic<monitor::Points*> points{nullptr};  // owned; once the code has been watched (vm/instrument.h)
    std::atomic<std::vector<Position> const*> unpacked{nullptr};  // positions, once asked for

    Code(LoadedImage& image, ImageUnit const& unit);
    ~Code();
    static Type& type();
    void trace(Visitor& v);
    void clear();

    bool is_folded() const;
    std::atomic<std::uint64_t>& feedback(unsigned site) const { return reinterpret_cast<std::atomic<std::uint64_t>*>(k.load(std::memory_order_relaxed))[-1 - std::ptrdiff_t(site)]; }
    Str* site_name(unsigned site) const { return static_cast<Str*>(k.load(std::memory_order_relaxed)[unit->sites()[site].name].pointer()); }
    bool is_generator() const { return code_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR); }
    // A frame that has not begun to run may still be at the instruction that unfolds.
    std::uint32_t index_of(Instruction const* pc) const {
        std::ptrdiff_t i = pc - code.load(std::memory_order_relaxed);
        return std::size_t(i) < code_count ? std::uint32_t(i) : 0;
    }
};

// Makes the objects that a code object needs to run, unless it has them.
Result<void> unfold_now(Python& py, Code& code);
inline Result<void> unfold(Python& py, Code& code) { return code.is_folded() ? unfold_now(py, code) : Result<void>(); }

extern const Instruction kUnfoldInstruction;
inline bool Code::is_folded() const { return code.load(std::memory_order_acquire) == &kUnfoldInstruction; }

// Code from the compiler, unfolded. `immortal`: constants are made immortal (code of modules, which stays); otherwise they are
// counted and die with it.
Result<Ref<Code>> make_code(Python& py, CodeUnit const& unit, bool immortal);
// What the compiler would have made for this code, with the constants as they stand in the object. Of those that no program has (put
// there by replace()) None is made, or, refused, null is returned.
enum class OddConstants : std::uint8_t { refused, as_none };
Result<std::shared_ptr<CodeUnit>> unit_of_code(Python& py, Code& code, OddConstants odd);

// Where each instruction comes from in the source.
std::vector<Position> const& positions_of(Code const& code);

}  // namespace oro
