#include "bytecode/instruction.h"

namespace oro {

namespace {
using enum OperandKind;

// The operand kinds of a specialised form are those of its generic one.
constexpr OpInfo generic_info[] = {
#define OP(name, a, b, c, effect) {#name, a, b, c, Effect::effect, Opcode::name},
#define SPEC(name, generic) {#name, _, _, _, Effect::pure, Opcode::generic},
#include "bytecode/ops.def"
#undef OP
#undef SPEC
};
}  // namespace

#define OP(name, a, b, c, effect) generic_info[int(Opcode::name)],
#define SPEC(name, generic)                                                                          \
    {#name, generic_info[int(Opcode::generic)].a, generic_info[int(Opcode::generic)].b,              \
     generic_info[int(Opcode::generic)].c, generic_info[int(Opcode::generic)].effect, Opcode::generic},
const OpInfo op_info[kOpcodeCount] = {
#include "bytecode/ops.def"
};
#undef OP
#undef SPEC

}  // namespace oro
