// builtins on objects and their attributes: callable delattr dir getattr hasattr hash id isinstance issubclass setattr vars.
#include "object/define.h"
#include "object/dict.h"
#include "object/identity.h"
#include "object/list.h"
#include "runtime/builtins.h"
#include "vm/introspect.h"

namespace oro::builtins {

namespace {

Result<Borrowed<Str>> attribute_name(Thread& t, Borrowed<> name) {
    if (!is<Str>(name)) return raise(t, exc::TypeError, "attribute name must be string, not '{}'", TypeName{name.value()});
    return as<Str>(name);
}

bool callable(Thread&, Borrowed<> v) { return is_callable(v); }
Result<Ref<>> id(Thread& t, Borrowed<> v) { return identity(t, v); }
Result<std::int64_t> hash(Python& py, Borrowed<> v) { return hash_value(py, v); }

Result<Ref<>> getattr(Python& py, Borrowed<> object, Borrowed<> name, Optional<> otherwise) {
    Borrowed<Str> key = TRY(attribute_name(py, name));
    if (!otherwise) return get_attribute(py, object, key);
    Maybe<> found = TRY(find_attribute(py, object, key));
    return found ? std::move(found).take() : (*otherwise).share();
}
Result<bool> hasattr(Python& py, Borrowed<> object, Borrowed<> name) {
    Borrowed<Str> key = TRY(attribute_name(py, name));
    return bool(TRY(find_attribute(py, object, key)));
}
Result<void> setattr(Python& py, Borrowed<> object, Borrowed<> name, Borrowed<> value) {
    return set_attribute(py, object, TRY(attribute_name(py, name)), value);
}
Result<void> delattr(Python& py, Borrowed<> object, Borrowed<> name) { return delete_attribute(py, object, TRY(attribute_name(py, name))); }

Result<bool> isinstance(Python& py, Borrowed<> v, Borrowed<> cls) { return is_instance(py, v, cls); }
Result<bool> issubclass(Python& py, Borrowed<> derived, Borrowed<> cls) { return is_subclass(py, derived, cls); }

Result<Ref<>> dir(Python& py, Optional<> object) {
    Ref<List> names = TRY(make_list(py));
    if (object) {
        Maybe<> hook = TRY(find_special(py, *object, name::dunder_dir()));
        if (!hook) return raise(py, exc::TypeError, "object does not provide __dir__");
        names = TRY(list_from(py, Borrowed<>(TRY(call_with(py, *hook)))));
    } else {
        if (!py.frame) return raise(py, exc::SystemError, "frame does not exist");
        Ref<> locals = TRY(current_locals(py));
        Ref<> keys = TRY(call_method_with(py, locals, name::keys()));
        names = TRY(list_from(py, keys));
    }
    CHECK(list_sort(py, names, {}, false));
    return names;
}

Result<Ref<>> vars(Python& py, Optional<> object) {
    if (!object) return current_locals(py);
    Maybe<> dict = TRY(find_attribute(py, *object, name::dunder_dict()));
    if (!dict) return raise(py, exc::TypeError, "vars() argument must have __dict__ attribute");
    return std::move(dict).take();
}

constexpr MethodDef functions[] = {
    function<callable>("callable", "obj, /", "Whether the object can be called."),
    function<delattr>("delattr", "obj, name, /", "Deletes an attribute by name."),
    function<dir>("dir", "object=<unrepresentable>, /",
            "The sorted names that an object has; without one, those of the current scope."),
    function<getattr>("getattr", "object, name, default=<unrepresentable>, /",
            "An attribute by name; if there is none, the default if one is given."),
    function<hasattr>("hasattr", "obj, name, /", "Whether getattr() would find an attribute."),
    function<hash>("hash", "obj, /", "The hash of an object; equal objects have equal ones."),
    function<id>("id", "obj, /", "A number that no other object has as long as this one lives."),
    function<isinstance>("isinstance", "obj, class_or_tuple, /",
            "Whether the object is an instance of a class, or of one of a tuple or union of classes."),
    function<issubclass>("issubclass", "cls, class_or_tuple, /",
            "Whether a class is derived from another, or from one of a tuple or union of classes, or is the same."),
    function<setattr>("setattr", "obj, name, value, /", "Sets an attribute by name."),
    function<vars>("vars", "object=<unrepresentable>, /", "The __dict__ of an object; without one, the same as locals()."),
};

}  // namespace

const std::span<MethodDef const> object_functions = functions;

}  // namespace oro::builtins
