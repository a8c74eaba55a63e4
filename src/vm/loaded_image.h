// A block of code in memory with the strings that have been made of its texts: what the code objects of one module share.
//
// Counted by the code objects that stand on it. A string is made by whoever needs it first; any thread may.
#pragma once
#include <atomic>

#include "vm/code.h"

namespace oro {

struct LoadedImage {
    ImageHeader const* header;
    bool immortal;                               // constants live for ever
    bool owned;                                  // the block is freed with this
    std::atomic<std::uint32_t> users{1};

    LoadedImage(ImageHeader const* h, bool for_ever, bool own) : header(h), immortal(for_ever), owned(own) {}
    // One a text: the bits of a counted str, or 0.
    std::atomic<std::uint64_t>* strings() { return reinterpret_cast<std::atomic<std::uint64_t>*>(this + 1); }
};

// Where a block of our own lies; lasting: aligned, and as long as the process.
enum class ImageMemory : std::uint8_t { copied, lasting };

// The code of unit 0, folded. The block is one that this build has written.
Result<Ref<Code>> load_own_image(Python& py, std::string_view octets, ImageMemory memory, bool immortal);
// The same of octets that may be anything: null if they aren't code of this build, complete and sound.
Result<Maybe<Code>> load_foreign_image(Python& py, std::string_view octets, bool immortal);

// Gives the code, and that in it, another file name where it has the same as `code` (for _imp._fix_co_filename).
void fix_filename(Thread& t, Code& code, Borrowed<Str> filename);

}  // namespace oro
