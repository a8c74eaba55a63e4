// contextvars.Context, ContextVar, Token, and the iterators of a context.
#include "object/context.h"

#include <cstdio>

#include "object/define.h"
#include "object/generic_alias.h"

namespace oro {
namespace {

Context& context_of(Value v) { return *static_cast<Context*>(v.pointer()); }

Result<Borrowed<ContextVar>> key_of(Python& py, Borrowed<> key) {
    if (is<ContextVar>(key)) return as<ContextVar>(key);
    Ref<Str> shown = TRY(repr(py, key));
    return raise(py, exc::TypeError, "a ContextVar key was expected, got {}", shown);
}

// ---- Context

Value new_context(Python& py, Type& type, Value const*, std::size_t n, Tuple* names) {
    if (n || (names && names->size)) {
        (void)raise(py, exc::TypeError, "Context() does not accept any arguments");
        return {};
    }
    return make<Context>(py, type).release();
}

Result<Ref<>> context_getitem(Python& py, Borrowed<Context> self, Borrowed<> key) {
    Maybe<> v = context_get(py, self, TRY(key_of(py, key)));
    if (v) return std::move(v).take();
    return raise_value(py, exc::KeyError, key);
}
Result<bool> context_contains(Python& py, Borrowed<Context> self, Borrowed<> key) {
    return bool(context_get(py, self, TRY(key_of(py, key))));
}
std::size_t size_of(Context& c) {
    Maybe<ContextNode> map = c.map.load(&c);
    std::size_t n = 0;
    if (map) each_entry((*map).get(), [&](Value, Value) { ++n; });
    return n;
}
std::int64_t context_length(Thread&, Borrowed<Context> self) { return std::int64_t(size_of(*self)); }

Result<Ref<>> context_lookup(Python& py, Borrowed<Context> self, Borrowed<> key, Optional<> otherwise) {
    Maybe<> v = context_get(py, self, TRY(key_of(py, key)));
    if (v) return std::move(v).take();
    return otherwise.value_or(none).share();
}
Result<Ref<>> copy(Thread& t, Borrowed<Context> self) { return Ref<>(TRY(copy_context(t, self))); }

Value run(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto r = [&]() -> Result<Ref<>> {
        if (!is<Context>(self)) return raise(py, exc::TypeError, "descriptor 'run' requires a '_contextvars.Context' object");
        if (n == 0) return raise(py, exc::TypeError, "run() missing 1 required positional argument");
        Borrowed<Context> context = as<Context>(self);
        CHECK(enter_context(py, context));
        Result<Ref<>> result = call(py, Borrowed<>(args[0]), std::span<Value const>(args + 1, n - 1 + (names ? names->size : 0)), names);
        leave_context(py, context);
        return result;
    };
    return r().release();
}

Result<Ref<>> equality(Python& py, Borrowed<> a, Borrowed<> b, Compare op) {
    if (!is<Context>(a) || !is<Context>(b)) return Ref<>::immediate(kNotImplemented);
    Context &x = context_of(a.value()), &y = context_of(b.value());
    bool same = size_of(x) == size_of(y);
    // The map is immutable, and held while its values are compared.
    Maybe<ContextNode> map = x.map.load(&x);
    std::vector<std::pair<Value, Value>> entries;
    if (map && same) each_entry((*map).get(), [&](Value k, Value v) { entries.push_back({k, v}); });
    for (auto [key, value] : entries) {
        Maybe<> other = context_get(py, as<Context>(b), as<ContextVar>(key));
        same = other && TRY(equal(py, Borrowed<>(value), *other));
        if (!same) break;
    }
    return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq)));
}
Result<Ref<>> eq(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::eq); }
Result<Ref<>> ne(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::ne); }
Result<std::int64_t> no_hash(Thread& t, Borrowed<> self) {
    return raise(t, exc::TypeError, "unhashable type: '{}'", TypeName{self.value()});
}

// ---- iterators: over a snapshot, which the map's immutability makes exact

struct ContextIterator : Object {
    Fixed<Tuple> items;
    std::atomic<std::size_t> index{0};
    explicit ContextIterator(Ref<Tuple> i) : items(std::move(i)) {}
    static constexpr auto fields = std::tuple{&ContextIterator::items};
};
enum class Part { keys, values, items };

}  // namespace
extern Type context_keys_type, context_values_type, context_items_type;
namespace {

Result<Ref<>> iterate(Thread& t, Context& self, Part part) {
    Maybe<ContextNode> map = self.map.load(&self);
    std::size_t n = 0, i = 0;
    if (map) each_entry((*map).get(), [&](Value, Value) { ++n; });
    Ref<Tuple> items = TRY(make_tuple_uninitialized(t, n));
    bool failed = false;
    if (map) {
        each_entry((*map).get(), [&](Value k, Value v) {
            if (failed) return;
            if (part != Part::items) {
                items->slots[i++] = share(part == Part::keys ? k : v).release();
                return;
            }
            Result<Ref<Tuple>> pair = make_tuple_of(t, share(k), share(v));
            if (pair.raised()) failed = true;
            else items->slots[i++] = std::move(pair).take().release();
        });
    }
    if (failed) return Raised{};
    Type& type = part == Part::keys ? context_keys_type : part == Part::values ? context_values_type : context_items_type;
    return Ref<>(TRY(make<ContextIterator>(t, type, std::move(items))));
}
Result<Ref<>> keys(Thread& t, Borrowed<Context> self) { return iterate(t, *self, Part::keys); }
Result<Ref<>> values(Thread& t, Borrowed<Context> self) { return iterate(t, *self, Part::values); }
Result<Ref<>> items(Thread& t, Borrowed<Context> self) { return iterate(t, *self, Part::items); }

Next next_entry(Thread&, Borrowed<> self) {
    auto* it = static_cast<ContextIterator*>(self.value().pointer());
    std::size_t i = it->index.fetch_add(1);
    if (i < it->items->size) return it->items->at(i).share();
    it->index.store(it->items->size);
    return Next::end();
}
Ref<> same(Thread&, Borrowed<> self) { return self.share(); }
constexpr SlotDef iterator_slots[] = {slot<Dunder::iter, same>, slot<Dunder::next, next_entry>};
template <int> constexpr TypeDef iterator_def(char const* name) {
    return {.name = name, .size = sizeof(ContextIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<ContextIterator>(),
            .slots = iterator_slots};
}
constexpr TypeDef keys_def = iterator_def<0>("keys"), values_def = iterator_def<1>("values"), items_def = iterator_def<2>("items");

constexpr MethodDef context_methods[] = {
    def<context_lookup>("get", "key, default=None, /", "The value of a variable, or the default."),
    def<copy>("copy", "", "A copy of the context."),
    def<keys>("keys", "", "The variables."),
    def<values>("values", "", "The values."),
    def<items>("items", "", "Pairs of variables and values."),
    raw_def("run", "callable, /, *args, **kwargs", "Calls the callable in this context.", run),
};
constexpr SlotDef context_slots[] = {
    slot<Dunder::getitem, context_getitem>, slot<Dunder::contains, context_contains>, slot<Dunder::len, context_length>,
    slot<Dunder::iter, keys>, slot<Dunder::eq, eq>, slot<Dunder::ne, ne>, slot<Dunder::hash, no_hash>,
};
constexpr TypeDef context_def{.name = "_contextvars.Context", .doc = "A mapping of context variables to values.",
                              .size = sizeof(Context), .flags = type_flag::has_weakrefs | type_flag::mapping,
                              .hooks = hooks_of<Context>(), .new_ = new_context, .methods = context_methods, .slots = context_slots};
constexpr TypeDef node_def{.name = "_contextvars.ContextNode", .size = sizeof(ContextNode), .flags = type_flag::disallow_new,
                           .hooks = hooks_of<ContextNode>()};

// ---- ContextVar

Result<Ref<>> make_var(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"", "default"};
    Value w[2] = {};
    if (n == 0) return raise(py, exc::TypeError, "ContextVar() takes exactly 1 positional argument (0 given)");
    if (n > 1) return raise(py, exc::TypeError, "ContextVar() takes at most 1 positional argument ({} given)", n);
    CHECK(parse_arguments(py, "ContextVar", kNames, 1, 1, 1, args, n, names, w));
    if (!is<Str>(w[0])) return raise(py, exc::TypeError, "context variable name must be a str");
    Maybe<> otherwise;
    if (w[1]) otherwise = share(w[1]);
    return Ref<>(TRY(make<ContextVar>(py, type, as<Str>(w[0]).share(), std::move(otherwise))));
}
Value new_var(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) { return make_var(py, type, args, n, names).release(); }

Result<Ref<>> var_get(Python& py, Borrowed<ContextVar> self, Optional<> otherwise) {
    if (otherwise) {
        Ref<Context> context = TRY(current_context(py));
        if (Maybe<> v = context_get(py, context, self)) return std::move(v).take();
        return (*otherwise).share();
    }
    if (Maybe<> v = context_var_get(py, self)) return std::move(v).take();
    return raise_value(py, exc::LookupError, self);
}
Result<Ref<>> var_set(Python& py, Borrowed<ContextVar> self, Borrowed<> value) {
    return Ref<>(TRY(context_var_set(py, self, value.share())));
}
Result<void> var_reset(Python& py, Borrowed<ContextVar> self, Borrowed<> token) {
    if (!is<ContextToken>(token)) {
        Ref<Str> shown = TRY(repr(py, token));
        return raise(py, exc::TypeError, "expected an instance of Token, got {}", shown);
    }
    return context_var_reset(py, self, as<ContextToken>(token));
}
Result<Ref<Str>> var_repr(Python& py, Borrowed<ContextVar> self) {
    char at[32];
    std::snprintf(at, sizeof at, "%p", static_cast<void*>(self.get()));
    Ref<Str> name = TRY(repr(py, *self->name));
    if (!self->default_value) return format_message(py, "<ContextVar name={} at {}>", {MessageArg(name), at});
    Ref<Str> otherwise = TRY(repr(py, *self->default_value));
    return format_message(py, "<ContextVar name={} default={} at {}>", {MessageArg(name), MessageArg(otherwise), at});
}
Value var_name(Python&, Value self) { return static_cast<ContextVar*>(self.pointer())->name.share().release(); }

constexpr MethodDef var_methods[] = {
    def<var_get>("get", "default=<unrepresentable>, /", "The value in the current context, the default given, or the variable's own."),
    def<var_set>("set", "value, /", "Sets the value in the current context; gives a token for reset()."),
    def<var_reset>("reset", "token, /", "Takes a set() back."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef var_slots[] = {slot<Dunder::repr, var_repr>};
constexpr GetSetDef var_getsets[] = {{"name", var_name, nullptr, "The name."}};
constexpr TypeDef var_def{.name = "_contextvars.ContextVar", .doc = "A variable whose value depends on the context.",
                          .size = sizeof(ContextVar), .flags = type_flag::lasting, .hooks = hooks_of<ContextVar>(), .new_ = new_var, .methods = var_methods,
                          .slots = var_slots, .getsets = var_getsets};

// ---- Token

Value new_token(Python& py, Type&, Value const*, std::size_t, Tuple*) {
    (void)raise(py, exc::RuntimeError, "Tokens can only be created by ContextVars");
    return {};
}
Result<Ref<Str>> token_repr(Python& py, Borrowed<ContextToken> self) {
    char at[32];
    std::snprintf(at, sizeof at, "%p", static_cast<void*>(self.get()));
    Ref<Str> var = TRY(repr(py, *self->var));
    return format_message(py, self->used.load() ? "<Token used var={} at {}>" : "<Token var={} at {}>", {MessageArg(var), at});
}
Value token_var(Python&, Value self) { return static_cast<ContextToken*>(self.pointer())->var.share().release(); }
Ref<> enter(Thread&, Borrowed<ContextToken> self) { return self.share(); }
Result<void> leave(Python& py, Borrowed<ContextToken> self, Borrowed<>, Borrowed<>, Borrowed<>) {
    return context_var_reset(py, *self->var, self);
}

// Token.MISSING: one object, immortal.
constinit Object missing_object{};
}  // namespace
extern Type context_missing_type;
namespace {
Ref<> missing() {
    missing_object.local.store(kImmortalCount, std::memory_order_relaxed);
    publish(&missing_object, context_missing_type.root_shape);
    return Ref<>::adopt(Value::of(&missing_object));
}
Result<Ref<Str>> missing_repr(Thread& t, Borrowed<>) { return make_str(t, std::string_view("<Token.MISSING>")); }
constexpr SlotDef missing_slots[] = {slot<Dunder::repr, missing_repr>};
constexpr TypeDef missing_def{.name = "Token.MISSING", .size = sizeof(Object), .flags = type_flag::disallow_new, .slots = missing_slots};
Value token_old(Python&, Value self) {
    auto& token = *static_cast<ContextToken*>(self.pointer());
    return (token.old_value ? token.old_value.share() : missing()).release();
}

constexpr MethodDef token_methods[] = {
    def<enter>("__enter__", "", "Gives the token."),
    def<leave>("__exit__", "type, value, traceback, /", "Takes the set() back."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef token_slots[] = {slot<Dunder::repr, token_repr>, slot<Dunder::hash, no_hash>};
constexpr GetSetDef token_getsets[] = {{"var", token_var, nullptr, "The variable."},
                                       {"old_value", token_old, nullptr, "The value before, or Token.MISSING."}};
constexpr TypeDef token_def{.name = "_contextvars.Token", .doc = "What ContextVar.set() gives for reset().", .size = sizeof(ContextToken),
                            .hooks = hooks_of<ContextToken>(), .new_ = new_token, .methods = token_methods, .slots = token_slots,
                            .getsets = token_getsets};

}  // namespace

ORO_TYPE(context_type, context_def);
ORO_TYPE(context_node_type, node_def);
ORO_TYPE(context_var_type, var_def);
ORO_TYPE(context_token_type, token_def);
ORO_TYPE(context_missing_type, missing_def);
ORO_TYPE(context_keys_type, keys_def);
ORO_TYPE(context_values_type, values_def);
ORO_TYPE(context_items_type, items_def);
Type& Context::type() { return context_type; }
Type& ContextNode::type() { return context_node_type; }
Type& ContextVar::type() { return context_var_type; }
Type& ContextToken::type() { return context_token_type; }

Ref<> context_token_missing() { return missing(); }

}  // namespace oro
