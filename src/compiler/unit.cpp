// Opening and closing code units: registers of parameters and cells, flags, qualified names, prologue.
#include <algorithm>

#include "compiler/codegen.h"
#include "compiler/flow.h"

namespace oro::compiler {

bool Generator::is_generator_like(Unit const& u) const {
    if (u.kind == UnitKind::class_) return false;
    if (u.kind == UnitKind::module)
        return u.scope->coroutine && (options_.flags & PyCF_ALLOW_TOP_LEVEL_AWAIT);
    return u.scope->generator || u.scope->coroutine;
}

Reg Generator::add_local(std::string_view name, std::uint8_t kind) {
    unit->code->local_names.emplace_back(name);
    unit->code->local_kinds.push_back(kind);
    return Reg(unit->code->local_names.size() - 1);
}

Reg Generator::local_register(Identifier name) {
    auto [entry, fresh] = unit->locals.try_emplace(name.entry(), 0);
    if (fresh) entry->second = add_local(name.text(), 0);
    return entry->second;
}

std::uint32_t Generator::free_index(Identifier name) {
    auto const& free = unit->free_names;
    auto it = std::lower_bound(free.begin(), free.end(), name,
                               [](Identifier a, Identifier b) { return a.text() < b.text(); });
    if (it != free.end() && *it == name) return std::uint32_t(it - free.begin());
    fail("compiler: no such free variable", unit->scope->range);
    return 0;
}

Unit* Generator::enter(UnitKind kind, std::string_view name, Scope* scope, Identifier private_class,
                       int first_line) {
    units_.push_back(std::make_unique<Unit>());
    Unit* u = units_.back().get();
    u->kind = kind;
    u->scope = scope;
    u->private_class = private_class;
    u->parent = unit;
    u->code = std::make_shared<CodeUnit>();
    u->code->name = name;
    u->code->filename = options_.filename;
    u->code->first_line = std::uint32_t(first_line);
    unit = u;
    out = &u->out;
    out->broken = failed();
    set_qualname(*u);

    for (Symbol const& symbol : scope->symbols)
        if (symbol.binding == Binding::free || symbol.flags & DEF_FREE_CLASS)
            u->free_names.push_back(symbol.name);
    std::sort(u->free_names.begin(), u->free_names.end(),
              [](Identifier a, Identifier b) { return a.text() < b.text(); });
    for (Identifier n : u->free_names) u->code->free_names.emplace_back(n.text());

    for (Identifier p : scope->parameters) {
        bool is_cell = scope->binding_of(p) == Binding::cell;
        u->locals[p.entry()] = add_local(p.text(), std::uint8_t(LOCAL_ARGUMENT | (is_cell ? LOCAL_CELL : 0)));
    }
    std::vector<Identifier> cells;
    if (kind == UnitKind::class_) {
        if (scope->needs_class_closure) u->class_cell = add_local("__class__", LOCAL_CELL);
        if (scope->needs_classdict) u->classdict_cell = add_local("__classdict__", LOCAL_CELL);
        if (scope->has_conditional_annotations)
            u->conditional_cell = add_local("__conditional_annotations__", LOCAL_CELL);
    } else {
        for (Symbol const& symbol : scope->symbols)
            if (symbol.binding == Binding::cell && !u->locals.contains(symbol.name.entry()))
                cells.push_back(symbol.name);
        std::sort(cells.begin(), cells.end(), [](Identifier a, Identifier b) { return a.text() < b.text(); });
        for (Identifier c : cells) u->locals[c.entry()] = add_local(c.text(), LOCAL_CELL);
    }

    std::uint32_t flags = future_flags_;
    if (kind != UnitKind::module && kind != UnitKind::class_) {
        flags |= CO_NEWLOCALS | CO_OPTIMIZED;
        if (scope->nested) flags |= CO_NESTED;
        if (scope->generator && !scope->coroutine) flags |= CO_GENERATOR;
        if (!scope->generator && scope->coroutine) flags |= CO_COROUTINE;
        if (scope->generator && scope->coroutine) flags |= CO_ASYNC_GENERATOR;
        if (scope->varargs) flags |= CO_VARARGS;
        if (scope->varkeywords) flags |= CO_VARKEYWORDS;
        if (scope->method) flags |= CO_METHOD;
    } else if (is_generator_like(*u)) {
        flags |= CO_COROUTINE;
    }
    u->code->flags = flags;
    return u;
}

void Generator::set_qualname(Unit& u) {
    Unit const* parent = u.parent;
    std::string& qualname = u.code->qualname;
    if (parent && parent->kind == UnitKind::annotations) parent = parent->parent;
    bool force_global = false;
    if (!parent || parent->kind == UnitKind::module) parent = nullptr;
    if (parent &&
        (u.kind == UnitKind::function || u.kind == UnitKind::async_function || u.kind == UnitKind::class_)) {
        Identifier name = table_.mangled(parent->scope, parent->private_class, id(u.code->name));
        force_global = parent->scope->binding_of(name) == Binding::global_explicit;
    }
    if (parent && !force_global) {
        qualname = parent->code->qualname;
        if (parent->kind == UnitKind::function || parent->kind == UnitKind::async_function ||
            parent->kind == UnitKind::lambda)
            qualname += ".<locals>";
        qualname += '.';
    }
    qualname += u.code->name;
}

void Generator::prologue(Position pos) {
    bool generator = is_generator_like(*unit);
    if (generator) out->emit(pos, Opcode::return_generator);
    CodeUnit const& code = *unit->code;
    for (Reg r = 0; r < code.local_kinds.size(); ++r)
        if (code.local_kinds[r] & LOCAL_CELL) out->emit(nowhere(), Opcode::make_cell, r);
    if (generator) stop_iteration_guard_begin();
    out->emit(pos, Opcode::resume, 0, 0);
    out->prologue_end = out->code.size();
}

// A StopIteration that leaves a generator would end the loop of whoever runs it: it becomes a RuntimeError.
void Generator::stop_iteration_guard_begin() {
    out->handler = out->new_handler(out->new_label(), kTempBase);
}

void Generator::stop_iteration_guard_end() {
    if (!is_generator_like(*unit)) return;
    Handler guard = out->handlers[0];
    out->handler = kNoHandler;
    out->top = 0;
    Reg exc = out->push();
    out->bind(guard.label);
    out->emit(nowhere(), Opcode::intrinsic1, exc, exc, unsigned(Intrinsic1::stopiteration_error), LAST_B);
    out->emit(nowhere(), Opcode::reraise, exc, 1);
    out->pop();
}

std::shared_ptr<CodeUnit> Generator::leave() {
    Unit* u = unit;
    std::shared_ptr<CodeUnit> code = u->code;
    if (!failed()) {
        if (char const* message = assemble(u->out, *code))
            fail(message, u->scope->range, syntax::ErrorKind::overflow_error);
    }
    unit = u->parent;
    out = unit ? &unit->out : nullptr;
    units_.pop_back();
    return code;
}

}  // namespace oro::compiler
