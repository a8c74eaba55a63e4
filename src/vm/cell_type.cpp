// cell: a variable that a function shares with the functions inside it.
//
// Threads: the contents may be rebound at any time; they are a Member. Comparing takes counts of both contents first.
#include "object/class.h"
#include "object/define.h"
#include "object/identity.h"

namespace oro {

namespace {

Cell& at(Value v) { return *static_cast<Cell*>(v.pointer()); }

Value make_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) return (void)raise(py, exc::TypeError, "cell() takes no keyword arguments"), Value{};
    if (n > 1) return (void)raise(py, exc::TypeError, "cell expected at most 1 argument, got {}", n), Value{};
    return make<Cell>(py, type, n ? Maybe<>(share(args[0])) : Maybe<>()).release();
}

Result<Ref<>> repr_cell(Python& py, Borrowed<Cell> self) {
    Maybe<> v = self->contents.load(self.get());
    std::string here = address_text(self.value());
    if (!v) return format_message(py, "<cell at {}: empty>", {std::string_view(here)});
    std::string there = address_text(v.value());
    return format_message(py, "<cell at {}: {} object at {}>", {std::string_view(here), TypeName{v.value()}, std::string_view(there)});
}

// Empty cells come before full ones; full ones compare by their contents.
Result<Ref<>> compare_cells(Python& py, Borrowed<Cell> self, Borrowed<> other, Compare op) {
    if (!is<Cell>(other)) return Ref<>::adopt(kNotImplemented);
    Maybe<> a = self->contents.load(self.get()), b = at(other.value()).contents.load(&at(other.value()));
    if (a && b) return compare(py, *a, *b, op);
    int order = int(bool(a)) - int(bool(b));
    bool result = op == Compare::lt ? order < 0 : op == Compare::le ? order <= 0 : op == Compare::eq ? order == 0
                  : op == Compare::ne ? order != 0 : op == Compare::gt ? order > 0 : order >= 0;
    return Ref<>::adopt(Value::of_bool(result));
}

Value get_contents(Python& py, Value self) {
    Maybe<> v = at(self).contents.load(&at(self));
    if (!v) (void)raise(py, exc::ValueError, "cell is empty");
    return v.release();
}
Value set_contents(Python&, Value self, Value value) {
    at(self).contents.store(&at(self), value ? Maybe<>(share(value)) : Maybe<>());
    return kNone;
}

constexpr SlotDef slots[] = {slot<Dunder::repr, repr_cell>, ORO_COMPARE_SLOTS(compare_cells)};
constexpr GetSetDef getsets[] = {{"cell_contents", get_contents, set_contents}};
constexpr TypeDef cell_def{
    .name = "cell", .doc = "A variable that closures share; without an argument it is empty.", .signature = "contents=<unrepresentable>, /",
    .size = sizeof(Cell), .flags = type_flag::lasting, .hooks = hooks_of<Cell>(), .new_ = make_new, .slots = slots, .getsets = getsets};

}  // namespace

extern Type cell_type;
ORO_TYPE(cell_type, cell_def);
Type& Cell::type() { return cell_type; }

}  // namespace oro
