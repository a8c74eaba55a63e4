// super() without arguments: the class from the __class__ cell of the running function, the object from its first parameter.
#include "object/class.h"
#include "object/super.h"
#include "vm/function.h"

namespace oro {

Result<SuperArguments> arguments_of_super(Python& py) {
    Frame* frame = py.frame;
    if (!frame) return raise(py, exc::RuntimeError, "super(): no current frame");
    Code& code = *frame->code.get();
    if (code.positional == 0 && !(code.code_flags & CO_VARARGS)) return raise(py, exc::RuntimeError, "super(): no arguments");
    Value first = frame->registers()[0];
    // A parameter that inner functions use stands in a cell.
    Maybe<> object;
    if (is_exact<Cell>(first) && (code.unit->local_kinds[0] & LOCAL_CELL)) {
        auto* cell = static_cast<Cell*>(first.pointer());
        object = cell->contents.load(cell);
    } else if (first) {
        object = Maybe<>(share(first));
    }
    if (!object) return raise(py, exc::RuntimeError, "super(): arg[0] deleted");
    for (std::size_t i = 0; i < code.free_names->size; ++i) {
        if (!equal(*static_cast<Str*>(code.free_names->slots[i].pointer()), "__class__")) continue;
        auto* cell = static_cast<Cell*>(frame->fn()->closure.get()->slots[i].pointer());
        Maybe<> type = cell->contents.load(cell);
        if (!type) return raise(py, exc::RuntimeError, "super(): empty __class__ cell");
        if (!is<Type>(type.value())) return raise(py, exc::RuntimeError, "super(): __class__ is not a type ({})", TypeName{type.value()});
        return SuperArguments{as<Type>(std::move(type).take()), std::move(object).take()};
    }
    return raise(py, exc::RuntimeError, "super(): __class__ cell not found");
}

}  // namespace oro
