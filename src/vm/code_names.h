// The names of a code object's variables as Python sees them.
#pragma once
#include <vector>

#include "vm/code.h"

namespace oro {

// Registers of parameters and other plain locals, in the order of co_varnames; then, in the order of co_cellvars, those that
// hold cells. Variables of inlined comprehensions are among the first ones unless another local has the same name.
std::vector<std::uint32_t> variable_registers(Code const& code);
std::vector<std::uint32_t> cell_registers(Code const& code);
inline bool is_cell_register(Code const& code, std::uint32_t r) { return code.unit->local_kinds()[r] & LOCAL_CELL; }
inline bool is_hidden_register(Code const& code, std::uint32_t r) { return code.unit->local_kinds()[r] & LOCAL_HIDDEN; }
inline Str& register_name(Code const& code, std::uint32_t r) { return *static_cast<Str*>(code.local_names->slots[r].pointer()); }

}  // namespace oro
