// Names, cells and imports.
#include "object/call.h"
#include "object/str.h"
#include "vm/import.h"
#include "vm/op.h"

namespace oro::vm {

namespace {

Raised unbound_local(Op const& op, unsigned r) {
    Str* name = static_cast<Str*>(op.code().local_names->slots[r].pointer());
    (void)raise(op.py, exc::UnboundLocalError, "cannot access local variable '{}' where it is not associated with a value", Borrowed<Str>(*name));
    return {};
}

Raised unbound_free(Op const& op, unsigned i) {
    Str* name = static_cast<Str*>(op.code().free_names->slots[i].pointer());
    (void)raise(op.py, exc::NameError, "cannot access free variable '{}' where it is not associated with a value in enclosing scope", Borrowed<Str>(*name));
    return {};
}

Cell& free_cell(Op const& op, unsigned i) { return *static_cast<Cell*>(op.frame().fn()->closure.get()->slots[i].pointer()); }
Cell& cell_in(Value v) { return *static_cast<Cell*>(v.pointer()); }

Raised name_error(Op const& op, Borrowed<Str> name) {
    (void)raise(op.py, exc::NameError, "name '{}' is not defined", name);
    set_name_error_context(op.py, name);
    return {};
}

// A key of any mapping; a missing one is null.
Result<Maybe<>> mapping_get(Python& py, Value mapping, Borrowed<Str> name) {
    if (is_exact<Dict>(mapping)) return dict_get_item(py, as<Dict>(mapping), name);
    auto r = get_item(py, Borrowed<>(mapping), name);
    if (!r.raised()) return Maybe<>(std::move(r).take());
    if (!raised_is(py, exc::KeyError)) return Raised{};
    clear_raised(py);
    return Maybe<>();
}

Result<Maybe<>> global_or_builtin(Op const& op, Borrowed<Str> name) {
    Function* f = op.frame().fn();
    Maybe<> v;
    if (is_exact<Dict>(f->globals.value())) {
        v = dict_get(op.py, *f->globals.get(), name);
    } else {
        // A class derived from dict may answer for names that it lacks.
        v = TRY(mapping_get(op.py, f->globals.value(), name));
    }
    if (v) return v;
    // Builtins may hold keys that are no plain str but equal to the name.
    return mapping_get(op.py, f->builtins.value(), name);
}

}  // namespace

SLOW(move) {
    put(op.regs, op.a(), reg::retain(op.B()));
    return true;
}

SLOW(load_const) {
    put(op.regs, op.a(), reg::retain(op.k[op.bc()]));
    return true;
}

SLOW(check_local) { return (void)unbound_local(op, op.a()), false; }

SLOW(delete_local) {
    if (op.A().is_null()) return (void)unbound_local(op, op.a()), false;
    put(op.regs, op.a(), Value{});
    return true;
}

SLOW(make_cell) {
    auto cell = make<Cell>(op.py, Cell::type());
    if (cell.raised()) return false;
    Ref<Cell> made = std::move(cell).take();
    if (op.A()) made->contents.set(Maybe<>(op.take(op.a())));
    put(op.regs, op.a(), made.share().release());
    return true;
}

SLOW(load_cell) {
    Cell& cell = cell_in(op.B());
    Maybe<> v = cell.contents.load(&cell);
    if (!v) return (void)unbound_local(op, op.b()), false;
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(store_cell) {
    Cell& cell = cell_in(op.A());
    if (flag_of(op.word, LAST_B)) cell.contents.store(&cell, Maybe<>(op.take(op.b())));
    else cell.contents.store(&cell, Maybe<>(share(op.B())));
    return true;
}

SLOW(delete_cell) {
    Cell& cell = cell_in(op.A());
    if (!cell.contents.exchange(&cell, Maybe<>())) return (void)unbound_local(op, op.a()), false;
    return true;
}

SLOW(load_free) {
    Cell& cell = free_cell(op, op.b());
    Maybe<> v = cell.contents.load(&cell);
    if (!v) return (void)unbound_free(op, op.b()), false;
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(store_free) {
    Cell& cell = free_cell(op, op.a());
    if (flag_of(op.word, LAST_B)) cell.contents.store(&cell, Maybe<>(op.take(op.b())));
    else cell.contents.store(&cell, Maybe<>(share(op.B())));
    return true;
}

SLOW(delete_free) {
    Cell& cell = free_cell(op, op.a());
    if (!cell.contents.exchange(&cell, Maybe<>())) return (void)unbound_free(op, op.a()), false;
    return true;
}

SLOW(load_closure) {
    put(op.regs, op.a(), reg::retain(op.frame().fn()->closure.get()->slots[op.b()]));
    return true;
}

SLOW(load_name_or_free) {
    Str* name = static_cast<Str*>(op.code().free_names->slots[op.c()].pointer());
    auto r = mapping_get(op.py, op.B(), Borrowed<Str>(*name));
    if (r.raised()) return false;
    Maybe<> v = std::move(r).take();
    if (!v) {
        Cell& cell = free_cell(op, op.c());
        v = cell.contents.load(&cell);
        if (!v) return (void)unbound_free(op, op.c()), false;
    }
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(load_name_or_cell) {
    Str* name = static_cast<Str*>(op.code().local_names->slots[op.c()].pointer());
    auto r = mapping_get(op.py, op.B(), Borrowed<Str>(*name));
    if (r.raised()) return false;
    Maybe<> v = std::move(r).take();
    if (!v) {
        Cell& cell = cell_in(op.C());
        v = cell.contents.load(&cell);
        if (!v) return (void)unbound_local(op, op.c()), false;
    }
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(load_global) {
    Borrowed<Str> name = op.site_name(op.bc());
    Function* f = op.frame().fn();
    // Learn where it stands, if both are plain dicts' string tables.
    DictKeys* keys;
    std::uint32_t index;
    bool plain = is_exact<Dict>(f->globals.value());
    if (!plain) {
    } else if (dict_find_entry(*f->globals.get(), *name.get(), &keys, &index)) {
        std::uint32_t version = dict_version(op.py, *f->globals.get());
        if (version != 0 && f->globals.get()->keys() == keys && index < (1u << 30)) learn_global(op.k, op.bc(), version, index);
    } else if (dict_find_entry(*f->builtins.get(), *name.get(), &keys, &index)) {
        Record r;
        r.kind = Record::builtin;
        r.version = dict_version(op.py, *f->globals.get());
        r.version2 = dict_version(op.py, *f->builtins.get());
        r.index = index;
        DictKeys* again;
        std::uint32_t other;
        if (r.version && r.version2 && !dict_find_entry(*f->globals.get(), *name.get(), &again, &other)) learn(op.k, op.bc(), r);
    }
    auto r = global_or_builtin(op, name);
    if (r.raised()) return false;
    Maybe<> v = std::move(r).take();
    if (!v) return (void)name_error(op, name), false;
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(store_global) {
    Borrowed<Str> name = op.site_name(op.bc());
    Ref<> v = flag_of(op.word, LAST_A) ? op.take(op.a()) : share(op.A());
    return !dict_set(op.py, *op.frame().fn()->globals.get(), name, std::move(v)).raised();
}

SLOW(delete_global) {
    Borrowed<Str> name = op.site_name(op.bc());
    if (!dict_pop(op.py, *op.frame().fn()->globals.get(), name)) return (void)name_error(op, name), false;
    return true;
}

SLOW(load_name) {
    Borrowed<Str> name = op.site_name(op.bc());
    Value locals = op.frame().locals;
    Maybe<> v;
    if (locals) {
        auto r = mapping_get(op.py, locals, name);
        if (r.raised()) return false;
        v = std::move(r).take();
    }
    if (!v) {
        auto r = global_or_builtin(op, name);
        if (r.raised()) return false;
        v = std::move(r).take();
    }
    if (!v) return (void)name_error(op, name), false;
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(store_name) {
    Borrowed<Str> name = op.site_name(op.bc());
    Value locals = op.frame().locals;
    if (locals.is_null()) return (void)raise(op.py, exc::SystemError, "no locals found when storing {}", name), false;
    if (is_exact<Dict>(locals)) {
        Ref<> v = flag_of(op.word, LAST_A) ? op.take(op.a()) : share(op.A());
        return !dict_set(op.py, *as<Dict>(locals).get(), name, std::move(v)).raised();
    }
    if (set_item(op.py, Borrowed<>(locals), name, Borrowed<>(op.A())).raised()) return false;
    if (flag_of(op.word, LAST_A)) consume(op.regs, op.a());
    return true;
}

SLOW(delete_name) {
    Borrowed<Str> name = op.site_name(op.bc());
    Value locals = op.frame().locals;
    if (is_exact<Dict>(locals)) {
        if (!dict_pop(op.py, *as<Dict>(locals).get(), name)) return (void)name_error(op, name), false;
        return true;
    }
    auto r = delete_item(op.py, Borrowed<>(locals), name);
    if (!r.raised()) return true;
    if (!raised_is(op.py, exc::KeyError)) return false;
    clear_raised(op.py);
    return (void)name_error(op, name), false;
}

SLOW(load_name_or_global) {
    Borrowed<Str> name = op.site_name(op.c());
    auto r = mapping_get(op.py, op.B(), name);
    if (r.raised()) return false;
    Maybe<> v = std::move(r).take();
    if (!v) {
        auto g = global_or_builtin(op, name);
        if (g.raised()) return false;
        v = std::move(g).take();
    }
    if (!v) return (void)name_error(op, name), false;
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(load_locals) {
    Value locals = op.frame().locals;
    if (locals.is_null()) return (void)raise(op.py, exc::SystemError, "no locals"), false;
    put(op.regs, op.a(), reg::retain(locals));
    return true;
}

SLOW(load_builtin) {
    Value v;
    switch (Builtin(op.b())) {
        case Builtin::AssertionError: v = Value::of(&exc::AssertionError); break;
        case Builtin::NotImplementedError: v = Value::of(&exc::NotImplementedError); break;
        case Builtin::tuple_type: v = Value::of(&tuple_type); break;
        case Builtin::list_type: v = Value::of(&list_type); break;
        case Builtin::set_type: v = Value::of(&set_type); break;
        case Builtin::all:
        case Builtin::any: {
            auto name = make_interned(op.py, Builtin(op.b()) == Builtin::all ? "all" : "any");
            if (name.raised()) return false;
            Maybe<> found = dict_get(op.py, *op.frame().fn()->builtins.get(), std::move(name).take());
            if (!found) return (void)raise(op.py, exc::NameError, "name is not defined"), false;
            put(op.regs, op.a(), reg::adopt(found.release()));
            return true;
        }
    }
    put(op.regs, op.a(), v);
    return true;
}

SLOW(load_build_class) {
    Maybe<> v = dict_get(op.py, *op.frame().fn()->builtins.get(), name::dunder_build_class());
    if (!v) return (void)raise(op.py, exc::NameError, "__build_class__ not found"), false;
    put(op.regs, op.a(), reg::adopt(v.release()));
    return true;
}

SLOW(import_name) {
    Borrowed<Str> name = op.site_name(op.c());
    Function* f = op.frame().fn();
    Maybe<> importer = dict_get(op.py, *f->builtins.get(), name::dunder_import());
    if (!importer) return (void)raise(op.py, exc::ImportError, "__import__ not found"), false;
    Value locals = op.frame().locals ? op.frame().locals : kNone;
    Value args[] = {name.value(), f->globals.value(), locals, op.regs[op.b() + 1], op.regs[op.b()]};
    auto r = call(op.py, *importer, args);
    if (r.raised()) return false;
    op.consume_block(op.b(), 2);
    put(op.regs, op.a(), reg::adopt(std::move(r).release()));
    return true;
}

SLOW(import_from) { return op.finish(import_from(op.py, Borrowed<>(op.B()), op.site_name(op.c()))); }

SLOW(import_star) {
    Value locals = op.frame().locals;
    if (locals.is_null()) return (void)raise(op.py, exc::SystemError, "no locals found during 'import *'"), false;
    return op.finish(import_star(op.py, Borrowed<>(op.A()), Borrowed<>(locals)));
}

}  // namespace oro::vm
