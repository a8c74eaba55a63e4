// The modules that the executable carries compiled (src/runtime/frozen_modules.txt), as blocks of bytecode/code_image.h.
#pragma once
#include <span>
#include <string_view>

#include "object/call.h"

namespace oro {

struct FrozenModule {
    enum Kind : std::uint8_t { start, module, package };
    std::string_view name;
    std::string_view of;                // the library's module whose source it is, "<NAME" for a package's own; empty: none
    Kind kind;
    std::uint32_t at, size;             // in the blob

    bool is_package() const { return kind == package; }
    std::string_view octets() const;
};

std::span<FrozenModule const> frozen_modules();
FrozenModule const* find_frozen_module(std::string_view name);
// A new code object of it, folded.
Result<Ref<>> frozen_code(Python& py, FrozenModule const& module);

}  // namespace oro
