// From the parser's tree to objects.
#include "modules/_ast/ast.h"
#include "object/bytes.h"
#include "object/list.h"
#include "object/set.h"

namespace oro::ast {

namespace {

using syntax::ConstantValue, syntax::FieldInfo, syntax::FieldType;

struct Builder {
    Python& py;
    Classes const& classes;

    Result<Ref<>> constant(ConstantValue const& c) {
        using K = ConstantValue::Kind;
        switch (c.kind) {
            case K::None: return none.share();
            case K::True: return Ref<>::immediate(kTrue);
            case K::False: return Ref<>::immediate(kFalse);
            case K::Ellipsis: return Ref<>::immediate(kEllipsis);
            case K::Int: return make_int(py, c.integer());
            case K::BigInt: {
                Ref<Str> digits = TRY(make_str(py, c.text()));
                return call_with(py, Borrowed<>(Value::of(&int_type)), digits, Borrowed<>(Value::of_int(c.radix())));
            }
            case K::Float: return make_float(py, c.number());
            case K::Complex: return make<Complex>(py, Complex::type(), c.real_part(), c.number());
            case K::Str: return make_str(py, c.text());
            case K::Bytes: return make_bytes(py, c.text());
            default: break;
        }
        if (c.kind == K::FrozenSet) {
            Ref<Set> set = TRY(make_set(py, FrozenSet::type()));
            for (ConstantValue const& item : c.items()) (void)TRY(set_add(py, set, TRY(constant(item))));
            return set;
        }
        Ref<Tuple> items = TRY(make_tuple_uninitialized(py, c.count));
        for (std::uint32_t i = 0; i < c.count; ++i) items->slots[i] = TRY(constant(c.items()[i])).release();
        return items;
    }

    template <class T> Result<Ref<>> one(FieldInfo const& f, T const& v) {
        using V = std::remove_cvref_t<T>;
        if constexpr (std::is_pointer_v<V>) {
            if (!v) return none.share();
            return node(*v);
        } else if constexpr (std::is_same_v<V, ConstantValue>) {
            return constant(v);
        } else if constexpr (std::is_same_v<V, int>) {
            return make_int(py, v);
        } else if constexpr (std::is_same_v<V, syntax::Text>) {
            if (!v.data()) return none.share();
            return make_str(py, v);
        } else if constexpr (std::is_same_v<V, syntax::Identifier>) {
            if (!v) return none.share();
            return make_interned(py, v.text());
        } else {
            static_assert(std::is_enum_v<V>);
            return classes.instances[enumeration_of(f.type)][int(v)].share();
        }
    }
    template <class T> Result<Ref<>> field(FieldInfo const& f, T const& v) {
        if constexpr (requires { v.begin(); v.size(); } && !std::is_same_v<std::remove_cvref_t<T>, syntax::Text>) {
            Ref<List> list = TRY(make_list(py, v.size()));
            for (auto const& item : v) CHECK(list_append(py, list, TRY(one(f, item))));
            return list;
        } else {
            return one(f, v);
        }
    }

    Result<Ref<>> node(syntax::Node const& n) {
        CHECK(check_native_stack(py, " during ast construction"));
        syntax::NodeInfo const& info = syntax::info_of(n);
        Type& type = *static_cast<Type*>(classes.nodes[int(n.kind)].value().pointer());
        Ref<> o = TRY(make<Node>(py, type));
        Fixed<Str> const* key = classes.fields[int(n.kind)];
        Result<void> failed;
        syntax::for_each_field(n, [&](FieldInfo const& f, auto const& v) {
            if (failed.raised()) return;
            failed = [&]() -> Result<void> {
                Ref<> value = TRY(field(f, v));
                return set_attribute(py, o, **key++, value);
            }();
        });
        if (failed.raised()) return Raised{};
        if (info.located) {
            auto put = [&](Fixed<Str> const& name, int number) { return set_attribute(py, o, *name, Borrowed<>(Value::of_int(number))); };
            CHECK(put(classes.lineno, n.lineno));
            CHECK(put(classes.col_offset, n.col_offset));
            CHECK(put(classes.end_lineno, n.end_lineno));
            CHECK(put(classes.end_col_offset, n.end_col_offset));
        }
        return o;
    }
};

}  // namespace

Result<Ref<>> build_tree(Python& py, Classes const& c, syntax::Node const& tree) { return Builder{py, c}.node(tree); }

}  // namespace oro::ast
