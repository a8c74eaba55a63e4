// contextvars: contexts are persistent maps, so that copying one costs nothing. The current one stands in Thread::context.
//
// Map nodes are immutable. A context's map is replaced by the one thread that has entered it; anybody may read it. Keys
// are context variables, found by identity.
#pragma once
#include "object/allocate.h"
#include "object/str.h"

namespace oro {

// A node of a hash trie: five bits of the hash at each level. Entry i stands in slots[2i] and [2i + 1]: a variable and its
// value, or null and another node.
struct ContextNode : Object {
    std::uint32_t bitmap;
    Value slots[];
    explicit ContextNode(std::uint32_t b) : bitmap(b) { for (std::size_t i = 0; i < 2 * count(); ++i) slots[i] = Value{}; }
    ~ContextNode() { clear(); }
    static Type& type();
    std::size_t count() const { return std::size_t(__builtin_popcount(bitmap)); }
    std::size_t extent() const { return sizeof(ContextNode) + 2 * count() * sizeof(Value); }
    void trace(Visitor& v) { for (std::size_t i = 0; i < 2 * count(); ++i) v(slots[i]); }
    void clear() { for (std::size_t i = 0; i < 2 * count(); ++i) detail::decref(std::exchange(slots[i], Value{})); }
};

struct Context : Object {
    Member<ContextNode> map;             // null: empty
    Member<Context> previous;            // what was current when it was entered
    std::atomic<bool> entered{false};
    static constexpr auto fields = std::tuple{&Context::map, &Context::previous};
    static Type& type();
};

struct ContextVar : Object {
    Fixed<Str> name;
    Fixed<> default_value;               // or null
    ContextVar(Ref<Str> n, Maybe<> d) : name(std::move(n)), default_value(std::move(d)) {}
    static constexpr auto fields = std::tuple{&ContextVar::name, &ContextVar::default_value};
    static Type& type();
};

struct ContextToken : Object {
    Fixed<ContextVar> var;
    Fixed<Context> context;
    Fixed<> old_value;                   // null: the variable had none
    std::atomic<bool> used{false};
    ContextToken(Ref<ContextVar> v, Ref<Context> c, Maybe<> o) : var(std::move(v)), context(std::move(c)), old_value(std::move(o)) {}
    static constexpr auto fields = std::tuple{&ContextToken::var, &ContextToken::context, &ContextToken::old_value};
    static Type& type();
};

// The thread's context; made if it has none yet.
Result<Ref<Context>> current_context(Thread& t);
// contextvars.copy_context(), also for a thread that inherits its starter's context.
Result<Ref<Context>> copy_context(Thread& t);
Result<Ref<Context>> copy_context(Thread& t, Borrowed<Context> context);
// Makes a context the current one, until it is left again. Fails if somebody has entered it already.
Result<void> enter_context(Python& py, Borrowed<Context> context);
void leave_context(Python& py, Borrowed<Context> context);

// The value of a variable in a context; null if it has none there.
Maybe<> context_get(Thread& t, Borrowed<Context> context, Borrowed<ContextVar> var);
// Its value in the current context or its default; null if there is neither.
Maybe<> context_var_get(Thread& t, Borrowed<ContextVar> var);
Result<Ref<ContextToken>> context_var_set(Thread& t, Borrowed<ContextVar> var, Ref<> value);
Result<void> context_var_reset(Python& py, Borrowed<ContextVar> var, Borrowed<ContextToken> token);
Result<Ref<ContextVar>> make_context_var(Thread& t, std::string_view name, Maybe<> default_value = {});

// Token.MISSING; the module enters it into the class.
Ref<> context_token_missing();

// Calls f(variable, value) for each entry of a map.
template <class F> void each_entry(ContextNode const* node, F&& f) {
    if (!node) return;
    for (std::size_t i = 0; i < node->count(); ++i) {
        Value key = node->slots[2 * i], value = node->slots[2 * i + 1];
        if (key) f(key, value);
        else each_entry(static_cast<ContextNode*>(value.pointer()), f);
    }
}

}  // namespace oro
