// marshal: values of the builtin types as octets and back, in CPython's format (version 5).
//
// A code object is a letter, a size, and the octets of bytecode/code_image.h: Orochi's bytecode isn't CPython's.
#pragma once
#include "object/byte_builder.h"
#include "object/define.h"

namespace oro::marshal {

inline constexpr int kVersion = 5;
inline constexpr int kMaxDepth = 2000;

// The letters of the format.
namespace code {
inline constexpr char null = '0', none = 'N', false_ = 'F', true_ = 'T', stop_iteration = 'S', ellipsis = '.', int32 = 'i', int64 = 'I',
                      long_ = 'l', float_text = 'f', float_binary = 'g', complex_text = 'x', complex_binary = 'y', bytes = 's',
                      interned = 't', ref = 'r', tuple = '(', small_tuple = ')', list = '[', dict = '{', code = 'c', unicode = 'u',
                      set = '<', frozenset = '>', slice = ':', ascii = 'a', ascii_interned = 'A', short_ascii = 'z',
                      short_ascii_interned = 'Z';
inline constexpr unsigned char flag_ref = 0x80;  // the object gets the next number for later references
}  // namespace code

Result<Ref<Bytes>> write(Python& py, Borrowed<> value, int version, bool allow_code);
Result<Ref<>> read(Python& py, std::string_view octets, bool allow_code);
// From a file object, without reading more than the value.
Result<Ref<>> read_file(Python& py, Borrowed<> file, bool allow_code);

}  // namespace oro::marshal
