// Compiled code as one block of octets that can be used in place: what the executable carries of its frozen modules, what a
// .pyc file holds, and what every code object in memory stands on.
//
// A block is: ImageHeader; the offset of each unit; the texts' places; the units, each an ImageUnit and its arrays; the text.
// Unit 0 is the module, function or class that was asked for; the others are the code constants in it, in the order in which
// the units before name them. Everything is little-endian and aligned, so that it can be looked at where it stands: constants,
// names and positions become objects when somebody needs them.
//
// The form stands for one build's bytecode: the header has a fingerprint of that and a checksum. check_image()
// trusts nothing else and makes sure of all that the accessors and the interpreter take for granted. A block is immutable. Pure functions,
// safe from any thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "bytecode/code_unit.h"

namespace oro {

struct ImageText {
    std::uint32_t at, size;           // from the start of the block
};

struct ImageConstant {
    Constant::Kind kind;
    std::uint32_t count;              // items of a tuple, frozenset or slice
    std::uint64_t payload;            // integer, bits of a float; the text of str, bytes, complex (two doubles) and big_integer;
                                      // the first item's index among the unit's constants; a unit's index
};
static_assert(sizeof(ImageConstant) == 16 && sizeof(ExceptionEntry) == 16 && sizeof(Site) == 4);

struct ImageUnit {
    std::uint32_t flags, positional_only, positional, keyword_only, registers, first_line;
    std::uint32_t name, qualname, filename;                                   // texts
    std::uint32_t local_count, free_count, constant_count, item_count;        // item_count: of what stands inside of constants
    std::uint32_t site_count, word_count, exception_count, position_size, index;

    Instruction const* words() const { return reinterpret_cast<Instruction const*>(this + 1); }
    ImageConstant const* constants() const { return reinterpret_cast<ImageConstant const*>(words() + word_count); }
    ExceptionEntry const* exceptions() const { return reinterpret_cast<ExceptionEntry const*>(constants() + constant_count + item_count); }
    Site const* sites() const { return reinterpret_cast<Site const*>(exceptions() + exception_count); }
    std::uint32_t const* local_names() const { return reinterpret_cast<std::uint32_t const*>(sites() + site_count); }
    std::uint32_t const* free_names() const { return local_names() + local_count; }
    std::uint8_t const* local_kinds() const { return reinterpret_cast<std::uint8_t const*>(free_names() + free_count); }
    std::string_view positions() const { return {reinterpret_cast<char const*>(local_kinds() + local_count), position_size}; }
    std::uint64_t size() const {      // a multiple of eight
        return (sizeof(ImageUnit) + 8ull * word_count + 16ull * constant_count + 16ull * item_count + 16ull * exception_count + 4ull * site_count +
                4ull * local_count + 4ull * free_count + local_count + position_size + 7) & ~7ull;
    }
};
static_assert(sizeof(ImageUnit) % 8 == 0);

struct ImageHeader {
    std::uint64_t fingerprint, checksum;             // of this build's bytecode; of all that follows
    std::uint32_t size, unit_count, text_count, unused;

    std::uint32_t const* unit_places() const { return reinterpret_cast<std::uint32_t const*>(this + 1); }
    ImageText const* text_places() const { return reinterpret_cast<ImageText const*>(unit_places() + (unit_count + (unit_count & 1))); }
    char const* at(std::uint64_t offset) const { return reinterpret_cast<char const*>(this) + offset; }
    ImageUnit const* unit(std::uint32_t i) const { return reinterpret_cast<ImageUnit const*>(at(unit_places()[i])); }
    std::string_view text(std::uint32_t i) const { return {at(text_places()[i].at), text_places()[i].size}; }
};
static_assert(sizeof(ImageHeader) % 8 == 0);

// Changes with every change of the front end: the operations, the form of the block, what the compiler makes of a source.
std::uint64_t image_fingerprint();

std::string write_image(CodeUnit const& unit);
// Makes the header's fingerprint and checksum those of what stands behind them.
void seal_image(std::string& octets);
// Whether these octets, aligned to eight, are a block of this build in which everything is as it should be.
bool check_image(std::string_view octets);

// ---- positions: each run of equal ones as its length and the differences to the one before
std::vector<Position> unpack_positions(ImageUnit const& unit);
// The line of one instruction, 0 if it has none.
int line_in_image(ImageUnit const& unit, std::uint32_t index);

}  // namespace oro
