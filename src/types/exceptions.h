// What the files of the builtin exception types share: declaring a type, and attributes that are plain fields.
#pragma once
#include "object/define.h"
#include "object/exception.h"

namespace oro::exceptions {

// A field as an attribute: null reads as None, deleting makes it null.
template <class T, auto Field> Value get_field(Python&, Value self) {
    auto* o = static_cast<T*>(self.pointer());
    Maybe<> v = (o->*Field).load(o);
    return v ? v.release() : kNone;
}
template <class T, auto Field> Value set_field(Python&, Value self, Value value) {
    auto* o = static_cast<T*>(self.pointer());
    (o->*Field).store(o, value.is_null() ? Maybe<>() : Maybe<>(share(value)));
    return kNone;
}
template <class T, auto Field> constexpr GetSetDef field(char const* name, char const* doc) {
    return {name, &get_field<T, Field>, &set_field<T, Field>, doc};
}

// Objects are made with all positional arguments as `args`; keywords are __init__'s business.
template <class T> Value exception_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple*) {
    auto r = [&]() -> Result<Ref<>> {
        Ref<Tuple> tuple = TRY(oro::make_tuple(py, std::span<Value const>(args, n)));
        return Ref<>(TRY(make<T>(py, type, std::move(tuple))));
    }();
    return std::move(r).release();
}

// BaseException.__init__ without the check for keywords.
Result<void> set_args(Python& py, BaseException& self, Value const* args, std::size_t n);
// TypeError if there are keywords.
Result<void> no_keywords(Thread& t, BaseException& self, Tuple* names);
// Takes the keywords that `names` lists (null words where one isn't given); TypeError for others, naming `function`.
Result<void> take_keywords(Python& py, char const* function, std::span<char const* const> names, Value const* args,
                           std::size_t n, Tuple* keyword_names, Value* out);
// str() of BaseException.
Result<Ref<Str>> plain_text(Python& py, BaseException& self);
// The name of the object's type without its module.
Ref<Str> type_name(Thread& t, BaseException& self);
// The object's __dict__, null if it has no attributes of its own.
Result<Maybe<>> attributes_of(Thread& t, BaseException& self);
Ref<Tuple> args_of(BaseException& self);
Result<Ref<>> reduce_with(Python& py, BaseException& self, Ref<Tuple> args, Maybe<> state);

inline Value done(Result<void> r) { return r.raised() ? Value{} : kNone; }

inline constexpr std::uint32_t kFlags = type_flag::subclassable | type_flag::has_dict | type_flag::exception;

}  // namespace oro::exceptions

// Declares a builtin exception type: ORO_EXCEPTION(KeyError, LookupError, BaseException, "doc", .slots = ...).
#define ORO_EXCEPTION(Name, Base, Struct, text, ...) ORO_EXCEPTION_OF(Name, Base, Struct, text, exceptions::kFlags, __VA_ARGS__)
// One that only adds a name or methods: its arguments are all there is to initialise.
#define ORO_PLAIN_EXCEPTION(Name, Base, text, ...) \
    ORO_EXCEPTION_OF(Name, Base, BaseException, text, exceptions::kFlags | type_flag::new_is_all, __VA_ARGS__)
#define ORO_EXCEPTION_OF(Name, Base, Struct, text, bits, ...)                                                              \
    namespace oro::exc {                                                                                                  \
    namespace {                                                                                                           \
    constexpr TypeDef Name##_def{.name = #Name, .doc = text, .base = &exc::Base, .size = sizeof(oro::Struct),               \
                                 .flags = bits, .hooks = hooks_of<oro::Struct>() __VA_OPT__(, ) __VA_ARGS__}; \
    }                                                                                                                     \
    ORO_TYPE(Name, Name##_def);                                                                                           \
    }
