// FrameLocalsProxy: the variables of a function's frame as a mapping (PEP 667). Reading and writing go to the frame; names that
// the function doesn't have live in a dict of the frame object.
#include "object/define.h"
#include "object/dict.h"
#include "vm/frame_object.h"

namespace oro {

namespace {

struct FrameLocals : Object {
    Fixed<FrameObject> frame;
    explicit FrameLocals(Ref<FrameObject> f) : frame(std::move(f)) {}
    static constexpr auto fields = std::tuple{&FrameLocals::frame};
    static Type& type();
};

FrameObject& frame_of(Borrowed<FrameLocals> self) { return *self->frame.get(); }

// Of a frame that has a mapping of its own, none.
Maybe<Dict> extra_of(FrameObject& o) {
    if (!(o.code->code_flags & CO_OPTIMIZED)) return {};
    Maybe<> v = o.locals_snapshot.load(&o);
    return v ? Maybe<Dict>(as<Dict>(std::move(v).take())) : Maybe<Dict>();
}
Result<Ref<Dict>> make_extra(Python& py, FrameObject& o) {
    if (Maybe<Dict> there = extra_of(o)) return std::move(there).take();
    Ref<Dict> made = TRY(make_dict(py));
    if (o.code->code_flags & CO_OPTIMIZED) {
        Section section(py, &o);
        if (!o.locals_snapshot.peek()) (void)o.locals_snapshot.swap(Maybe<>(made.share()));
    }
    Maybe<Dict> now = extra_of(o);
    return now ? std::move(now).take() : std::move(made);
}

int variable_named(Python& py, FrameObject& o, Borrowed<> key) {
    return is<Str>(key) ? find_frame_variable(py, o, *as<Str>(key)) : -1;
}

Result<Maybe<>> find(Python& py, FrameObject& o, Borrowed<> key) {
    int i = variable_named(py, o, key);
    if (i >= 0)
        if (Maybe<> v = frame_variable(py, o, std::uint32_t(i))) return v;
    if (Maybe<Dict> extra = extra_of(o)) return dict_get_item(py, *extra, key);
    if (!is<Str>(key)) CHECK(hash_value(py, key));
    return Maybe<>();
}

Result<void> set(Python& py, FrameObject& o, Borrowed<> key, Borrowed<> value) {
    int i = variable_named(py, o, key);
    if (i >= 0) return set_frame_variable(py, o, std::uint32_t(i), value.share());
    return dict_set_item(py, TRY(make_extra(py, o)), key, value.share());
}

// Takes an extra name away: null if it isn't there.
Result<Maybe<>> take(Python& py, FrameObject& o, Borrowed<> key) {
    if (variable_named(py, o, key) >= 0) return raise(py, exc::ValueError, "cannot remove local variables from FrameLocalsProxy");
    Maybe<Dict> extra = extra_of(o);
    if (!extra) return Maybe<>();
    return dict_pop_item(py, *extra, key);
}

Result<Ref<Dict>> to_dict(Python& py, FrameObject& o) {
    std::vector<std::pair<Ref<Str>, Ref<>>> all;
    CHECK(each_frame_variable(py, o, all));
    Ref<Dict> out = TRY(make_dict(py, all.size()));
    for (auto& [name, value] : all) CHECK(dict_set(py, *out, name, std::move(value)));
    if (Maybe<Dict> extra = extra_of(o)) CHECK(dict_merge(py, out, *extra));
    return out;
}

// ---- slots

Result<Ref<>> getitem(Python& py, Borrowed<FrameLocals> self, Borrowed<> key) {
    Maybe<> v = TRY(find(py, frame_of(self), key));
    if (v) return std::move(v).take();
    Ref<Str> text = TRY(repr(py, key));
    return raise(py, exc::KeyError, "local variable '{}' is not defined", text);
}
Result<void> setitem(Python& py, Borrowed<FrameLocals> self, Borrowed<> key, Borrowed<> value) { return set(py, frame_of(self), key, value); }
Result<void> delitem(Python& py, Borrowed<FrameLocals> self, Borrowed<> key) {
    if (!TRY(take(py, frame_of(self), key))) return raise_value(py, exc::KeyError, key);
    return {};
}
Result<bool> contains_key(Python& py, Borrowed<FrameLocals> self, Borrowed<> key) { return bool(TRY(find(py, frame_of(self), key))); }
Result<Ref<>> keys(Python& py, Borrowed<FrameLocals> self) { return TRY(list_from(py, TRY(to_dict(py, frame_of(self))))); }
Result<std::int64_t> length_of(Python& py, Borrowed<FrameLocals> self) { return std::int64_t(TRY(to_dict(py, frame_of(self)))->size()); }
Result<Ref<>> iterate(Python& py, Borrowed<FrameLocals> self) { return get_iterator(py, TRY(keys(py, self))); }

Result<Ref<>> repr_locals(Python& py, Borrowed<FrameLocals> self) {
    if (!TRY(repr_enter(py, self->frame.share()))) return make_str(py, "{...}");
    auto text = [&]() -> Result<Ref<Str>> { return repr(py, TRY(to_dict(py, frame_of(self)))); }();
    repr_leave(py, self->frame.share());
    return text;
}

Result<Ref<>> compare_locals(Python& py, Borrowed<FrameLocals> self, Borrowed<> other, Compare op) {
    if (op != Compare::eq && op != Compare::ne) return Ref<>::adopt(kNotImplemented);
    if (is<FrameLocals>(other)) {
        bool same = self->frame.value() == as<FrameLocals>(other)->frame.value();
        return Ref<>::adopt(Value::of_bool(same == (op == Compare::eq)));
    }
    if (!is<Dict>(other)) return Ref<>::adopt(kNotImplemented);
    return compare(py, TRY(to_dict(py, frame_of(self))), other, op);
}

// A dict or a proxy as a dict; null for other things.
Result<Maybe<Dict>> operand(Python& py, Borrowed<> v) {
    if (is<FrameLocals>(v)) return Maybe<Dict>(TRY(to_dict(py, frame_of(as<FrameLocals>(v)))));
    if (is<Dict>(v)) return Maybe<Dict>(as<Dict>(v).share());
    return Maybe<Dict>();
}

Result<Ref<>> either(Python& py, Borrowed<> a, Borrowed<> b) {
    Maybe<Dict> x = TRY(operand(py, a)), y = TRY(operand(py, b));
    if (!x || !y) return Ref<>::adopt(kNotImplemented);
    Ref<Dict> out = TRY(dict_copy(py, *x));
    CHECK(dict_merge(py, out, *y));
    return out;
}

Result<bool> merge(Python& py, Borrowed<FrameLocals> self, Borrowed<> other) {
    Maybe<Dict> from = TRY(operand(py, other));
    if (!from) return false;
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, **from, &position, &key, &value)) CHECK(set(py, frame_of(self), *key, *value));
    return true;
}
Result<Ref<>> merge_inplace(Python& py, Borrowed<FrameLocals> self, Borrowed<> other) {
    if (!TRY(merge(py, self, other))) return Ref<>::adopt(kNotImplemented);
    return self.share();
}

// ---- methods

Result<void> update(Python& py, Borrowed<FrameLocals> self, Borrowed<> other) {
    if (!TRY(merge(py, self, other))) return raise(py, exc::TypeError, "update() argument must be dict or another FrameLocalsProxy");
    return {};
}
Value update_checked(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) return (void)raise(py, exc::TypeError, "FrameLocalsProxy.update() takes no keyword arguments"), Value{};
    if (n != 1) return (void)raise(py, exc::TypeError, "FrameLocalsProxy.update() takes exactly one argument ({} given)", n), Value{};
    return update(py, as<FrameLocals>(self), Borrowed<>(args[0])).raised() ? Value{} : kNone;
}
Result<Ref<>> copy(Python& py, Borrowed<FrameLocals> self) { return TRY(to_dict(py, frame_of(self))); }
Result<Ref<>> values(Python& py, Borrowed<FrameLocals> self) {
    return TRY(list_from(py, TRY(call_method(py, TRY(to_dict(py, frame_of(self))), name::values(), {}))));
}
Result<Ref<>> items(Python& py, Borrowed<FrameLocals> self) {
    return TRY(list_from(py, TRY(call_method(py, TRY(to_dict(py, frame_of(self))), name::items(), {}))));
}
Result<Ref<>> get(Python& py, Borrowed<FrameLocals> self, Borrowed<> key, Borrowed<> otherwise) {
    Maybe<> v = TRY(find(py, frame_of(self), key));
    return v ? std::move(v).take() : otherwise.share();
}
Result<Ref<>> setdefault(Python& py, Borrowed<FrameLocals> self, Borrowed<> key, Borrowed<> otherwise) {
    Maybe<> v = TRY(find(py, frame_of(self), key));
    if (v) return std::move(v).take();
    CHECK(set(py, frame_of(self), key, otherwise));
    return otherwise.share();
}
Value pop(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) return (void)raise(py, exc::TypeError, "FrameLocalsProxy.pop() takes no keyword arguments"), Value{};
    if (n < 1) return (void)raise(py, exc::TypeError, "pop expected at least 1 argument, got 0"), Value{};
    if (n > 2) return (void)raise(py, exc::TypeError, "pop expected at most 2 arguments, got {}", n), Value{};
    auto r = take(py, frame_of(as<FrameLocals>(self)), Borrowed<>(args[0]));
    if (r.raised()) return {};
    Maybe<> v = std::move(r).take();
    if (v) return v.release();
    if (n == 2) return share(args[1]).release();
    (void)raise_value(py, exc::KeyError, Borrowed<>(args[0]));
    return {};
}
Result<Ref<>> reversed(Python& py, Borrowed<FrameLocals> self) {
    Ref<> list = TRY(keys(py, self));
    CHECK(call_method(py, list, name::reverse(), {}));
    return list;
}

Value make_new(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) {
    if (n != 1) return (void)raise(py, exc::TypeError, "FrameLocalsProxy expected 1 argument, got {}", n), Value{};
    if (names && names->size) return (void)raise(py, exc::TypeError, "FrameLocalsProxy takes no keyword arguments"), Value{};
    if (!is<FrameObject>(args[0])) return (void)raise(py, exc::TypeError, "expect frame, not {}", TypeName{args[0]}), Value{};
    return make_frame_locals_proxy(py, as<FrameObject>(args[0])).release();
}

constexpr MethodDef methods[] = {
    def<copy>("copy", "", "A dict of the variables as they are now."),
    def<keys>("keys", "", "The names, as a list."),
    def<values>("values", "", "The values, as a list."),
    def<items>("items", "", "The pairs, as a list."),
    def<get>("get", "key, default=None, /", "The value of a name, or the default."),
    def<setdefault>("setdefault", "key, default=None, /", "The value of a name, set to the default if there is none."),
    raw_def("update", "other, /", "Set variables from a dict or another proxy.", update_checked),
    raw_def("pop", "key, default=<unrepresentable>, /", "Remove a name that is no variable of the function.", pop),
    def<reversed>("__reversed__", "", ""),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_locals>,  slot<Dunder::len, length_of>,     slot<Dunder::iter, iterate>,
    slot<Dunder::getitem, getitem>,   slot<Dunder::setitem, setitem>,   slot<Dunder::delitem, delitem>,
    slot<Dunder::contains, contains_key>, number_slot<Dunder::or_, either>, slot<Dunder::ior_, merge_inplace>,
    ORO_COMPARE_SLOTS(compare_locals),
};
constexpr TypeDef locals_def{.name = "FrameLocalsProxy", .size = sizeof(FrameLocals), .flags = type_flag::mapping,
                             .hooks = hooks_of<FrameLocals>(), .new_ = make_new, .methods = methods, .slots = slots};

}  // namespace

extern Type frame_locals_type;
ORO_TYPE(frame_locals_type, locals_def);
namespace {
Type& FrameLocals::type() { return frame_locals_type; }
}

Result<Ref<>> make_frame_locals_proxy(Thread& t, Borrowed<FrameObject> frame) {
    return make<FrameLocals>(t, frame_locals_type, frame.share());
}

}  // namespace oro
