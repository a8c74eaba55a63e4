#include "runtime/frozen.h"

#include "vm/loaded_image.h"

extern "C" char const oro_frozen_blob[];   // generated/frozen.S

namespace oro {

namespace {

constexpr FrozenModule kNothing{};
constexpr FrozenModule kModules[] = {
#define X(name, of, kind, at, size) {name, of, FrozenModule::kind, at, size},
#include "frozen_table.inc"
#undef X
    kNothing};

}  // namespace

std::string_view FrozenModule::octets() const { return {oro_frozen_blob + at, size}; }

std::span<FrozenModule const> frozen_modules() { return std::span(kModules).first(std::size(kModules) - 1); }

FrozenModule const* find_frozen_module(std::string_view name) {
    for (FrozenModule const& m : frozen_modules())
        if (m.name == name) return &m;
    return nullptr;
}

Result<Ref<>> frozen_code(Python& py, FrozenModule const& module) { return Ref<>(TRY(load_own_image(py, module.octets(), ImageMemory::lasting, true))); }

}  // namespace oro
